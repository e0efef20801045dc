/**
 * The updates that Telegram must keep until they are handled: those from the lowest unfinished one
 * on. Telegram delivers them again with every poll, so it is remembered which of them are known.
 */
export class HandledWindow {
  /** Known updates from the lowest unfinished one on, in ascending order. */
  readonly #states = new Map<number, "unfinished" | "refused" | "finished">();
  /** One more than the highest id that was seen. */
  #next: number;
  #onMoved: (() => void) | undefined;

  /** @param offset Where to begin: everything below is handled */
  constructor(offset: number) {
    this.#next = offset;
  }

  /** The lowest unfinished id; if all are finished, one more than the highest. */
  get offset(): number {
    for (const id of this.#states.keys()) return id;
    return this.#next;
  }

  /** How many updates are known and cannot be confirmed yet. */
  get size(): number {
    return this.#states.size;
  }

  /** Takes an id in. Returns `false` if it is handled or being handled. */
  begin(id: number): boolean {
    if (id < this.offset) return false;
    const state = this.#states.get(id);
    if (state === "unfinished" || state === "finished") return false;
    this.#states.set(id, "unfinished");
    this.#next = Math.max(this.#next, id + 1);
    return true;
  }

  /** Handled: to be confirmed as soon as all before it are. */
  finish(id: number): void {
    this.#states.set(id, "finished");
    const before = this.offset;
    for (const [lowest, state] of this.#states) {
      if (state !== "finished") break;
      this.#states.delete(lowest);
    }
    if (this.offset !== before) this.#onMoved?.();
  }

  /** Not safe: its redelivery is a new try. */
  refuse(id: number): void {
    this.#states.set(id, "refused");
  }

  /** Resolves when the offset rises, after some seconds, or when `signal` is aborted. */
  moved(seconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.#onMoved = undefined;
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, seconds * 1000);
      signal.addEventListener("abort", done);
      this.#onMoved = done;
    });
  }
}
