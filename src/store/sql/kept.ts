import type { BotId, DeadLetter, SessionWrite, StoredSession, StoreStats } from "../store.ts";
import { type DeadRow, ready } from "./dialect.ts";
import type { Kind } from "./group_commit.ts";
import { versionsFit } from "./settle.ts";
import { answered } from "./work.ts";

/** Reads sessions, in the order of the keys. */
export const readSessions: Kind<{ bot: BotId; keys: readonly string[] }, StoredSession[]> = {
  writes: false,
  *work({ sql }, [call]) {
    const { bot, keys } = call!;
    if (keys.length === 0) return [[]];
    const found = new Map(
      (yield* answered(sql.kept.sessions(bot, keys, false))).map((row) => [row.key, row]),
    );
    return [keys.map((key) => {
      const { version, data } = found.get(key) ?? { version: 0, data: null };
      return { version, data: data ?? undefined };
    })];
  },
};

/** Writes a session, if it has the version that is named. */
export const writeSession: Kind<{ bot: BotId; write: SessionWrite }, boolean> = {
  writes: true,
  *work({ sql, now }, [call]) {
    const { bot, write } = call!;
    if (!(yield* versionsFit(sql, bot, [write]))) return [false];
    yield* answered(sql.kept.writeSession(bot, write, now));
    return [true];
  },
};

/** What `dead.list` is called with. */
export interface ListCall {
  readonly bot?: BotId;
  readonly after?: number;
  readonly limit?: number;
}

interface DeadCall {
  readonly bot: BotId;
  readonly id: number;
}

export const listDead: Kind<ListCall, DeadLetter[]> = {
  writes: false,
  *work({ sql }, [call]) {
    const { bot, after, limit = 100 } = call!;
    return [(yield* answered(sql.kept.listDead(bot, after, limit))).map(letterOf)];
  },
};

export const getDead: Kind<DeadCall, DeadLetter | undefined> = {
  writes: false,
  *work({ sql }, [call]) {
    const row = yield* answered(sql.kept.getDead(call!.bot, call!.id));
    return [row && letterOf(row)];
  },
};

export const dropDead: Kind<DeadCall, boolean> = {
  writes: true,
  *work({ sql }, [call]) {
    return [yield* answered(sql.kept.dropDead(call!.bot, call!.id))];
  },
};

/** Puts a dead letter back into its lane. */
export const retryDead: Kind<DeadCall, boolean> = {
  writes: true,
  *work({ sql, now, woken }, [call]) {
    const { bot, id } = call!;
    const letter = yield* answered(sql.kept.getDead(bot, id));
    if (letter === undefined) return [false];
    const { key, payload } = letter;
    const [idle] = yield* answered(sql.lanes.wake(bot, [key], ready, now));
    const lane = idle ?? (yield* answered(sql.lanes.find(bot, [key])))[0]!;
    yield* answered(sql.lanes.put([{ lane: lane.id, id, payload, failures: 0, deaths: 0 }]));
    yield* answered(sql.lanes.review([lane.id]));
    yield* answered(sql.kept.dropDead(bot, id));
    woken.add(bot);
    return [true];
  },
};

export const stats: Kind<BotId | undefined, StoreStats> = {
  writes: false,
  *work({ sql, now }, [bot]) {
    return [yield* answered(sql.kept.stats(bot, now))];
  },
};

function letterOf({ bot, id, key, payload, error, failures, deaths, at }: DeadRow): DeadLetter {
  return { bot, id, key, payload, error, failures, deaths, at: new Date(at) };
}
