import type { Update } from "../api/types.ts";
import { logger } from "../base/log.ts";
import { Lanes } from "../lanes/lanes.ts";
import {
  type BotId,
  type ClaimedLane,
  type NewUpdate,
  type Store,
  suspectDeaths,
  type WorkerId,
} from "../store/store.ts";
import { type Handle, unorderedKey } from "./attempt.ts";
import { storeBackoff } from "./failure.ts";
import { LaneWork } from "./lane_work.ts";
import { Lease } from "./lease.ts";
import { OwnedLane } from "./owned_lane.ts";

const log = logger("inbox");

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
  readonly #work: LaneWork;
  readonly #owned = new Set<OwnedLane>();
  /** Lanes whose head may be what kills workers: one at a time. */
  #suspects = 0;
  /** Lanes that may come with a call that is under way. */
  #reserved = 0;
  #open: Promise<void> | undefined;
  #unwatch: (() => void) | undefined;
  #retries = new Set<ReturnType<typeof setTimeout>>();
  /** Whether there may be something to claim. */
  #mayBeReady = true;
  #claiming: Promise<void> | undefined;
  #accepting = 0;
  #claims: "all" | "none" = "all";
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(config: InboxConfig) {
    const { store, bot, leaseSeconds, concurrency, handle, maxAttempts } = config;
    this.#config = config;
    this.#lease = new Lease({
      store,
      seconds: leaseSeconds,
      lost: (worker) => this.#lose(worker),
      busyWith: () => this.#describe(),
    });
    this.#work = new LaneWork({
      store,
      bot,
      lease: this.#lease,
      slots: new Lanes({ concurrency }),
      handle,
      maxAttempts,
      onRetry: (seconds) => this.#wakeIn(seconds),
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
    await this.#lease.begin();
    this.#unwatch = store.watch(bot, () => this.#wake());
    this.#wake();
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
      if (workers > 1) this.#claims = "none";
    } catch {
      // A store that cannot be read has nothing to claim, either.
      this.#claims = "none";
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
    this.#claims = "none";
    this.#work.cut();
    for (const { attempt } of this.#owned) {
      attempt?.end(reason);
      attempt?.abort?.(reason);
    }
  }

  /** Gives everything back to the store that is not finished. The store stays open. */
  async close(): Promise<void> {
    this.#claims = "none";
    this.#unwatch?.();
    for (const timer of this.#retries) clearTimeout(timer);
    this.#work.cut();
    await this.#claiming;
    try {
      await this.#open;
    } catch {
      return;
    }
    await this.#lease.end();
  }

  #rowsOf(updates: readonly Update[]): NewUpdate[] | Promise<NewUpdate[]> {
    const keys = updates.map(this.#config.keyOf);
    return keys.some((key) => key instanceof Promise)
      ? Promise.all(keys).then((keys) => toRows(updates, keys))
      : toRows(updates, keys as (string | undefined)[]);
  }

  async #append(updates: readonly Update[], rows: NewUpdate[]): Promise<void> {
    const { store, bot } = this.#config;
    const { worker } = this;
    const lanes = worker === undefined ? 0 : this.#reserve(rows.length);
    try {
      const claim = worker === undefined ? undefined : { worker, lanes };
      const appended = await store.append(bot, rows, claim);
      if (appended.lanes.length === 0) return;
      const parsed = new Map(updates.map((update) => [update.update_id, update]));
      for (const lane of appended.lanes) this.#start(new OwnedLane(lane, worker!, parsed));
    } finally {
      this.#reserved -= lanes;
    }
  }

  /** How many lanes more would be handled at once; what waits for others leaves its place to them. */
  #reserve(wanted: number): number {
    if (this.#claims === "none") return 0;
    const busy = this.#owned.size - this.#work.suspended + this.#reserved;
    const lanes = Math.max(0, Math.min(wanted, this.#config.concurrency - busy));
    this.#reserved += lanes;
    return lanes;
  }

  #start(lane: OwnedLane): void {
    this.#owned.add(lane);
    if (lane.deaths >= suspectDeaths) this.#suspect(lane);
    this.#work.run(lane).finally(() => {
      this.#owned.delete(lane);
      this.#claim();
      this.#settleIdle();
    });
  }

  /** Its head alone is suspected: what follows in a busy lane keeps no other suspect waiting. */
  #suspect(lane: OwnedLane): void {
    this.#suspects++;
    lane.headDone = () => {
      this.#suspects--;
      this.#wake();
    };
  }

  #wake(): void {
    this.#mayBeReady = true;
    this.#claim();
  }

  #wakeIn(seconds: number): void {
    if (this.#claims === "none") return;
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      this.#wake();
    }, Math.min(seconds * 1000, 2 ** 31 - 1));
    this.#retries.add(timer);
  }

  /** Claims what there is room for. One at a time; whoever comes meanwhile is seen by its loop. */
  #claim(): void {
    if (this.#claiming !== undefined || !this.#mayBeReady || this.#claims === "none") return;
    if (this.worker === undefined) return;
    this.#claiming = this.#claimAll().finally(() => {
      this.#claiming = undefined;
      this.#settleIdle();
    });
  }

  async #claimAll(): Promise<void> {
    const backoff = storeBackoff();
    while (this.#mayBeReady && this.#claims === "all" && this.worker !== undefined) {
      const suspects = this.#suspects === 0 ? 1 : 0;
      const lanes = this.#reserve(this.#config.concurrency);
      if (lanes + suspects === 0) return;
      this.#mayBeReady = false;
      try {
        const full = await this.#claimOnce(this.worker, { lanes, suspects });
        if (full) {
          this.#mayBeReady = true;
          if (lanes === 0) return;
        }
        backoff.reset();
      } catch (error) {
        if (backoff.failures === 0) log.error("Cannot claim what waits: {error}", { error });
        this.#wakeIn(backoff.next());
        return;
      } finally {
        this.#reserved -= lanes;
      }
    }
  }

  /** Returns whether more is ready than there was room for. */
  async #claimOnce(
    worker: WorkerId,
    limits: { lanes: number; suspects: number },
  ): Promise<boolean> {
    const claimed = await this.#config.store.claim(this.#config.bot, worker, limits);
    for (const lane of claimed.lanes as ClaimedLane[]) this.#start(new OwnedLane(lane, worker));
    if (claimed.nextInSeconds === undefined) return false;
    if (claimed.nextInSeconds === 0) return true;
    this.#wakeIn(claimed.nextInSeconds);
    return false;
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
    this.#mayBeReady = true;
  }

  #isIdle(): boolean {
    if (this.#owned.size > 0 || this.#accepting > 0 || this.#claiming !== undefined) return false;
    return !this.#mayBeReady || this.#claims === "none" || this.#open === undefined;
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
