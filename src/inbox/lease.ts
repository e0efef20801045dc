import { logger } from "../base/log.ts";
import { within } from "../base/within.ts";
import type { Store, WorkerId } from "../store/store.ts";

const log = logger("inbox");

/**
 * An update's lane has gone to another worker, or may have: what its handler still does is refused.
 * API calls of its context reject with this error, and `ctx.signal` is aborted with it.
 */
export class LeaseLostError extends Error {
  /** Always `"LeaseLostError"`. */
  override readonly name: string = "LeaseLostError";

  /**
   * Made by the inbox; handlers only ever see it.
   *
   * @param cause Why nobody knows whether the lease holds, if that is the reason
   */
  constructor(cause?: unknown) {
    super(
      "Cannot go on with this update: this worker's lease is over, and another may be handling " +
        "the update now. Did the process stand still, or could it not reach the store?",
      cause === undefined ? undefined : { cause },
    );
  }
}

/** Options of {@linkcode Lease}. */
export interface LeaseConfig {
  readonly store: Store;
  /** For how many seconds a heartbeat is good. There is one in each sixth of that. */
  readonly seconds: number;
  /** Called when the lease is lost; then a new life begins. */
  readonly lost: (worker: WorkerId) => void;
  /** Called when it has begun. */
  readonly begun: () => void;
  /** Names what is being handled, for the log. */
  readonly busyWith: () => string;
}

/**
 * This process' right to its lanes. One heartbeat keeps all of them, and one local look at the clock
 * tells whether it still holds: so it costs nothing per update.
 */
export class Lease {
  readonly #config: LeaseConfig;
  /** Who we are; changes when a lease was lost. */
  #worker: WorkerId | undefined;
  /** Until when the store has promised, in milliseconds of `performance.now()`. */
  #goodUntil = 0;
  #registering: Promise<void> | undefined;
  #beating: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #expected = 0;
  #failing = false;
  #ended = false;

  constructor(config: LeaseConfig) {
    this.#config = config;
  }

  /** This worker's present life. */
  get worker(): WorkerId {
    if (this.#worker === undefined) throw new LeaseLostError();
    return this.#worker;
  }

  /** Whether a life has begun and not ended. */
  get alive(): boolean {
    return this.#worker !== undefined;
  }

  /** Whether `worker` is the present life. */
  is(worker: WorkerId): boolean {
    return worker === this.#worker;
  }

  /** Begins a life, and its heartbeats. */
  async begin(): Promise<void> {
    await this.#register();
    // Whose process has died is noticed now, not only after the first pause.
    await this.#beat();
    this.#schedule();
  }

  /** From now on there is no heartbeat: the life ends with its lease, unless {@linkcode Lease.end} ends it before. */
  cease(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  /** Ends the life: gives back what the worker has, and is silent from then on. */
  async end(): Promise<void> {
    this.cease();
    await this.#beating;
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker !== undefined) await this.#config.store.release(worker);
  }

  /**
   * Passes if `worker` is this life and its lease holds. Past the lease it waits for a heartbeat.
   *
   * @throws {LeaseLostError} If it does not hold, or nobody can tell.
   */
  check(worker: WorkerId): void | Promise<void> {
    if (worker !== this.#worker) throw new LeaseLostError();
    if (performance.now() < this.#goodUntil) return;
    return this.#recheck(worker);
  }

  async #recheck(worker: WorkerId): Promise<void> {
    await this.#beat();
    if (worker !== this.#worker) throw new LeaseLostError();
    if (performance.now() >= this.#goodUntil) {
      throw new LeaseLostError(new Error("The store does not answer."));
    }
  }

  #schedule(): void {
    if (this.#ended) return;
    const pause = (this.#config.seconds * 1000) / 6;
    this.#expected = performance.now() + pause;
    this.#timer = setTimeout(() => this.#beat().then(() => this.#schedule()), pause);
  }

  /** One heartbeat, shared by all who ask meanwhile. Never rejects. */
  #beat(): Promise<void> {
    return this.#beating ??= this.#beatOnce().finally(() => this.#beating = undefined);
  }

  async #beatOnce(): Promise<void> {
    const { store, seconds } = this.#config;
    const began = performance.now();
    this.#warnOfStandstill(began);
    const worker = this.#worker;
    const isAlive = async (): Promise<boolean> => {
      if (worker === undefined || !await store.heartbeat(worker)) return false;
      // It counts also if it comes when nobody waits for it any more.
      if (worker === this.#worker) this.#goodUntil = began + seconds * 1000;
      return true;
    };
    try {
      if (!await this.#answered(isAlive())) await this.#beginAnew(worker);
      if (this.#failing) log.info("The store answers again.");
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) log.warn("The store does not take the heartbeat: {error}", { error });
      this.#failing = true;
    }
  }

  async #beginAnew(worker: WorkerId | undefined): Promise<void> {
    this.#worker = undefined;
    if (worker !== undefined) {
      log.warn(
        "This worker has lost its lease of {seconds} s. Its chats go on with whoever took them.",
        { seconds: this.#config.seconds },
      );
      this.#config.lost(worker);
    }
    if (this.#ended) return;
    await this.#answered(this.#register());
  }

  /** A new life in the store; whoever asks for one meanwhile waits for the same. */
  #register(): Promise<void> {
    return this.#registering ??= this.#registerOnce().finally(() => this.#registering = undefined);
  }

  async #registerOnce(): Promise<void> {
    const { store, seconds, begun } = this.#config;
    const began = performance.now();
    const worker = await store.register({ leaseSeconds: seconds });
    if (this.#ended) return await store.release(worker);
    this.#worker = worker;
    this.#goodUntil = began + seconds * 1000;
    begun();
  }

  /** A store that is silent for long is as good as one that fails: handlers must not hang on it. */
  #answered<T>(answer: Promise<T>): Promise<T> {
    return within(this.#config.seconds / 3, answer, "the store does not answer");
  }

  /** A handler that computes without a pause stops the heartbeats, too. */
  #warnOfStandstill(now: number): void {
    const late = (now - this.#expected) / 1000;
    if (this.#expected === 0 || late < this.#config.seconds) return;
    log.warn(
      "This process stood still for {late} s, longer than its lease of {seconds} s, while handling " +
        "{updates}. Let handlers that compute for long pause, or move the work to a thread.",
      { late: Math.round(late), seconds: this.#config.seconds, updates: this.#config.busyWith() },
    );
  }
}
