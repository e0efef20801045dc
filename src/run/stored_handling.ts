import type { Update } from "../api/types.ts";
import type { Bot } from "../bot.ts";
import type { Context } from "../context/context.ts";
import type { Attempt, Verdict } from "../inbox/attempt.ts";
import { Inbox } from "../inbox/inbox.ts";
import type { Slot } from "../lanes/lanes.ts";
import type { MaybePromise } from "../middleware/types.ts";
import type { Store, WorkerId } from "../store/store.ts";
import type { Destination } from "./destination.ts";
import { type Failure, Handler, type HandlerConfig } from "./handler.ts";
import { keyFinder } from "./keys.ts";
import { Unit } from "./unit.ts";

/** Options of {@linkcode StoredHandling}. */
export interface StoredHandlingConfig<C extends Context> extends HandlerConfig {
  /** Where updates and sessions are kept. */
  store: Store;
  /** How many updates are handled at once. Default: 500. */
  concurrency?: number;
  /** Says which updates must not overlap. Default: `orderingKeyOf` the update. */
  orderingKey?: (ctx: C) => MaybePromise<string | undefined>;
  /** After how many failures an update becomes a dead letter. Default: 3. */
  maxAttempts?: number;
  /** For how many seconds a heartbeat is good. Default: 30. */
  leaseSeconds?: number;
}

/** Hands updates to a bot out of a store: accepted when durable, done when committed. */
export class StoredHandling<C extends Context> implements Destination {
  readonly #bot: Bot<C>;
  readonly #handler: Handler<C>;
  readonly #inbox: Inbox;
  /** Only for a function of the user's: without one, updates are safe though Telegram is out of reach. */
  readonly needsInit: boolean;

  constructor(bot: Bot<C>, config: StoredHandlingConfig<C>) {
    this.#bot = bot;
    this.#handler = new Handler(bot, config);
    this.needsInit = config.orderingKey !== undefined;
    this.#inbox = new Inbox({
      store: config.store,
      bot: botIdOf(bot),
      concurrency: config.concurrency ?? 500,
      maxAttempts: config.maxAttempts ?? 3,
      leaseSeconds: config.leaseSeconds ?? 30,
      keyOf: keyFinder(bot, config.orderingKey),
      handle: this.#handle,
    });
  }

  get size(): number {
    return this.#inbox.size;
  }

  /** This process in the store, while it is one of its workers. */
  get worker(): WorkerId | undefined {
    return this.#inbox.worker;
  }

  open(): Promise<void> {
    return this.#inbox.open();
  }

  readonly accept = async (updates: readonly Update[]): Promise<void> => {
    await this.#inbox.accept(updates);
  };

  async drain(): Promise<void> {
    await this.#inbox.drain();
    await this.#inbox.idle();
  }

  cut(reason: Error): void {
    this.#inbox.cut(reason);
  }

  close(): Promise<void> {
    return this.#inbox.close();
  }

  readonly #handle = (attempt: Attempt, slot: Slot): MaybePromise<Verdict> => {
    const unit = new Unit(attempt.update, attempt.key, slot, attempt);
    if (!this.#bot.isInited()) return this.#initAndHandle(unit);
    const handled = this.#handler.handle(unit);
    return handled === undefined ? done : handled.then(verdictOn);
  };

  async #initAndHandle(unit: Unit): Promise<Verdict> {
    try {
      await unit.wait(this.#bot.init(unit.signal));
    } catch {
      // Only a token that is not accepted and the end of this run come here: neither is its fault.
      return { outcome: "cut" };
    }
    return verdictOn(await this.#handler.handle(unit));
  }
}

const done: Verdict = { outcome: "done" };

function verdictOn(failure: Failure | undefined): Verdict {
  return failure === undefined ? done : { outcome: "failed", error: failure.error };
}

/** The number in front of the colon of a token is the bot's id. */
function botIdOf({ token }: { readonly token: string }): number {
  return Number.parseInt(token);
}
