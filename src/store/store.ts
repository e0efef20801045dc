import type {
  Appended,
  BotId,
  Claimed,
  ClaimLimits,
  Completion,
  DeadLetter,
  Failure,
  LaneId,
  NewUpdate,
  SessionWrite,
  Settled,
  StoredSession,
  WorkerId,
} from "./rows.ts";
import type { StoreSessions } from "./sessions.ts";

export * from "./rows.ts";

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
   * that wait, up to `updatesPerLane`; and if there are none the lane is idle and no longer
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
