import {
  Bot,
  type Context,
  type SessionFlavor,
  type Store,
  type WorkerId,
} from "@tramline/tramline";
import { type StoreCall, wrapped } from "../run/store_support.ts";

/** The messages that a chat has had handled, by their numbers. */
export interface Seen {
  seen: number[];
}

export type SeeingContext = Context & SessionFlavor<Seen>;

/** What has to be known of Telegram to let a process die: its token, and a way there. */
export interface Way {
  readonly token: string;
  readonly fetch: typeof globalThis.fetch;
  readonly apiRoot?: string;
}

/**
 * A process that can die as by kill -9, simulated: from then on no call of its store has an effect or
 * succeeds, and nothing of what its bot says reaches Telegram.
 */
export class Mortal {
  /** Its bot. */
  readonly bot: Bot<SeeingContext>;
  /** Its way to the store. */
  readonly store: Store;
  /** Resolves when it is dead. */
  readonly death: Promise<void>;
  /** How many calls of the store it has begun. */
  calls = 0;
  readonly #dead = new AbortController();
  readonly #workers: WorkerId[] = [];
  readonly #realStore: Store;

  /**
   * @param way How its bot reaches Telegram
   * @param store The store, which outlives it
   * @param fate Called before and after each call of the store; returns whether it dies there
   */
  constructor(
    way: Way,
    store: Store,
    fate: (number: number, when: "before" | "after", call: StoreCall) => boolean = () => false,
  ) {
    const { signal } = this.#dead;
    this.#realStore = store;
    this.death = new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
    this.store = wrapped(store, async (call, go) => {
      const number = ++this.calls;
      if (!this.isDead && fate(number, "before", call)) this.die();
      signal.throwIfAborted();
      const result = await go();
      if (call.method === "register") this.#workers.push(result as WorkerId);
      if (!this.isDead && fate(number, "after", call)) this.die();
      signal.throwIfAborted();
      return result;
    });
    const fetch = (async (input: RequestInfo | URL, init?: RequestInit) => {
      signal.throwIfAborted();
      const signals = [signal, ...(init?.signal ? [init.signal] : [])];
      return await way.fetch(input, { ...init, signal: AbortSignal.any(signals) });
    }) as typeof globalThis.fetch;
    this.bot = new Bot<SeeingContext>(way.token, {
      client: { fetch, ...(way.apiRoot !== undefined && { apiRoot: way.apiRoot }) },
    });
  }

  get isDead(): boolean {
    return this.#dead.signal.aborted;
  }

  die(): void {
    this.#dead.abort(new Error("This process is dead."));
  }

  /** Lets its lease be over. */
  async expire(): Promise<void> {
    for (const worker of this.#workers) await this.#realStore.expire(worker);
  }
}

/** Numbers of which each may follow itself or its predecessor only: what was in flight at a death repeats. */
export function isInOrder(numbers: readonly number[], count: number): boolean {
  let last = 0;
  for (const number of numbers) {
    if (number !== last && number !== last + 1) return false;
    last = number;
  }
  return last === count;
}

/** 1, 2, 3, … */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
