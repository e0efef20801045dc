import { logger } from "../base/log.ts";
import type { BotId, ClaimedLane, LaneId, Store, WorkerId } from "../store/store.ts";
import { Alarm } from "./alarm.ts";
import { storeBackoff } from "./failure.ts";

const log = logger("inbox");

/** Lanes in one claim; what else there is comes with the next. */
const atMost = 1000;

/** Options of {@linkcode Claims}. */
export interface ClaimsConfig {
  readonly store: Store;
  readonly bot: BotId;
  /** How many lanes may be worked on at once. */
  readonly concurrency: number;
  /** For whom lanes are claimed; `undefined` while there is none. */
  readonly worker: () => WorkerId | undefined;
  /** How many lanes are being worked on. */
  readonly busy: () => number;
  /** How many suspects may be claimed beside other lanes. */
  readonly suspects: () => number;
  /** The lanes that a worker is known to own. */
  readonly known: (worker: WorkerId) => readonly LaneId[];
  /** Begins to work on lanes. */
  readonly begin: (lanes: readonly ClaimedLane[], worker: WorkerId) => void;
  /** Called when a claim has ended, and no other follows. */
  readonly rested: () => void;
}

/** For whom lanes are asked for, and how many. */
export interface Claim {
  readonly worker: WorkerId;
  readonly lanes: number;
}

/** Gets lanes for a worker, as far as it has room, whenever there may be some. */
export class Claims {
  readonly #config: ClaimsConfig;
  readonly #alarm = new Alarm(() => this.wake());
  readonly #backoff = storeBackoff();
  /** Lanes that may come with a call that is under way. */
  #reserved = 0;
  /** Whether there may be something to claim. */
  #mayBeReady = true;
  /** Whether a call has failed that may have made lanes ours all the same. */
  #isInDoubt = false;
  #claiming: Promise<void> = Promise.resolve();
  #isClaiming = false;
  #isStopped = false;

  constructor(config: ClaimsConfig) {
    this.#config = config;
  }

  /** Whether nothing is being claimed, and nothing is to be claimed as far as one can know. */
  get isAtRest(): boolean {
    return !this.#isClaiming && (this.#isStopped || !this.#mayBeReady);
  }

  /** There may be something to claim that was not there before. */
  wake(): void {
    this.#mayBeReady = true;
    this.goOn();
  }

  /** There will be in some seconds. */
  wakeIn(seconds: number): void {
    if (!this.#isStopped) this.#alarm.ringIn(seconds);
  }

  /** There may be room. One claim at a time; whoever comes meanwhile is seen by its loop. */
  goOn(): void {
    if (!this.#isClaiming && this.#hasWork()) this.#claiming = this.#run();
  }

  /**
   * Makes a call of the store that may give lanes to the worker, as many as there is room for.
   *
   * @param wanted How many lanes would do
   * @param call Makes it, and begins to work on what it brings
   */
  async along(
    wanted: number,
    call: (claim: Claim | undefined) => Promise<void>,
  ): Promise<void> {
    const worker = this.#config.worker();
    const lanes = worker === undefined ? 0 : this.#room(wanted);
    this.#reserved += lanes;
    try {
      await call(worker === undefined ? undefined : { worker, lanes });
    } catch (error) {
      if (lanes > 0) this.#isInDoubt = true;
      throw error;
    } finally {
      this.#reserved -= lanes;
      if (this.#isInDoubt && lanes > 0) this.wake();
    }
  }

  /** From now on nothing is claimed. */
  stop(): void {
    this.#isStopped = true;
    this.#alarm.clear();
  }

  /** Resolves when no claim is under way. */
  ended(): Promise<void> {
    return this.#claiming;
  }

  async #run(): Promise<void> {
    this.#isClaiming = true;
    // From the last look to the end below nothing is awaited, or somebody's wake would be lost.
    while (this.#hasWork()) {
      const room = this.#room(atMost);
      this.#mayBeReady = false;
      this.#reserved += room;
      try {
        if (this.#isInDoubt) await this.#endDoubt();
        else {
          await this.#claim(room);
          this.#backoff.reset();
        }
      } catch (error) {
        this.#isInDoubt = true;
        const backoff = this.#backoff;
        if (backoff.failures === 0) log.error("Cannot claim what waits: {error}", { error });
        this.wakeIn(backoff.next());
      } finally {
        this.#reserved -= room;
      }
    }
    this.#isClaiming = false;
    this.#config.rested();
  }

  #hasWork(): boolean {
    if (this.#isStopped || !this.#mayBeReady || this.#config.worker() === undefined) return false;
    // The doubt lasts while an answer may still come that makes lanes ours.
    return this.#isInDoubt ? this.#reserved === 0 : this.#room(1) > 0;
  }

  /** How many lanes more would be worked on at once. */
  #room(wanted: number): number {
    if (this.#isStopped || this.#isInDoubt) return 0;
    const { concurrency, busy } = this.#config;
    return Math.max(0, Math.min(wanted, concurrency - busy() - this.#reserved));
  }

  async #claim(lanes: number): Promise<void> {
    const { store, bot, worker, suspects, begin } = this.#config;
    const claimant = worker()!;
    const claimed = await store.claim(bot, claimant, { lanes, suspects: suspects() });
    begin(claimed.lanes, claimant);
    if (claimed.nextInSeconds === 0) this.#mayBeReady = true;
    else if (claimed.nextInSeconds !== undefined) this.wakeIn(claimed.nextInSeconds);
  }

  /** Gives back what may be ours without our knowing: nobody else could have it while we live. */
  async #endDoubt(): Promise<void> {
    const { store, known } = this.#config;
    const worker = this.#config.worker()!;
    await store.retain(worker, known(worker));
    this.#isInDoubt = false;
    this.#mayBeReady = true;
  }
}
