import { longestTimer } from "../base/sleep.ts";

/** One timer for many dates: it rings at the earliest. Whoever is woken asks for the next one. */
export class Alarm {
  readonly #ring: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When it rings, in milliseconds of `performance.now()`. */
  #at = Infinity;

  /** @param ring Called at the time */
  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings in some seconds, unless it rings earlier anyway. */
  ringIn(seconds: number): void {
    // Whoever is woken too early looks and waits again.
    const wait = Math.min(seconds * 1000, longestTimer);
    const at = performance.now() + wait;
    if (at >= this.#at) return;
    this.clear();
    this.#at = at;
    this.#timer = setTimeout(() => {
      this.clear();
      this.#ring();
    }, wait);
  }

  /** Does not ring. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#at = Infinity;
  }
}
