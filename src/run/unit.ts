import type { Update } from "../api/types.ts";
import type { Rostered } from "../base/roster.ts";
import type { UnitOfWork, UnitSessions } from "../context/unit_of_work.ts";
import { kindOf } from "../context/update_kind.ts";
import type { Attempt } from "../inbox/attempt.ts";
import type { Slot } from "../lanes/lanes.ts";

/** One update that is being handled: what its context is tied to, and how long it takes. */
export class Unit implements UnitOfWork, Rostered {
  place = -1;
  /** How many of its time marks the handler has reached. */
  marks = 0;
  readonly update: Update;
  readonly key: string | undefined;
  /** Frees the lane although the handler has not ended. */
  letGo: ((reason: Error | undefined) => void) | undefined;
  readonly #slot: Slot;
  /** Milliseconds that count, without the present stretch. */
  #spent = 0;
  /** Since when the clock has been running; `undefined` while it stands. */
  #since: number | undefined;
  #waits = 0;
  #controller: AbortController | undefined;
  #refusal: Error | undefined;
  readonly #attempt: Attempt | undefined;

  /**
   * @param update The update
   * @param key Its ordering key
   * @param slot Its share of the concurrency
   * @param attempt What it is in the inbox, if it comes from there
   */
  constructor(update: Update, key: string | undefined, slot: Slot, attempt?: Attempt) {
    this.update = update;
    this.key = key;
    this.#slot = slot;
    this.#attempt = attempt;
    if (attempt !== undefined) attempt.handling = this;
  }

  /** Sessions that are written together with "this update is done". */
  get sessions(): UnitSessions | undefined {
    return this.#attempt?.sessions;
  }

  /** Why the handler must not go on, if so. */
  get refusal(): Error | undefined {
    return this.#refusal;
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

  /** Refuses the context's API calls and writes once its time is up, or its lane is another's. */
  beforeCall(): void | Promise<void> {
    if (this.#refusal !== undefined) throw this.#refusal;
    return this.#attempt?.checkLease();
  }

  /** Sessions are left as they were, because the handler failed. */
  dropWrites(): void {
    this.#attempt?.sessions.drop();
  }

  /** Aborts the handler's signal, and refuses its API calls and writes from now on. */
  abort(reason: Error): void {
    this.#refusal ??= reason;
    this.#attempt?.end(reason);
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
