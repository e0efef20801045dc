import {
  type BotId,
  type Claimed,
  type ClaimedLane,
  type ClaimLimits,
  type StoredUpdate,
  updatesPerLane,
  type WorkerId,
} from "../store.ts";
import { claimedLane } from "./append.ts";
import { type Lane, type LaneRow, ready, suspect, type UpdateRow } from "./dialect.ts";
import type { Kind, Turn } from "./group_commit.ts";
import { answered, type Work } from "./work.ts";

/** What `claim` is called with. */
export interface ClaimCall {
  readonly bot: BotId;
  readonly worker: WorkerId;
  readonly limits: ClaimLimits;
}

/** Gives lanes that are ready and due to a worker. */
export const claim: Kind<ClaimCall, Claimed> = {
  writes: true,
  *work(turn, [call]) {
    const { sql, now } = turn;
    const { bot, worker, limits } = call!;
    // A dead worker gets nothing: nobody would ever take it away again.
    if (!(yield* answered(sql.workers.lives(worker)))) {
      return [{ lanes: [], nextInSeconds: undefined }];
    }
    const rows: LaneRow[] = [];
    if (limits.lanes > 0) {
      rows.push(...yield* answered(sql.lanes.take(bot, worker, ready, now, limits.lanes)));
    }
    if (limits.suspects > 0) {
      rows.push(...yield* answered(sql.lanes.take(bot, worker, suspect, now, limits.suspects)));
    }
    const lanes = yield* withHeads(turn, worker, rows);
    return [{ lanes, nextInSeconds: yield* nextInSeconds(turn, bot) }];
  },
};

function* withHeads(turn: Turn, worker: WorkerId, rows: readonly LaneRow[]): Work<ClaimedLane[]> {
  if (rows.length === 0) return [];
  const { sql, now } = turn;
  const heads = byLane(
    yield* answered(sql.lanes.heads(rows.map(({ id }) => id), updatesPerLane)),
  );
  const empty = rows.filter(({ id }) => !heads.has(id));
  // Nothing waits in them: their worker said there was more, and died.
  if (empty.length > 0) yield* answered(sql.lanes.free(worker, empty.map(({ id }) => id), now));
  return rows.filter(({ id }) => heads.has(id)).map((row) => {
    const updates = heads.get(row.id)!;
    return claimedLane(row, updates.map(storedUpdate), updates[0]!.deaths);
  });
}

/** An update as the contract speaks of it. */
export function storedUpdate({ id, payload, failures }: UpdateRow): StoredUpdate {
  return { id, payload, failures };
}

/** Groups updates by their lanes. */
export function byLane(updates: readonly UpdateRow[]): ReadonlyMap<Lane, UpdateRow[]> {
  return Map.groupBy(updates, ({ lane }) => lane);
}

function* nextInSeconds({ sql, now }: Turn, bot: BotId): Work<number | undefined> {
  const next = yield* answered(sql.lanes.nextDue(bot, ready, 0));
  // A suspect that is due was left out on purpose: only what is due later counts.
  const nextSuspect = yield* answered(sql.lanes.nextDue(bot, suspect, now + 1));
  const due = Math.min(next ?? Infinity, nextSuspect ?? Infinity);
  return due === Infinity ? undefined : Math.max(due - now, 0) / 1000;
}
