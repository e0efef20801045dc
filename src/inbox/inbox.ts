import type { Update } from "../api/types.ts";
import { Roster } from "../base/roster.ts";
import { Lanes } from "../lanes/lanes.ts";
import {
  type BotId,
  type ClaimedLane,
  type LaneId,
  type NewUpdate,
  type Store,
  suspectDeaths,
  type WorkerId,
} from "../store/store.ts";
import type { Handle } from "./attempt.ts";
import { Claims } from "./claims.ts";
import { LaneWork } from "./lane_work.ts";
import { Lease } from "./lease.ts";
import { OwnedLane } from "./owned_lane.ts";
import { unorderedKey } from "./unordered_key.ts";

/** Options of {@linkcode Inbox}. */
export interface InboxConfig {
  readonly store: Store;
  readonly bot: BotId;
  /** How many updates are handled at once. */
  readonly concurrency: number;
  /** After how many failures an update becomes a dead letter. */
  readonly maxAttempts: number;
  /** For how many seconds a heartbeat keeps this worker's lanes. */
  readonly leaseSeconds: number;
  /** Says which updates must not overlap; `undefined`: none. It does not throw. */
  readonly keyOf: (update: Update) => string | undefined | Promise<string | undefined>;
  readonly handle: Handle;
}

/**
 * The durable set of accepted, unfinished updates, seen from one worker: it takes updates in, claims
 * lanes as far as it has room, and works them off.
 */
export class Inbox {
  readonly #config: InboxConfig;
  readonly #lease: Lease;
  readonly #claims: Claims;
  readonly #work: LaneWork;
  readonly #owned = new Roster<OwnedLane>();
  /** Lanes whose head may be what kills workers: one at a time. */
  #suspects = 0;
  #open: Promise<void> | undefined;
  #unwatch: (() => void) | undefined;
  /** Resolves when the rows of the updates are made whose keys are being awaited. */
  #arrivals: Promise<unknown> | undefined;
  #accepting = 0;
  #idle: PromiseWithResolvers<void> | undefined;
  #isClosed = false;

  constructor(config: InboxConfig) {
    const { store, bot, leaseSeconds, concurrency, handle, maxAttempts } = config;
    this.#config = config;
    this.#lease = new Lease({
      store,
      seconds: leaseSeconds,
      lost: (worker) => this.#lose(worker),
      begun: () => this.#claims.wake(),
      busyWith: () => this.#describe(),
    });
    this.#claims = new Claims({
      store,
      bot,
      concurrency,
      worker: () => this.worker,
      // One that waits for others leaves its place.
      busy: () => this.#owned.size - this.#work.suspended,
      // One at a time: a poison update must not take another suspect with it.
      suspects: () => this.#suspects === 0 ? 1 : 0,
      known: (worker) => this.#lanesOf(worker),
      begin: (lanes, worker) => this.#beginWork(lanes, worker),
      rested: () => this.#settleIdle(),
    });
    this.#work = new LaneWork({
      store,
      bot,
      lease: this.#lease,
      slots: new Lanes({ concurrency }),
      handle,
      maxAttempts,
      onRetry: (seconds) => this.#claims.wakeIn(seconds),
      onRoom: () => this.#claims.goOn(),
    });
  }

  /** This worker's life in the store, for elections; `undefined` while it has none. */
  get worker(): WorkerId | undefined {
    return this.#lease.alive ? this.#lease.worker : undefined;
  }

  /** Updates in hand: being handled, or waiting behind others of lanes that are ours. */
  get size(): number {
    let size = this.#accepting;
    for (const lane of this.#owned) size += lane.size;
    return size;
  }

  /**
   * Gets the store ready and begins to work off what waits there.
   *
   * @throws {Error} If the store cannot be used.
   */
  open(): Promise<void> {
    return this.#open ??= this.#begin();
  }

  async #begin(): Promise<void> {
    const { store, bot } = this.#config;
    await store.open();
    if (this.#isClosed) return;
    await this.#lease.begin();
    if (this.#isClosed) return;
    this.#unwatch = store.watch(bot, () => this.#claims.wake());
    this.#claims.wake();
  }

  /** Takes updates in. Resolves when they are durable, whoever handles them. */
  async accept(updates: readonly Update[]): Promise<void> {
    this.#accepting += updates.length;
    try {
      await this.open();
      await this.#append(updates, await this.#rowsOf(updates));
    } finally {
      this.#accepting -= updates.length;
      this.#settleIdle();
    }
  }

  /** From now on nothing is accepted; what others can do is left to them. */
  async drain(): Promise<void> {
    if (this.#open === undefined) return;
    try {
      await this.#open;
      const { workers } = await this.#config.store.stats();
      if (workers > 1) this.#claims.stop();
    } catch {
      // A store that cannot be read has nothing to claim, either.
      this.#claims.stop();
    }
    this.#settleIdle();
  }

  /** Resolves as soon as nothing is in hand and nothing is to be claimed. */
  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return (this.#idle ??= Promise.withResolvers()).promise;
  }

  /** Aborts what is being handled; it stays in the store, as if it had not begun. */
  cut(reason: Error): void {
    this.#claims.stop();
    this.#work.cut();
    for (const { attempt } of this.#owned) {
      attempt?.end(reason);
      attempt?.handling?.abort(reason);
    }
  }

  /** Gives everything back to the store that is not finished. The store stays open. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#claims.stop();
    this.#unwatch?.();
    this.#work.cut();
    // At once: should the store not answer to the rest, the lanes are others' when the lease is over.
    this.#lease.cease();
    await this.#claims.ended();
    try {
      await this.#open;
    } catch {
      return;
    }
    await this.#lease.end();
  }

  /** Updates whose keys are there at once do not overtake those whose keys are awaited. */
  async #rowsOf(updates: readonly Update[]): Promise<NewUpdate[]> {
    const keys = updates.map((update) => this.#config.keyOf(update));
    if (this.#arrivals === undefined && !keys.some((key) => key instanceof Promise)) {
      return toRows(updates, keys as (string | undefined)[]);
    }
    const arrival = Promise.all([Promise.all(keys), this.#arrivals]);
    this.#arrivals = arrival;
    const [known] = await arrival;
    if (this.#arrivals === arrival) this.#arrivals = undefined;
    return toRows(updates, known);
  }

  async #append(updates: readonly Update[], rows: NewUpdate[]): Promise<void> {
    const { store, bot } = this.#config;
    await this.#claims.along(rows.length, async (claim) => {
      const { lanes } = await store.append(bot, rows, claim);
      if (lanes.length === 0) return;
      const parsed = new Map(updates.map((update) => [update.update_id, update]));
      this.#beginWork(lanes, claim!.worker, parsed);
    });
  }

  #beginWork(
    lanes: readonly ClaimedLane[],
    worker: WorkerId,
    parsed?: ReadonlyMap<number, Update>,
  ): void {
    for (const lane of lanes) this.#start(new OwnedLane(lane, worker, parsed));
  }

  #start(lane: OwnedLane): void {
    this.#owned.add(lane);
    if (lane.deaths >= suspectDeaths) this.#suspect(lane);
    this.#work.run(lane).finally(() => {
      this.#owned.delete(lane);
      this.#claims.goOn();
      this.#settleIdle();
    });
  }

  /** Its head alone is suspected: what follows in a busy lane keeps no other suspect waiting. */
  #suspect(lane: OwnedLane): void {
    this.#suspects++;
    lane.headDone = () => {
      this.#suspects--;
      this.#claims.wake();
    };
  }

  #lanesOf(worker: WorkerId): readonly LaneId[] {
    return [...this.#owned].filter((lane) => lane.worker === worker).map(({ lane }) => lane);
  }

  /** The lanes of a life that is over are somebody else's. */
  #lose(worker: WorkerId): void {
    for (const { worker: owner, attempt } of this.#owned) {
      if (owner !== worker || attempt === undefined) continue;
      try {
        attempt.checkLease();
      } catch {
        // That told the attempt.
      }
    }
    this.#claims.wake();
  }

  #isIdle(): boolean {
    if (this.#owned.size > 0 || this.#accepting > 0) return false;
    return this.#claims.isAtRest || this.#open === undefined;
  }

  #settleIdle(): void {
    if (this.#idle === undefined || !this.#isIdle()) return;
    this.#idle.resolve();
    this.#idle = undefined;
  }

  #describe(): string {
    const names: string[] = [];
    for (const { attempt } of this.#owned) {
      if (attempt !== undefined) names.push(`update ${attempt.update.update_id}`);
      if (names.length === 5) return `${names.join(", ")} and others`;
    }
    return names.join(", ") || "nothing";
  }
}

function toRows(updates: readonly Update[], keys: readonly (string | undefined)[]): NewUpdate[] {
  return updates.map((update, index) => ({
    id: update.update_id,
    key: keys[index] ?? unorderedKey(update.update_id),
    payload: JSON.stringify(update),
  }));
}
