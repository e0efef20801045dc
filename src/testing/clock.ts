import { describe } from "../base/describe.ts";
import { longestTimer } from "../base/sleep.ts";

/** Options of {@linkcode VirtualClock.advance}. */
export interface AdvanceOptions {
  /**
   * How long, in seconds of real time, to wait at each step for webhook deliveries that are under
   * way, so that the bot answers before time moves on. Default: 2. A delivery that outlasted it once
   * is not waited for again.
   */
  settleSeconds?: number;
}

interface Timer {
  readonly due: number;
  readonly run: () => void;
}

/**
 * The time of the simulated world. It runs with real time, and {@linkcode VirtualClock.advance} jumps
 * ahead; or, with `clock: "manual"`, it stands still until it is advanced. Everything that Telegram times
 * (long polls, retries of a webhook, lifetimes, flood control) goes by this clock.
 */
export interface VirtualClock {
  /** The simulated time: seconds since 1970, with fractions. */
  now(): number;
  /** The simulated time in whole seconds, as Telegram dates messages. */
  date(): number;
  /**
   * Moves time ahead by `seconds` and runs, in order and each at its own time, everything that
   * falls due on the way.
   *
   * @param seconds How far to move, 0 or more
   * @throws {RangeError} if `seconds` is negative or not a number
   */
  advance(seconds: number, options?: AdvanceOptions): Promise<void>;
  /** Calls `run` once `seconds` have passed; the function returned takes it back. */
  after(seconds: number, run: () => void): () => void;
}

/** The clock, with what only the simulator uses. */
export class SimulatorClock implements VirtualClock {
  readonly #manual: boolean;
  /** Manual: the time. Running: what to add to real time. */
  #offset: number;
  readonly #timers = new Set<Timer>();
  /** Deliveries under way, and those that `advance` has given up waiting for. */
  readonly #held = new Set<Promise<unknown>>();
  readonly #overdue = new WeakSet<Promise<unknown>>();
  #wake: { timer: ReturnType<typeof setTimeout>; due: number } | undefined;
  #closed = false;

  constructor(mode: "real" | "manual" = "real") {
    this.#manual = mode === "manual";
    this.#offset = this.#manual ? Date.now() / 1000 : 0;
  }

  now(): number {
    return this.#manual ? this.#offset : Date.now() / 1000 + this.#offset;
  }

  date(): number {
    return Math.floor(this.now());
  }

  async advance(seconds: number, { settleSeconds = 2 }: AdvanceOptions = {}): Promise<void> {
    if (!(seconds >= 0)) {
      throw new RangeError(
        `Cannot advance the clock: seconds must be 0 or more, given ${describe(seconds)}.`,
      );
    }
    const target = this.now() + seconds;
    for (;;) {
      await this.#settle(settleSeconds);
      const next = this.#earliest();
      if (next === undefined || next.due > target || this.#closed) break;
      this.#jump(next.due);
      this.#runDue();
    }
    this.#jump(target);
    this.#arm();
    await this.#settle(settleSeconds);
  }

  after(seconds: number, run: () => void): () => void {
    if (this.#closed) return () => {};
    const timer: Timer = { due: this.now() + Math.max(0, seconds), run };
    this.#timers.add(timer);
    if (this.#wake === undefined || timer.due < this.#wake.due) this.#arm();
    return () => {
      this.#timers.delete(timer);
      if (this.#timers.size === 0) this.#disarm();
    };
  }

  /** Resolves once `seconds` have passed. */
  wait(seconds: number): Promise<void> {
    return new Promise((resolve) => this.after(seconds, resolve));
  }

  /** Names work that `advance` lets finish before it moves on. */
  hold(work: Promise<unknown>): void {
    this.#held.add(work);
    const done = () => this.#held.delete(work);
    work.then(done, done);
  }

  /** Forgets every timer. */
  close(): void {
    this.#closed = true;
    this.#timers.clear();
    this.#disarm();
  }

  #jump(time: number): void {
    const now = this.now();
    if (time > now) this.#offset += time - now;
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers) {
      if (earliest === undefined || timer.due < earliest.due) earliest = timer;
    }
    return earliest;
  }

  #runDue(): void {
    const now = this.now();
    const due = [...this.#timers].filter((timer) => timer.due <= now);
    due.sort((a, b) => a.due - b.due);
    for (const timer of due) {
      if (this.#timers.delete(timer)) timer.run();
    }
  }

  /** Keeps one real timer for the earliest simulated one. */
  #arm(): void {
    if (this.#manual || this.#closed) return;
    const next = this.#earliest();
    if (next === undefined) return this.#disarm();
    if (this.#wake !== undefined && this.#wake.due <= next.due) return;
    this.#disarm();
    const milliseconds = Math.min(
      longestTimer,
      Math.max(0, Math.ceil((next.due - this.now()) * 1000)),
    );
    const timer = setTimeout(() => {
      this.#wake = undefined;
      this.#runDue();
      this.#arm();
    }, milliseconds);
    this.#wake = { timer, due: next.due };
  }

  #disarm(): void {
    if (this.#wake !== undefined) clearTimeout(this.#wake.timer);
    this.#wake = undefined;
  }

  /** Lets promises and deliveries that are under way come to rest. */
  async #settle(seconds: number): Promise<void> {
    await turn();
    const pending = [...this.#held].filter((work) => !this.#overdue.has(work));
    if (pending.length === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), seconds * 1000);
    });
    const settled = Promise.allSettled(pending).then(() => true);
    const inTime = await Promise.race([settled, patience]);
    clearTimeout(timer);
    if (inTime) return await this.#settle(seconds);
    for (const work of pending) if (this.#held.has(work)) this.#overdue.add(work);
  }
}

/** One turn of the event loop, as short as the runtime has it: there can be thousands in a day. */
function turn(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (run: () => void) => unknown };
  return new Promise((resolve) => {
    if (setImmediate !== undefined) setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
