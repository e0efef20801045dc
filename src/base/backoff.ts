/** Options of {@linkcode Backoff}; times in seconds. */
export interface BackoffOptions {
  /** The first wait. Default: 0.1 s. */
  firstSeconds?: number;
  /** No wait is longer than this. Default: 30 s. */
  capSeconds?: number;
  /** What part of a wait is random, 0 to 1, so that many processes do not return at once. Default: 0.3. */
  jitter?: number;
}

/** Exponential waits with a cap and jitter: 0.1 s, 0.2 s, 0.4 s, … until {@linkcode Backoff.reset}. */
export class Backoff {
  readonly #first: number;
  readonly #cap: number;
  readonly #jitter: number;
  #failures = 0;

  constructor({ firstSeconds = 0.1, capSeconds = 30, jitter = 0.3 }: BackoffOptions = {}) {
    this.#first = firstSeconds;
    this.#cap = capSeconds;
    this.#jitter = jitter;
  }

  /** Failures since the last {@linkcode Backoff.reset}. */
  get failures(): number {
    return this.#failures;
  }

  /** Counts a failure and returns the seconds to wait before the next try. */
  next(): number {
    // 2 ** 1024 is Infinity, and Math.min takes care of it: no overflow after a night of failures.
    const wait = Math.min(this.#cap, this.#first * 2 ** this.#failures++);
    return wait * (1 - this.#jitter * Math.random());
  }

  /** To be called after a success. */
  reset(): void {
    this.#failures = 0;
  }
}
