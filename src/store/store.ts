import type { StoreSessions } from "./sessions.ts";

/**
 * What keeps a bot's accepted updates and its sessions safe: the contract that `run(bot, { store })`
 * works with, for people who write a store of their own.
 *
 * A store speaks of rows (bot, update id, key, payload), never of bots or contexts. Its words:
 *
 * - A **lane** is the queue of the updates of one bot that share an ordering key. It is *idle*
 *   (nothing waits), *ready* (something waits, nobody owns it; from its `due` time on it may be
 *   claimed) or *owned* by one worker, which handles its updates one after the other.
 * - A **session** is a text under a key, with a version that rises by one with each write; a key
 *   that was never written has version 0 and no data, and one that is deleted keeps its version
 *   for 24 hours at least. Keys of lanes and of sessions are the same space: the session of a lane
 *   is the one under the lane's key, and comes with the claim.
 * - A **worker** is a life of a process. Its id is never used again, which makes it the fencing
 *   token: whatever names a worker that does not own the lane (any more) is refused as `"lost"`.
 * - A worker that does not beat for `leaseSeconds` is dead. Whoever beats next takes its lanes: they
 *   become ready, and the update at the head of each has one more **death**.
 *
 * Every method is atomic and durable when its promise resolves. If it rejects, all or nothing of it
 * has taken effect: nothing, wherever the store can know that.
 * Calls of one event-loop turn may share a transaction; each still succeeds or fails by itself, and
 * they take effect in the order of the calls. `storeContract` of `./testing` checks a store.
 */
export interface Store {
  /**
   * Gets ready: connects, creates or migrates the schema. Every other method does it when needed;
   * `run` calls it first, so that a store that cannot work is told at once. Harmless when repeated.
   *
   * @throws {Error} If the store cannot be used, for example because a newer version wrote it.
   */
  open(): Promise<void>;

  /**
   * Begins the life of a worker.
   *
   * @param options How long its lease lasts without a heartbeat
   * @returns The worker's id, which is never given twice
   */
  register(options: { readonly leaseSeconds: number }): Promise<WorkerId>;

  /**
   * Keeps a worker alive for another `leaseSeconds`, and takes over the lanes of dead ones. A beat
   * that comes late counts if nobody has taken its lanes yet; until then they are its own.
   *
   * @returns `false` if the worker is dead: somebody has taken its lanes, and it must not act.
   */
  heartbeat(worker: WorkerId): Promise<boolean>;

  /**
   * Declares a worker dead before its lease is over, as one does who saw its process end. Its lanes
   * become ready as after a missed heartbeat. Does nothing if the worker is not there.
   */
  expire(worker: WorkerId): Promise<void>;

  /**
   * Keeps updates. Those whose id is known for this bot, waiting, owned, a dead letter or finished
   * within the last 24 hours, are left out. The others wait in their lanes, in the order of their
   * ids. Of an id that comes twice in one call, the first is kept.
   *
   * With `claim`, idle lanes that get an update are owned by that worker from the start, as many as
   * it says; the others are ready. A dead worker is given none.
   *
   * @returns The ids that were left out, and the lanes that are now the worker's
   */
  append(
    bot: BotId,
    updates: readonly NewUpdate[],
    claim?: { readonly worker: WorkerId; readonly lanes: number },
  ): Promise<Appended>;

  /**
   * Takes lanes that are ready and due, those due for longest first.
   *
   * Lanes whose head has two or more deaths are *suspects*. They are claimed only as `suspects`
   * allows, at most so many in one call, beside `lanes` others. A dead worker is given none.
   */
  claim(bot: BotId, worker: WorkerId, limits: ClaimLimits): Promise<Claimed>;

  /**
   * Finishes an update that a worker was given of a lane that it owns: removes it, remembers its id,
   * and writes the sessions, all or nothing. Usually it is the head; one with a smaller id may have
   * come meanwhile, and has its turn with the next that are given.
   *
   * If `more` is `false`, the worker has no further update of this lane in hand: it is given those
   * that wait, up to {@linkcode updatesPerLane}; and if there are none the lane is idle and no longer
   * the worker's.
   *
   * - `"conflict"`: a session has not the version that is named. Nothing has changed; the lane is
   *   still the worker's.
   * - `"lost"`: the lane is not the worker's, or the update is not there. Nothing has changed.
   */
  complete(worker: WorkerId, completion: Completion): Promise<Settled>;

  /**
   * Tells that an update has failed that a worker was given of a lane that it owns: its failures
   * rise by one, and its deaths stay.
   *
   * With `retryInSeconds`, the lane is ready again, due after that time, and not the worker's any
   * more (`next` is empty). Without it, the update becomes a dead letter, with both counts, and the
   * lane goes on as after {@linkcode Store.complete}.
   */
  fail(worker: WorkerId, failure: Failure): Promise<Settled>;

  /**
   * Gives lanes back: they are ready at once, with their deaths as they were. Without `lanes`, all
   * that the worker owns, the roles it holds, and the worker's life ends. Lanes that are not the
   * worker's are skipped.
   */
  release(worker: WorkerId, lanes?: readonly LaneId[]): Promise<void>;

  /**
   * Gives back, as {@linkcode Store.release} does, every lane that the worker owns but these. It is
   * for a worker that has lost an answer, and so may own lanes that it does not know of: a call to a
   * server can take effect and reject all the same.
   */
  retain(worker: WorkerId, lanes: readonly LaneId[]): Promise<void>;

  /**
   * Takes or keeps a role that only one worker may have at a time, such as fetching a bot's updates.
   * It is held until its lease is over without being renewed, or the worker's life ends.
   *
   * @returns Whether the worker has the role now
   */
  elect(
    role: string,
    worker: WorkerId,
    options: { readonly leaseSeconds: number },
  ): Promise<boolean>;

  /** Gives a role up at once. Does nothing if the worker does not have it. */
  resign(role: string, worker: WorkerId): Promise<void>;

  /**
   * Calls `wake` when there may be something to claim that was not there before, from this process
   * or from another: updates that nobody owns, lanes that were given back or taken over, a retry. It
   * may be called for nothing. That a retry becomes due is not told; `nextInSeconds` says when.
   *
   * @returns Ends the watch
   */
  watch(bot: BotId, wake: () => void): () => void;

  /** Reads sessions, in the order of the keys. */
  readSessions(bot: BotId, keys: readonly string[]): Promise<StoredSession[]>;

  /**
   * Writes a session outside of an update.
   *
   * @returns `false`, and nothing is written, if its version is not the one named.
   */
  writeSession(bot: BotId, write: SessionWrite): Promise<boolean>;

  /**
   * The sessions of a bot as a storage adapter, for use outside of updates: in a web page, a script,
   * a job. A write is refused if the session was changed since it was read through this adapter.
   * `versionedSessions(store, bot)` makes one for any store.
   */
  sessions<T>(bot: BotId): StoreSessions<T>;

  /** The updates that were set aside after their last attempt. */
  readonly dead: DeadLetters;

  /**
   * Counts what is in the store, of one bot or of all. Exact, and not for every second: it may look
   * at everything.
   */
  stats(bot?: BotId): Promise<StoreStats>;

  /** Waits for what is under way, then lets go of files and connections. Harmless when repeated. */
  close(): Promise<void>;
}

/** How many updates of a lane a worker is given at once, at most. */
export const updatesPerLane = 8;

/** From how many deaths on a lane is a suspect: its head may be what kills workers. */
export const suspectDeaths = 2;

/** A bot, by the number in front of the colon of its token. */
export type BotId = number;

/** A worker's life, and its fencing token. */
export type WorkerId = number;

/** How a store calls a lane; only that store knows what it means. */
export type LaneId = number | string;

/** An update to keep. */
export interface NewUpdate {
  /** The `update_id`. */
  readonly id: number;
  /** The ordering key. */
  readonly key: string;
  /** The update as JSON. */
  readonly payload: string;
}

/** An update that is kept. */
export interface StoredUpdate {
  /** The `update_id`. */
  readonly id: number;
  /** The update as JSON; as it was given, or what somebody has made of it meanwhile. */
  readonly payload: string;
  /** How often handling it has failed. */
  readonly failures: number;
}

/** A session as it is kept. */
export interface StoredSession {
  /** How often it was written: 0 if never. */
  readonly version: number;
  /** The session as JSON; `undefined` if there is none. */
  readonly data: string | undefined;
}

/** A session to write. */
export interface SessionWrite {
  /** Its key. */
  readonly key: string;
  /** The version it must have for the write to be right. */
  readonly version: number;
  /** The session as JSON; `undefined` deletes it, which is a write like any other. */
  readonly data: string | undefined;
}

/** What {@linkcode Store.append} has done. */
export interface Appended {
  /** Ids that were known already. */
  readonly known: readonly number[];
  /** The lanes that the worker owns now; each with the updates that were just kept. */
  readonly lanes: readonly ClaimedLane[];
}

/** How much {@linkcode Store.claim} may take. */
export interface ClaimLimits {
  /** How many lanes, at most. */
  readonly lanes: number;
  /** How many suspects, at most, beside them. */
  readonly suspects: number;
}

/** What {@linkcode Store.claim} has taken. */
export interface Claimed {
  /** The lanes that the worker owns now. */
  readonly lanes: readonly ClaimedLane[];
  /**
   * In how many seconds the next ready lane is due, if there is one that is not due yet; 0 if some
   * were left out because of the limits on `lanes`. `undefined` if nothing else is ready.
   */
  readonly nextInSeconds: number | undefined;
}

/** A lane that a worker owns. */
export interface ClaimedLane {
  /** How the store calls it. */
  readonly lane: LaneId;
  /** The ordering key. */
  readonly key: string;
  /** How many workers have died with the first of the updates at the head of their lane. */
  readonly deaths: number;
  /** The session under the lane's key. */
  readonly session: StoredSession;
  /** What to handle, in this order: at least one, at most {@linkcode updatesPerLane}. */
  readonly updates: readonly StoredUpdate[];
}

/** An update that is finished. */
export interface Completion {
  /** The bot. */
  readonly bot: BotId;
  /** The lane. */
  readonly lane: LaneId;
  /** The `update_id`. */
  readonly id: number;
  /** Sessions to write with it. */
  readonly sessions: readonly SessionWrite[];
  /** Whether the worker has further updates of this lane in hand. */
  readonly more: boolean;
  /**
   * Whether no update with the lane's key is to be expected any more, as with updates in no order,
   * which have a lane each: once the lane is idle and without a session, a store need not keep it.
   * Default: `false`.
   */
  readonly final?: boolean;
}

/** An update that has failed. */
export interface Failure {
  /** The bot. */
  readonly bot: BotId;
  /** The lane. */
  readonly lane: LaneId;
  /** The `update_id`. */
  readonly id: number;
  /** Why, as text for people. */
  readonly error: string;
  /** When to try again; `undefined`: never, it becomes a dead letter. */
  readonly retryInSeconds: number | undefined;
  /** As in {@linkcode Completion}; not looked at with `retryInSeconds`. */
  readonly more: boolean;
}

/** What became of a {@linkcode Completion} or {@linkcode Failure}. */
export type Settled =
  | {
    readonly outcome: "done";
    /** Further updates of the lane, if there was no `more`. Empty: the lane is not the worker's. */
    readonly next: readonly StoredUpdate[];
  }
  | { readonly outcome: "lost" }
  | { readonly outcome: "conflict" };

/** What {@linkcode Store.complete} and {@linkcode Store.fail} answer when there is nothing to add. */
export const settledAlone: Settled = Object.freeze({ outcome: "done", next: Object.freeze([]) });

/** An update that was set aside. */
export interface DeadLetter {
  /** The bot. */
  readonly bot: BotId;
  /** The `update_id`. */
  readonly id: number;
  /** The ordering key. */
  readonly key: string;
  /** The update as JSON. */
  readonly payload: string;
  /** Why it was set aside. */
  readonly error: string;
  /** How often handling it has failed. */
  readonly failures: number;
  /** How many workers have died with it. */
  readonly deaths: number;
  /** When it was set aside. */
  readonly at: Date;
}

/** The updates that were set aside after their last attempt. */
export interface DeadLetters {
  /**
   * Lists dead letters by rising bot and update id.
   *
   * @param options Of one bot only; those after an update id (with `bot`); how many, default 100
   */
  list(
    options?: { readonly bot?: BotId; readonly after?: number; readonly limit?: number },
  ): Promise<DeadLetter[]>;
  /** Returns one, or `undefined`. */
  get(bot: BotId, id: number): Promise<DeadLetter | undefined>;
  /** Puts one back into its lane, without failures and deaths. Returns whether it was there. */
  retry(bot: BotId, id: number): Promise<boolean>;
  /** Removes one. Returns whether it was there. */
  drop(bot: BotId, id: number): Promise<boolean>;
}

/** What is in a store. */
export interface StoreStats {
  /** Updates that are accepted and not finished. */
  readonly updates: number;
  /** Lanes that somebody owns. */
  readonly owned: number;
  /** Lanes that are ready, due or not. */
  readonly ready: number;
  /** Dead letters. */
  readonly dead: number;
  /** Sessions that have data. */
  readonly sessions: number;
  /** Workers that are alive, of all bots. */
  readonly workers: number;
}
