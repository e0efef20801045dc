import { logger } from "../../base/log.ts";
import { type StoreSessions, versionedSessions } from "../sessions.ts";
import type {
  Appended,
  BotId,
  Claimed,
  ClaimLimits,
  Completion,
  DeadLetters,
  Failure,
  LaneId,
  NewUpdate,
  SessionWrite,
  Settled,
  Store,
  StoredSession,
  StoreStats,
  WorkerId,
} from "../store.ts";
import { append } from "./append.ts";
import { claim } from "./claim.ts";
import type { Dialect } from "./dialect.ts";
import { GroupCommit, type Kind } from "./group_commit.ts";
import {
  dropDead,
  getDead,
  listDead,
  readSessions,
  retryDead,
  stats,
  writeSession,
} from "./kept.ts";
import { retention, type RetentionOptions } from "./retention.ts";
import { complete, fail } from "./settle.ts";
import { Watchers } from "./watchers.ts";
import { type WorkerKinds, workerKinds } from "./workers.ts";

const log = logger("store");

/** Options that every SQL store has. */
export interface SqlStoreOptions extends RetentionOptions {
  /** The time in milliseconds since 1970, for tests. Default: `Date.now`. */
  readonly now?: () => number;
}

/** A store in an SQL database, whichever it is. */
export class SqlStore implements Store {
  readonly dead: DeadLetters;
  readonly #dialect: Dialect;
  readonly #commits: GroupCommit;
  readonly #watchers: Watchers;
  readonly #workers: WorkerKinds;
  readonly #retention: Kind<void, void>;
  #opening: Promise<void> | undefined;
  #isOpen = false;
  #closed: Promise<void> | undefined;

  constructor(dialect: Dialect, options: SqlStoreOptions = {}) {
    this.#dialect = dialect;
    this.#watchers = new Watchers((changed) => dialect.watch(changed));
    this.#commits = new GroupCommit({
      dialect,
      open: () => this.#isOpen ? undefined : this.#open(),
      now: options.now ?? Date.now,
      woken: (bots) => this.#watchers.wake(bots),
    });
    this.#workers = workerKinds(dialect.lives);
    this.#retention = retention(options);
    this.dead = {
      list: (options = {}) => this.#call(listDead, options),
      get: (bot, id) => this.#call(getDead, { bot, id }),
      retry: (bot, id) => this.#call(retryDead, { bot, id }),
      drop: (bot, id) => this.#call(dropDead, { bot, id }),
    };
  }

  async open(): Promise<void> {
    if (this.#closed) throw new Error(closed);
    if (!this.#isOpen) await this.#open();
  }

  async #open(): Promise<void> {
    try {
      await (this.#opening ??= this.#dialect.open());
      this.#isOpen = true;
    } catch (error) {
      // To be tried again: the next call may find everything in order.
      this.#opening = undefined;
      throw error;
    }
  }

  register({ leaseSeconds }: { readonly leaseSeconds: number }): Promise<WorkerId> {
    const worker = this.#call(this.#workers.register, leaseSeconds);
    this.#tidy(worker);
    return worker;
  }

  heartbeat(worker: WorkerId): Promise<boolean> {
    const alive = this.#call(this.#workers.heartbeat, worker);
    this.#tidy(alive);
    return alive;
  }

  expire(worker: WorkerId): Promise<void> {
    return this.#call(this.#workers.expire, worker);
  }

  append(
    bot: BotId,
    updates: readonly NewUpdate[],
    claim?: { readonly worker: WorkerId; readonly lanes: number },
  ): Promise<Appended> {
    return this.#call(append, { bot, updates, claim });
  }

  claim(bot: BotId, worker: WorkerId, limits: ClaimLimits): Promise<Claimed> {
    return this.#call(claim, { bot, worker, limits });
  }

  complete(worker: WorkerId, completion: Completion): Promise<Settled> {
    return this.#call(complete, { worker, completion });
  }

  fail(worker: WorkerId, failure: Failure): Promise<Settled> {
    return this.#call(fail, { worker, failure });
  }

  release(worker: WorkerId, lanes?: readonly LaneId[]): Promise<void> {
    return this.#call(this.#workers.release, { worker, lanes });
  }

  retain(worker: WorkerId, lanes: readonly LaneId[]): Promise<void> {
    return this.#call(this.#workers.retain, { worker, lanes });
  }

  elect(
    role: string,
    worker: WorkerId,
    { leaseSeconds }: { readonly leaseSeconds: number },
  ): Promise<boolean> {
    return this.#call(this.#workers.elect, { role, worker, leaseSeconds });
  }

  resign(role: string, worker: WorkerId): Promise<void> {
    return this.#call(this.#workers.resign, { role, worker });
  }

  watch(bot: BotId, wake: () => void): () => void {
    return this.#watchers.add(bot, wake);
  }

  readSessions(bot: BotId, keys: readonly string[]): Promise<StoredSession[]> {
    return this.#call(readSessions, { bot, keys });
  }

  writeSession(bot: BotId, write: SessionWrite): Promise<boolean> {
    return this.#call(writeSession, { bot, write });
  }

  sessions<T>(bot: BotId): StoreSessions<T> {
    return versionedSessions(this, bot);
  }

  stats(bot?: BotId): Promise<StoreStats> {
    return this.#call(stats, bot);
  }

  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#watchers.close();
    await this.#commits.settled();
    await this.#opening?.catch(() => {});
    await this.#dialect.close();
  }

  /** Removes what has had its time, in the transaction of a call: it costs no commit of its own. */
  #tidy(call: Promise<unknown>): void {
    this.#call(this.#retention, undefined).catch(async (error) => {
      // If the call has failed as well, its caller knows.
      if (await call.then(() => true, () => false)) {
        log.warn("Cannot remove what is no longer needed: {error}", { error });
      }
    });
  }

  #call<I, O>(kind: Kind<I, O>, input: I): Promise<O> {
    if (this.#closed) return Promise.reject(new Error(closed));
    return this.#commits.call(kind, input);
  }
}

const closed = "Cannot use the store: it is closed. Make a new one.";
