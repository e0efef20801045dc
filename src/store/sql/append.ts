import type { Appended, BotId, ClaimedLane, NewUpdate, StoredUpdate, WorkerId } from "../store.ts";
import { updatesPerLane } from "../store.ts";
import { type Lane, type LaneRow, ready, suspect } from "./dialect.ts";
import type { Kind, Turn } from "./group_commit.ts";
import { answered, type Work } from "./work.ts";

/** What `append` is called with. */
export interface AppendCall {
  readonly bot: BotId;
  readonly updates: readonly NewUpdate[];
  readonly claim: { readonly worker: WorkerId; readonly lanes: number } | undefined;
}

/** Keeps updates, and gives their idle lanes to the worker that took them in. */
export const append: Kind<AppendCall, Appended> = {
  writes: true,
  together(calls) {
    const other = calls.findIndex(({ bot, claim }) =>
      bot !== calls[0]!.bot || claim?.worker !== calls[0]!.claim?.worker
    );
    return other < 0 ? calls.length : other;
  },
  *work(turn, calls) {
    const { bot } = calls[0]!;
    const fresh = yield* notKnown(turn, bot, calls);
    if (fresh.all.length === 0) return fresh.byCall.map(({ known }) => ({ known, lanes: [] }));
    yield* answered(turn.sql.lanes.remember(bot, fresh.all.map(({ id }) => id)));
    const worker = yield* claimant(turn, calls);
    const { ids, woken, suspects } = yield* lanesOf(turn, bot, fresh.all, worker ?? ready);
    yield* answered(turn.sql.lanes.put(
      fresh.all.map(({ id, key, payload }) => ({
        lane: ids.get(key)!,
        id,
        payload,
        failures: 0,
        deaths: 0,
      })),
    ));
    if (suspects.length > 0) yield* answered(turn.sql.lanes.review(suspects));
    if (worker === undefined) {
      if (woken.length > 0) turn.woken.add(bot);
      return fresh.byCall.map(({ known }) => ({ known, lanes: [] }));
    }
    const { claimed, surplus } = share(woken, fresh, calls);
    if (surplus.length > 0) {
      yield* answered(turn.sql.lanes.free(worker, surplus, turn.now));
      turn.woken.add(bot);
    }
    return fresh.byCall.map(({ known, updates }, i) => ({
      known,
      lanes: claimedBy(updates, claimed[i]!),
    }));
  },
};

interface Fresh {
  readonly all: readonly NewUpdate[];
  readonly byCall: readonly { readonly known: number[]; readonly updates: NewUpdate[] }[];
}

/** Tells known updates from fresh ones, for each call. */
function* notKnown({ sql }: Turn, bot: BotId, calls: readonly AppendCall[]): Work<Fresh> {
  const ids = calls.flatMap(({ updates }) => updates.map(({ id }) => id));
  const seen = ids.length === 0 ? new Set() : new Set(yield* answered(sql.lanes.known(bot, ids)));
  const all: NewUpdate[] = [];
  const byCall = calls.map((call) => {
    const known: number[] = [];
    const updates: NewUpdate[] = [];
    for (const update of call.updates) {
      if (seen.has(update.id)) {
        known.push(update.id);
        continue;
      }
      seen.add(update.id);
      updates.push(update);
      all.push(update);
    }
    return { known, updates };
  });
  return { all, byCall };
}

/** The worker that takes idle lanes. A dead one gets none: nobody would ever take them away again. */
function* claimant({ sql }: Turn, calls: readonly AppendCall[]): Work<WorkerId | undefined> {
  const claim = calls.find(({ claim }) => claim !== undefined && claim.lanes > 0)?.claim;
  if (claim === undefined) return undefined;
  return (yield* answered(sql.workers.lives(claim.worker))) ? claim.worker : undefined;
}

interface Lanes {
  readonly ids: ReadonlyMap<string, Lane>;
  /** Those that were idle or did not exist. */
  readonly woken: readonly LaneRow[];
  readonly suspects: readonly Lane[];
}

/** Finds or makes the lanes of updates; those that are idle go to `owner`. */
function* lanesOf(
  { sql, now }: Turn,
  bot: BotId,
  updates: readonly NewUpdate[],
  owner: number,
): Work<Lanes> {
  const keys = [...new Set(updates.map(({ key }) => key))];
  const woken = yield* answered(sql.lanes.wake(bot, keys, owner, now));
  const ids = new Map(woken.map(({ key, id }) => [key, id]));
  const busy = ids.size === keys.length ? [] : keys.filter((key) => !ids.has(key));
  if (busy.length === 0) return { ids, woken, suspects: [] };
  const found = yield* answered(sql.lanes.find(bot, busy));
  for (const { key, id } of found) ids.set(key, id);
  const suspects = found.filter(({ owner }) => owner === suspect).map(({ id }) => id);
  return { ids, woken, suspects };
}

/** Shares lanes out to the calls that first named them, as many as each wants. */
function share(
  woken: readonly LaneRow[],
  fresh: Fresh,
  calls: readonly AppendCall[],
): { claimed: ReadonlyMap<string, LaneRow>[]; surplus: Lane[] } {
  const rest = new Map(woken.map((lane) => [lane.key, lane]));
  const surplus: Lane[] = [];
  const claimed = fresh.byCall.map(({ updates }, i) => {
    const mine = new Map<string, LaneRow>();
    for (const { key } of updates) {
      const lane = rest.get(key);
      if (lane === undefined) continue;
      rest.delete(key);
      if (mine.size < calls[i]!.claim!.lanes) mine.set(key, lane);
      else surplus.push(lane.id);
    }
    return mine;
  });
  return { claimed, surplus };
}

function claimedBy(
  updates: readonly NewUpdate[],
  lanes: ReadonlyMap<string, LaneRow>,
): ClaimedLane[] {
  if (lanes.size === 0) return [];
  const byKey = Map.groupBy(updates, ({ key }) => key);
  return [...lanes.values()].map((lane) => {
    const kept = byKey.get(lane.key)!.sort((a, b) => a.id - b.id).slice(0, updatesPerLane);
    return claimedLane(lane, kept.map(({ id, payload }) => ({ id, payload, failures: 0 })), 0);
  });
}

/** A lane as the contract speaks of it, with updates in their order. */
export function claimedLane(
  { id, key, version, data }: LaneRow,
  updates: readonly StoredUpdate[],
  deaths: number,
): ClaimedLane {
  return { lane: id, key, deaths, session: { version, data: data ?? undefined }, updates };
}
