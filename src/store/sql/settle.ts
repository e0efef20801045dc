import {
  type BotId,
  type Completion,
  type Failure,
  type LaneId,
  type SessionWrite,
  type Settled,
  settledAlone,
  updatesPerLane,
  type WorkerId,
} from "../store.ts";
import { byLane, storedUpdate } from "./claim.ts";
import type { SettleRow } from "./dialect.ts";
import type { Kind, Turn } from "./group_commit.ts";
import { answered, type Work } from "./work.ts";

/** What `complete` is called with. */
export interface CompleteCall {
  readonly worker: WorkerId;
  readonly completion: Completion;
}

/** What `fail` is called with. */
export interface FailCall {
  readonly worker: WorkerId;
  readonly failure: Failure;
}

const lost: Settled = Object.freeze({ outcome: "lost" });
const conflict: Settled = Object.freeze({ outcome: "conflict" });

/**
 * Finishes updates. Nearly every update writes no session or that of its lane: this is tried at
 * once, for all of them together. What is refused is looked at one by one.
 */
export const complete: Kind<CompleteCall, Settled> = {
  writes: true,
  together(calls) {
    // One that could touch a row of another must see what the other has made of it.
    const lanes = new Set<LaneId>();
    const keys = new Set<string>();
    const end = calls.findIndex(({ completion: { bot, lane, sessions } }) =>
      sessions.length > 1 || lanes.size === lanes.add(lane).size ||
      (sessions.length === 1 && keys.size === keys.add(`${bot} ${sessions[0]!.key}`).size)
    );
    return end < 0 ? calls.length : Math.max(end, 1);
  },
  *work(turn, calls) {
    const simple = calls.filter(({ completion }) => completion.sessions.length <= 1);
    const outcomes = yield* answered(turn.sql.settling.settle(simple.map(rowOf), turn.now));
    const refused = new Set(simple.filter((_, i) => outcomes[i] !== "done"));
    const results = new Map<CompleteCall, Settled>();
    for (const call of calls) {
      if (call.completion.sessions.length <= 1 && !refused.has(call)) continue;
      results.set(call, yield* carefully(turn, call));
    }
    const done = calls.filter((call) => !results.has(call));
    const next = yield* nextOf(
      turn,
      calls.filter((call) => (results.get(call) ?? settledAlone).outcome === "done")
        .map(({ completion }) => completion),
    );
    const ended = calls.filter(({ completion }) => completion.final && !next.has(completion));
    if (ended.length > 0) {
      const lanes = ended.map(({ completion }) => completion.lane as number);
      yield* answered(turn.sql.lanes.forget(lanes));
    }
    if (next.size === 0 && done.length === calls.length) return calls.map(() => settledAlone);
    return calls.map((call) => next.get(call.completion) ?? results.get(call) ?? settledAlone);
  },
};

function rowOf({ worker, completion }: CompleteCall): SettleRow {
  const { bot, lane, id, more, sessions } = completion;
  return { bot, worker, lane: lane as number, id, more, session: sessions[0] };
}

/** The updates that wait in lanes of which the worker has none in hand. */
function* nextOf<T extends Completion | Failure>(
  { sql }: Turn,
  settled: readonly T[],
): Work<ReadonlyMap<T, Settled>> {
  const asking = settled.filter(({ more }) => !more);
  if (asking.length === 0) return new Map();
  const updates = yield* answered(
    sql.lanes.heads(asking.map(({ lane }) => lane as number), updatesPerLane),
  );
  if (updates.length === 0) return new Map();
  const waiting = byLane(updates);
  return new Map(asking.flatMap((call) => {
    const rows = waiting.get(call.lane as number);
    if (rows === undefined) return [];
    return [[call, { outcome: "done", next: rows.map(storedUpdate) }]] as const;
  }));
}

/** Finishes an update whose sessions may be anywhere, and finds out why if that cannot be. */
function* carefully({ sql, now }: Turn, { worker, completion }: CompleteCall): Work<Settled> {
  const { bot, lane, id, more, sessions } = completion;
  const owned = yield* answered(sql.settling.owned(worker, lane as number, id));
  if (owned === undefined) return lost;
  if (!(yield* versionsFit(sql, bot, sessions))) return conflict;
  for (const session of sessions) {
    yield* answered(sql.kept.writeSession(bot, session, now));
  }
  yield* answered(sql.settling.settle([{ bot, worker, lane: lane as number, id, more }], now));
  return settledAlone;
}

/** Whether sessions have the versions that are named; locks them, so that it stays true. */
export function* versionsFit(
  sql: Turn["sql"],
  bot: BotId,
  sessions: readonly SessionWrite[],
): Work<boolean> {
  if (sessions.length === 0) return true;
  const found = new Map(
    (yield* answered(sql.kept.sessions(bot, sessions.map(({ key }) => key), true)))
      .map(({ key, version }) => [key, version]),
  );
  return sessions.every(({ key, version }) => version === (found.get(key) ?? 0));
}

/** An update has failed: it waits for another attempt, or becomes a dead letter. */
export const fail: Kind<FailCall, Settled> = {
  writes: true,
  *work(turn, [call]) {
    const { sql, now } = turn;
    const { worker, failure } = call!;
    const { bot, lane, id, error, retryInSeconds, more } = failure;
    const owned = yield* answered(sql.settling.owned(worker, lane as number, id));
    if (owned === undefined) return [lost];
    if (retryInSeconds !== undefined) {
      const due = now + Math.round(retryInSeconds * 1000);
      yield* answered(sql.settling.postpone(lane as number, id, due));
      turn.woken.add(bot);
      return [settledAlone];
    }
    const { key, payload, deaths } = owned;
    const failures = owned.failures + 1;
    yield* answered(
      sql.kept.addDead({ bot, id, key, payload, error, failures, deaths, at: now }),
    );
    yield* answered(sql.settling.settle([{ bot, worker, lane: lane as number, id, more }], now));
    return [(yield* nextOf(turn, [failure])).get(failure) ?? settledAlone];
  },
};
