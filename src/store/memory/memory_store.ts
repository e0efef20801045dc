// deno-lint-ignore-file require-await -- methods are promises; each does its work in one go
import { type StoreSessions, versionedSessions } from "../sessions.ts";
import {
  type Appended,
  type BotId,
  type Claimed,
  type ClaimedLane,
  type ClaimLimits,
  type Completion,
  type DeadLetters,
  type Failure,
  type LaneId,
  type NewUpdate,
  type SessionWrite,
  type Settled,
  settledAlone,
  type Store,
  type StoredSession,
  type StoreStats,
  type WorkerId,
} from "../store.ts";
import { MemoryDeadLetters } from "./dead_letters.ts";
import { type Lane, Shelf, type Worker } from "./shelf.ts";

/** Options of {@linkcode MemoryStore}. */
export interface MemoryStoreOptions {
  /** The time in milliseconds since 1970. Default: `Date.now`; a test can give a clock of its own. */
  now?: () => number;
}

/** Ids of finished updates, and versions of deleted sessions, are kept for this long at least. */
const dayMilliseconds = 24 * 60 * 60 * 1000;

const lost: Settled = Object.freeze({ outcome: "lost" });
const conflict: Settled = Object.freeze({ outcome: "conflict" });

/**
 * A store in the memory of this process: for tests, and for webhooks on one process. What it holds
 * is gone when the process ends; `close` keeps it, so that another runner can go on with it.
 *
 * Its size follows what waits, the sessions, and the ids of the updates of the last two days.
 *
 * ```ts
 * import { MemoryStore } from "@tramline/tramline";
 *
 * const store = new MemoryStore();
 * const worker = await store.register({ leaseSeconds: 30 });
 * await store.append(123456, [{ id: 1, key: "4711", payload: "{}" }]);
 * const { lanes } = await store.claim(123456, worker, { lanes: 10, suspects: 1 });
 * console.log(lanes[0]?.updates); // [{ id: 1, payload: "{}", failures: 0 }]
 * ```
 */
export class MemoryStore implements Store {
  /** The updates that were set aside after their last attempt. */
  readonly dead: DeadLetters;
  readonly #now: () => number;
  readonly #shelves = new Map<BotId, Shelf>();
  readonly #workers = new Map<WorkerId, Worker>();
  readonly #roles = new Map<string, { worker: Worker; until: number }>();
  #workersMade = 0;
  #rotated: number;

  /** Makes an empty store. */
  constructor({ now = Date.now }: MemoryStoreOptions = {}) {
    this.#now = now;
    this.#rotated = now();
    this.dead = new MemoryDeadLetters(this.#shelves, () => this.#time());
  }

  /** Does nothing: memory is always ready. */
  async open(): Promise<void> {}

  async register({ leaseSeconds }: { readonly leaseSeconds: number }): Promise<WorkerId> {
    const id = ++this.#workersMade;
    const leaseMilliseconds = leaseSeconds * 1000;
    const until = this.#time() + leaseMilliseconds;
    this.#workers.set(id, { id, leaseMilliseconds, until, lanes: new Map() });
    return id;
  }

  async heartbeat(worker: WorkerId): Promise<boolean> {
    const now = this.#time();
    const self = this.#workers.get(worker);
    if (self === undefined) return false;
    self.until = now + self.leaseMilliseconds;
    for (const other of this.#workers.values()) {
      if (other.until <= now) this.#bury(other, now);
    }
    return true;
  }

  async expire(worker: WorkerId): Promise<void> {
    const dead = this.#workers.get(worker);
    if (dead !== undefined) this.#bury(dead, this.#time());
  }

  async append(
    bot: BotId,
    updates: readonly NewUpdate[],
    claim?: { readonly worker: WorkerId; readonly lanes: number },
  ): Promise<Appended> {
    const now = this.#time();
    const shelf = this.#shelf(bot);
    const known: number[] = [];
    const wereIdle: Lane[] = [];
    for (const { id, key, payload } of updates) {
      if (!shelf.keepId(id)) {
        known.push(id);
        continue;
      }
      const lane = shelf.lane(key);
      if (lane.waiting.size === 0 && lane.owner === undefined) wereIdle.push(lane);
      shelf.insert(lane, { id, payload, failures: 0, deaths: 0 });
    }
    const worker = claim && this.#workers.get(claim.worker);
    const lanes: ClaimedLane[] = [];
    for (const lane of wereIdle) {
      if (worker !== undefined && lanes.length < claim!.lanes) {
        shelf.own(lane, worker);
        lanes.push(lane.claimed());
      } else shelf.free(lane, now);
    }
    return { known, lanes };
  }

  async claim(bot: BotId, worker: WorkerId, limits: ClaimLimits): Promise<Claimed> {
    const now = this.#time();
    const shelf = this.#shelves.get(bot);
    const self = this.#workers.get(worker);
    if (shelf === undefined || self === undefined) return { lanes: [], nextInSeconds: undefined };
    const lanes = shelf.take(self, limits.lanes, limits.suspects, now);
    return { lanes: lanes.map((lane) => lane.claimed()), nextInSeconds: shelf.nextInSeconds(now) };
  }

  async complete(worker: WorkerId, completion: Completion): Promise<Settled> {
    this.#time();
    const { id, sessions, more } = completion;
    const lane = this.#ownedLane(worker, completion);
    if (lane === undefined) return lost;
    const { shelf } = lane;
    if (!shelf.canWrite(sessions)) return conflict;
    lane.waiting.remove(id);
    shelf.finishId(id);
    for (const write of sessions) shelf.write(write);
    return this.#goOn(lane, more);
  }

  async fail(worker: WorkerId, failure: Failure): Promise<Settled> {
    const now = this.#time();
    const { bot, id, error, retryInSeconds, more } = failure;
    const lane = this.#ownedLane(worker, failure);
    if (lane === undefined) return lost;
    const update = lane.waiting.get(id)!;
    update.failures++;
    if (retryInSeconds !== undefined) {
      lane.shelf.free(lane, now + retryInSeconds * 1000);
      return settledAlone;
    }
    lane.waiting.remove(id);
    lane.shelf.dead.set(id, { bot, key: lane.key, ...update, error, at: new Date(now) });
    return this.#goOn(lane, more);
  }

  async release(worker: WorkerId, lanes?: readonly LaneId[]): Promise<void> {
    const now = this.#time();
    const self = this.#workers.get(worker);
    if (self === undefined) return;
    for (const id of lanes ?? [...self.lanes.keys()]) {
      const lane = self.lanes.get(id as number);
      if (lane !== undefined) lane.shelf.free(lane, now);
    }
    if (lanes === undefined) this.#endLife(self);
  }

  async retain(worker: WorkerId, lanes: readonly LaneId[]): Promise<void> {
    const kept = new Set(lanes);
    const others = [...this.#workers.get(worker)?.lanes.keys() ?? []].filter((id) => !kept.has(id));
    if (others.length > 0) await this.release(worker, others);
  }

  async elect(
    role: string,
    worker: WorkerId,
    { leaseSeconds }: { readonly leaseSeconds: number },
  ): Promise<boolean> {
    const now = this.#time();
    const self = this.#workers.get(worker);
    if (self === undefined) return false;
    const held = this.#roles.get(role);
    if (held !== undefined && held.worker !== self && held.until > now) return false;
    this.#roles.set(role, { worker: self, until: now + leaseSeconds * 1000 });
    return true;
  }

  async resign(role: string, worker: WorkerId): Promise<void> {
    if (this.#roles.get(role)?.worker.id === worker) this.#roles.delete(role);
  }

  watch(bot: BotId, wake: () => void): () => void {
    const { watchers } = this.#shelf(bot);
    // A function of its own, because one `wake` may watch twice.
    const watcher = () => wake();
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  }

  async readSessions(bot: BotId, keys: readonly string[]): Promise<StoredSession[]> {
    const shelf = this.#shelf(bot);
    return keys.map((key) => shelf.readSession(key));
  }

  async writeSession(bot: BotId, write: SessionWrite): Promise<boolean> {
    this.#time();
    const shelf = this.#shelf(bot);
    if (!shelf.canWrite([write])) return false;
    shelf.write(write);
    return true;
  }

  sessions<T>(bot: BotId): StoreSessions<T> {
    return versionedSessions(this, bot);
  }

  async stats(bot?: BotId): Promise<StoreStats> {
    const now = this.#time();
    const stats = { updates: 0, owned: 0, ready: 0, dead: 0, sessions: 0, workers: 0 };
    for (const shelf of this.#shelves.values()) {
      if (bot !== undefined && shelf.bot !== bot) continue;
      stats.dead += shelf.dead.size;
      for (const { waiting, owner, heap, data } of shelf.lanes.values()) {
        stats.updates += waiting.size;
        if (owner !== undefined) stats.owned++;
        if (heap !== undefined) stats.ready++;
        if (data !== undefined) stats.sessions++;
      }
    }
    for (const { until } of this.#workers.values()) if (until > now) stats.workers++;
    return stats;
  }

  /** Does nothing: what is kept stays, for another runner in this process. */
  async close(): Promise<void> {}

  /** Reads the clock, and forgets what is old enough on the way. */
  #time(): number {
    const now = this.#now();
    while (now - this.#rotated >= dayMilliseconds) {
      this.#rotated += dayMilliseconds;
      for (const shelf of this.#shelves.values()) shelf.rotate();
    }
    return now;
  }

  #shelf(bot: BotId): Shelf {
    let shelf = this.#shelves.get(bot);
    if (shelf === undefined) {
      shelf = new Shelf(bot);
      this.#shelves.set(bot, shelf);
    }
    return shelf;
  }

  /** The lane of an update, if the worker owns it and the update is there. */
  #ownedLane(
    worker: WorkerId,
    { bot, lane: id, id: update }: Completion | Failure,
  ): Lane | undefined {
    const lane = this.#workers.get(worker)?.lanes.get(id as number);
    const isThere = lane?.shelf.bot === bot && lane.waiting.get(update) !== undefined;
    return isThere ? lane : undefined;
  }

  /** What the owner of a lane does after its head is gone. */
  #goOn(lane: Lane, more: boolean): Settled {
    if (more) return settledAlone;
    if (lane.waiting.size > 0) return { outcome: "done", next: lane.next() };
    lane.shelf.free(lane, 0);
    return settledAlone;
  }

  /** Ends the life of a worker that did not end it itself. */
  #bury(worker: Worker, now: number): void {
    for (const lane of worker.lanes.values()) {
      const head = lane.waiting.first;
      if (head !== undefined) head.deaths++;
      lane.shelf.free(lane, now);
    }
    this.#endLife(worker);
  }

  #endLife(worker: Worker): void {
    this.#workers.delete(worker.id);
    for (const [role, held] of this.#roles) {
      if (held.worker === worker) this.#roles.delete(role);
    }
  }
}
