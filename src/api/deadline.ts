import { longestTimer } from "../base/sleep.ts";

/**
 * One signal for the end of a call: its time is up, or one of two signals is aborted. Cheaper than
 * `AbortSignal.any`, and it leaves nothing behind on signals that outlive the call.
 */
export class Deadline {
  /** How long the call may take. */
  readonly seconds: number;
  readonly #controller = new AbortController();
  readonly #first: AbortSignal | undefined;
  readonly #second: AbortSignal | undefined;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  #expired = false;

  constructor(seconds: number, first?: AbortSignal, second?: AbortSignal) {
    this.seconds = seconds;
    this.#first = first;
    this.#second = second;
    if (seconds * 1000 <= longestTimer) {
      this.#timer = setTimeout(() => this.#expire(), seconds * 1000);
    }
    this.#follow(first);
    this.#follow(second);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the time was up. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Settles as `work` does, but rejects as soon as the signal is aborted. */
  race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise<T>((resolve, reject) => {
      work.then(resolve, reject);
      if (signal.aborted) reject(signal.reason);
      else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  /** To be called when the call has ended. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#first?.removeEventListener("abort", this);
    this.#second?.removeEventListener("abort", this);
  }

  /** Listens to the two signals; see {@linkcode EventListenerObject}. */
  handleEvent(event: Event): void {
    this.#controller.abort((event.target as AbortSignal).reason);
  }

  #follow(signal: AbortSignal | undefined): void {
    if (signal?.aborted) this.#controller.abort(signal.reason);
    else signal?.addEventListener("abort", this);
  }

  #expire(): void {
    this.#expired = true;
    this.#controller.abort(
      new DOMException(`No answer came within ${this.seconds} s.`, "TimeoutError"),
    );
  }
}
