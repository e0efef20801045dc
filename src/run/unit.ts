import type { Update } from "../api/types.ts";
import type { UnitOfWork } from "../context/unit_of_work.ts";
import { kindOf } from "../context/update_kind.ts";
import type { Slot } from "../lanes/lanes.ts";

/** One update that is being handled: what its context is tied to, and how long it takes. */
export class Unit implements UnitOfWork {
  readonly update: Update;
  readonly key: string | undefined;
  /** Frees the lane although the handler has not ended. */
  letGo: (() => void) | undefined;
  readonly #slot: Slot;
  /** Milliseconds that count, without the present stretch. */
  #spent = 0;
  /** Since when the clock has been running; `undefined` while it stands. */
  #since: number | undefined;
  #waits = 0;
  #controller: AbortController | undefined;
  #refusal: Error | undefined;

  constructor(update: Update, key: string | undefined, slot: Slot) {
    this.update = update;
    this.key = key;
    this.#slot = slot;
  }

  /** Made when it is asked for: most handlers never do, and one per update would cost too much. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#refusal !== undefined) this.#controller.abort(this.#refusal);
    }
    return this.#controller.signal;
  }

  /** Waits without a slot, and without the handler's clock. */
  async wait<T>(pending: Promise<T>): Promise<T> {
    if (this.#waits++ === 0) this.stopClock();
    try {
      return await this.#slot.wait(pending);
    } finally {
      if (--this.#waits === 0) this.startClock();
    }
  }

  /** Refuses the context's API calls once its time is up. */
  beforeCall(): void {
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  /** Aborts the handler's signal, and refuses its API calls from now on. */
  abort(reason: Error): void {
    this.#refusal = reason;
    this.#controller?.abort(reason);
  }

  /** Lets the handler's time count from now on, unless it waits. */
  startClock(): void {
    if (this.#waits === 0) this.#since ??= performance.now();
  }

  /** Lets the handler's time count no more. */
  stopClock(): void {
    this.#spent = this.spentAt(performance.now());
    this.#since = undefined;
  }

  /** How many milliseconds the handler has taken. */
  spentAt(now: number): number {
    return this.#spent + (this.#since === undefined ? 0 : now - this.#since);
  }

  /** Names the update in a log: "update 5 (message, ordering key 4711)". */
  describe(): string {
    const kind = kindOf(this.update) ?? "unknown kind";
    const key = this.key === undefined ? "unordered" : `ordering key ${this.key}`;
    return `update ${this.update.update_id} (${kind}, ${key})`;
  }
}
