import type { Update } from "../api/types.ts";
import { logger } from "../base/log.ts";
import { Roster } from "../base/roster.ts";
import { Lanes } from "../lanes/lanes.ts";
import {
  type BotId,
  type NewUpdate,
  type Store,
  suspectDeaths,
  type WorkerId,
} from "../store/store.ts";
import { Alarm } from "./alarm.ts";
import type { Handle } from "./attempt.ts";
import { storeBackoff } from "./failure.ts";
import { LaneWork } from "./lane_work.ts";
import { Lease } from "./lease.ts";
import { OwnedLane } from "./owned_lane.ts";
import { unorderedKey } from "./unordered_key.ts";

const log = logger("inbox");

/** Lanes in one claim; what else there is comes with the next. */
const claimAtMost = 1000;

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
  readonly #owned = new Roster<OwnedLane>();
  /** Lanes whose head may be what kills workers: one at a time. */
  #suspects = 0;
  /** Lanes that may come with a call that is under way. */
  #reserved = 0;
  #open: Promise<void> | undefined;
  #unwatch: (() => void) | undefined;
  readonly #alarm = new Alarm(() => this.#wake());
  readonly #claimBackoff = storeBackoff();
  /** Resolves when the rows of the updates are made whose keys are being awaited. */
  #arrivals: Promise<unknown> | undefined;
  /** Whether there may be something to claim. */
  #mayBeReady = true;
  /** Whether a call has failed that may have made lanes ours all the same. */
  #isInDoubt = false;
  #claiming: Promise<void> = Promise.resolve();
  #isClaiming = false;
  #accepting = 0;
  #claims: "all" | "none" = "all";
  #idle: PromiseWithResolvers<void> | undefined;
  #isClosed = false;

  constructor(config: InboxConfig) {
    const { store, bot, leaseSeconds, concurrency, handle, maxAttempts } = config;
    this.#config = config;
    this.#lease = new Lease({
      store,
      seconds: leaseSeconds,
      lost: (worker) => this.#lose(worker),
      begun: () => this.#wake(),
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
      onRoom: () => this.#claim(),
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
      attempt?.handling?.abort(reason);
    }
  }

  /** Gives everything back to the store that is not finished. The store stays open. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#claims = "none";
    this.#unwatch?.();
    this.#alarm.clear();
    this.#work.cut();
    // At once: should the store not answer to the rest, the lanes are others' when the lease is over.
    this.#lease.cease();
    await this.#claiming;
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
    const { worker } = this;
    const lanes = worker === undefined ? 0 : this.#roomFor(rows.length);
    this.#reserved += lanes;
    try {
      const claim = worker === undefined ? undefined : { worker, lanes };
      const appended = await store.append(bot, rows, claim);
      if (appended.lanes.length === 0) return;
      const parsed = new Map(updates.map((update) => [update.update_id, update]));
      for (const lane of appended.lanes) this.#start(new OwnedLane(lane, worker!, parsed));
    } catch (error) {
      if (lanes > 0) this.#isInDoubt = true;
      throw error;
    } finally {
      this.#reserved -= lanes;
      if (this.#isInDoubt && lanes > 0) this.#wake();
    }
  }

  /** How many lanes more would be handled at once; one that waits for others leaves its place. */
  #roomFor(wanted: number): number {
    if (this.#claims === "none" || this.#isInDoubt) return 0;
    const busy = this.#owned.size - this.#work.suspended + this.#reserved;
    return Math.max(0, Math.min(wanted, this.#config.concurrency - busy));
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
    if (this.#claims === "all") this.#alarm.ringIn(seconds);
  }

  /** Claims what there is room for. One at a time; whoever comes meanwhile is seen by its loop. */
  #claim(): void {
    if (!this.#isClaiming) this.#claiming = this.#claimAll();
  }

  async #claimAll(): Promise<void> {
    this.#isClaiming = true;
    // From the last look to the flag below nothing is awaited, or somebody's wake would be lost.
    while (this.#canEndDoubt || this.#room() > 0) {
      const room = this.#room();
      this.#mayBeReady = false;
      this.#reserved += room;
      try {
        if (this.#isInDoubt) await this.#endDoubt();
        else {
          await this.#claimOnce(room);
          this.#claimBackoff.reset();
        }
      } catch (error) {
        this.#isInDoubt = true;
        const backoff = this.#claimBackoff;
        if (backoff.failures === 0) log.error("Cannot claim what waits: {error}", { error });
        this.#wakeIn(backoff.next());
      } finally {
        this.#reserved -= room;
      }
    }
    this.#isClaiming = false;
    this.#settleIdle();
  }

  /** How many lanes there are to be claimed, as far as one can know. */
  #room(): number {
    return this.#mayBeReady && this.worker !== undefined ? this.#roomFor(claimAtMost) : 0;
  }

  /** Not while an answer may still come that makes lanes ours. */
  get #canEndDoubt(): boolean {
    return this.#isInDoubt && this.#mayBeReady && this.#reserved === 0 &&
      this.#claims === "all" && this.worker !== undefined;
  }

  /** Gives back what may be ours without our knowing: nobody else could have it while we live. */
  async #endDoubt(): Promise<void> {
    const worker = this.#lease.worker;
    const known = [...this.#owned].filter((lane) => lane.worker === worker);
    await this.#config.store.retain(worker, known.map(({ lane }) => lane));
    this.#isInDoubt = false;
    this.#mayBeReady = true;
  }

  async #claimOnce(lanes: number): Promise<void> {
    const worker = this.#lease.worker;
    const limits = { lanes, suspects: this.#suspects === 0 ? 1 : 0 };
    const claimed = await this.#config.store.claim(this.#config.bot, worker, limits);
    for (const lane of claimed.lanes) this.#start(new OwnedLane(lane, worker));
    if (claimed.nextInSeconds === 0) this.#mayBeReady = true;
    else if (claimed.nextInSeconds !== undefined) this.#wakeIn(claimed.nextInSeconds);
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
    if (this.#owned.size > 0 || this.#accepting > 0 || this.#isClaiming) return false;
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
