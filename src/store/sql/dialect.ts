import type { BotId, StoreStats, WorkerId } from "../store.ts";
import type { Answer, Work } from "./work.ts";

/**
 * What one kind of database has to offer. The engine decides which statements are run, in which
 * order, and what their results mean; a dialect knows their text, and how a transaction is run.
 *
 * Statements work on many rows at once, because a round trip to a server is dear. They may be
 * answered at once or later.
 */
export interface Dialect {
  /** Connects, and creates or migrates the schema. Called once, before everything else. */
  open(): Promise<void>;

  /**
   * Runs work in one transaction: all of it is durable when the promise resolves, nothing of it if
   * it rejects. Waits its turn first if somebody else is writing. One at a time.
   *
   * @param writes Whether it writes; otherwise nobody has to be waited for
   * @param work Called when the transaction has begun
   */
  transact<T>(writes: boolean, work: (statements: Statements) => Work<T>): Promise<T>;

  /** Calls `changed` after others have written, at the latest after some 20 ms. Returns the end. */
  watch(changed: () => void): () => void;

  /** Where workers of one machine see at once that one of them has died; not everywhere. */
  readonly lives?: Lives;

  /** Lets go of everything. */
  close(): Promise<void>;
}

/** Proofs of life that end with a process: called inside of writing transactions only. */
export interface Lives {
  /** A worker begins to live in this process. */
  begin(worker: WorkerId): void;
  /** Finds the workers whose process has ended without saying so. */
  dead(): WorkerId[];
  /** A worker has ended, in this process or in another. */
  end(worker: WorkerId): void;
}

/** The number of a lane's row. */
export type Lane = number;

/** A lane's `owner` when it is none of a worker; idle lanes have NULL. */
export const ready = 0;
/** As {@linkcode ready}, with a head that may be what kills workers. */
export const suspect = -1;

/** A lane with the session under its key. */
export interface LaneRow {
  readonly id: Lane;
  readonly key: string;
  readonly version: number;
  readonly data: string | null;
}

/** A waiting update. */
export interface UpdateRow {
  readonly lane: Lane;
  readonly id: number;
  readonly payload: string;
  readonly failures: number;
  readonly deaths: number;
}

/** An update to finish, and the session under its lane's key. */
export interface SettleRow {
  readonly bot: BotId;
  readonly worker: WorkerId;
  readonly lane: Lane;
  readonly id: number;
  /** Whether the worker keeps the lane in any case. */
  readonly more: boolean;
  readonly session?: SessionRow;
}

/** A session to write, with the version that it must have. */
export interface SessionRow {
  readonly key: string;
  readonly version: number;
  readonly data: string | undefined;
}

/** A dead letter. */
export interface DeadRow {
  readonly bot: BotId;
  readonly id: number;
  readonly key: string;
  readonly payload: string;
  readonly error: string;
  readonly failures: number;
  readonly deaths: number;
  readonly at: number;
}

/** The statements, by subject. Times are in milliseconds since 1970. */
export interface Statements {
  readonly lanes: LaneStatements;
  readonly settling: SettleStatements;
  readonly workers: WorkerStatements;
  readonly kept: KeptStatements;
}

/** Updates come in, and lanes go to workers. */
export interface LaneStatements {
  /** Those of the ids that the bot has got already. */
  known(bot: BotId, ids: readonly number[]): Answer<readonly number[]>;
  /** Remembers ids that are not known. */
  remember(bot: BotId, ids: readonly number[]): Answer<void>;
  /**
   * Gives lanes that are idle or do not exist to `owner`, due at `now`; on servers it locks all.
   * Returns these, not those that were busy.
   */
  wake(bot: BotId, keys: readonly string[], owner: number, now: number): Answer<LaneRow[]>;
  /** Finds lanes by their keys. */
  find(
    bot: BotId,
    keys: readonly string[],
  ): Answer<readonly { id: Lane; key: string; owner: number | null }[]>;
  /** Adds waiting updates. */
  put(updates: readonly UpdateRow[]): Answer<void>;
  /** Gives lanes that are ready (or suspect) and due to a worker, those due for longest first. */
  take(
    bot: BotId,
    worker: WorkerId,
    state: typeof ready | typeof suspect,
    now: number,
    limit: number,
  ): Answer<LaneRow[]>;
  /** When the first lane that is ready (or suspect) is due, at or after a time. */
  nextDue(
    bot: BotId,
    state: typeof ready | typeof suspect,
    from: number,
  ): Answer<number | undefined>;
  /** The first updates of each lane, at most `limit`, in order. */
  heads(lanes: readonly Lane[], limit: number): Answer<readonly UpdateRow[]>;
  /**
   * Makes lanes of a worker ready, or suspect. Those in which nothing waits become idle.
   *
   * @returns The bots with lanes that are ready now
   */
  free(worker: WorkerId, lanes: readonly Lane[], now: number): Answer<readonly BotId[]>;
  /** The same for all lanes of a worker but those that are `kept`. */
  freeOthers(worker: WorkerId, kept: readonly Lane[], now: number): Answer<readonly BotId[]>;
  /** Removes those lanes that are idle and never had a session. */
  forget(lanes: readonly Lane[]): Answer<void>;
  /** Adds a death to the update at the head of each lane of a worker. */
  countDeaths(worker: WorkerId): Answer<void>;
  /** Looks anew which suspect lanes are still suspect: an update has come before their head. */
  review(lanes: readonly Lane[]): Answer<void>;
}

/** Updates are finished. */
export interface SettleStatements {
  /**
   * Removes the updates of different lanes, and writes the sessions. The lane is idle afterwards if
   * nothing waits, unless there is `more`. In the order of the rows:
   *
   * - `"done"`;
   * - `"refused"`, and nothing was changed: the lane is not the worker's, the update is not in it,
   *   or its session has another version, or another key.
   */
  settle(rows: readonly SettleRow[], now: number): Answer<readonly ("done" | "refused")[]>;
  /** A lane if the worker owns it and the update is in it; on servers it locks it. */
  owned(
    worker: WorkerId,
    lane: Lane,
    id: number,
  ): Answer<(Omit<LaneRow, "id"> & UpdateRow) | undefined>;
  /** Counts a failure of an update, and makes its lane ready, or suspect, due at a time. */
  postpone(lane: Lane, id: number, due: number): Answer<void>;
}

/** Workers and their roles. */
export interface WorkerStatements {
  /** Adds a worker, and returns its id. */
  addWorker(until: number, lease: number): Answer<WorkerId>;
  /** Puts off the end of a worker's lease. Returns whether the worker exists. */
  beat(worker: WorkerId, now: number): Answer<boolean>;
  /** Whether a worker exists. */
  lives(worker: WorkerId): Answer<boolean>;
  /** Workers whose lease is over. */
  overdue(now: number): Answer<readonly WorkerId[]>;
  /** Removes a worker and its roles. Returns whether it existed. */
  removeWorker(worker: WorkerId): Answer<boolean>;
  /** Gives a role to a worker that exists, if it is free or the worker's own. */
  elect(role: string, worker: WorkerId, until: number, now: number): Answer<boolean>;
  /** Takes a role from a worker. */
  resign(role: string, worker: WorkerId): Answer<void>;
}

/** What stays: sessions, dead letters, and what becomes of them. */
export interface KeptStatements {
  /** Sessions that exist; on servers locks them in key order if `lock`. */
  sessions(
    bot: BotId,
    keys: readonly string[],
    lock: boolean,
  ): Answer<readonly { key: string; version: number; data: string | null }[]>;
  /** Writes a session whose version was checked. */
  writeSession(bot: BotId, session: SessionRow, now: number): Answer<void>;

  /** Adds a dead letter. */
  addDead(letter: DeadRow): Answer<void>;
  /** Lists dead letters in order, of one bot or of all. */
  listDead(bot: BotId | undefined, after: number | undefined, limit: number): Answer<DeadRow[]>;
  /** Reads one. */
  getDead(bot: BotId, id: number): Answer<DeadRow | undefined>;
  /** Removes one. Returns whether it was there. */
  dropDead(bot: BotId, id: number): Answer<boolean>;

  /** Counts what there is. */
  stats(bot: BotId | undefined, now: number): Answer<StoreStats>;

  /** When ids were rotated last; now, if they never were. */
  rotatedAt(now: number): Answer<number>;
  /** Forgets the ids from before the last rotation, or all; remembers those of waiting updates. */
  rotate(now: number, all: boolean): Answer<void>;
  /**
   * Removes idle lanes, a slice of so many rows: those without a session that were last used before
   * one time, those with one (or with one that was deleted, of which the version is known) before
   * another.
   *
   * @returns Where the next slice begins; 0: at the beginning
   */
  sweepLanes(
    after: Lane,
    limit: number,
    before: { readonly empty: number; readonly session: number },
  ): Answer<Lane>;
  /** Removes dead letters from before a time, at most so many. */
  sweepDead(before: number, limit: number): Answer<void>;
}
