import type { Update } from "../api/types.ts";
import type { Bot } from "../bot.ts";
import type { Context } from "../context/context.ts";
import type { UpdateKind } from "../context/update_kind.ts";
import { Polling } from "../updates/polling.ts";
import { preparePolling, warnOfSilence } from "../updates/preparation.ts";
import type { Handling } from "./handling.ts";
import type { Intake } from "./runner.ts";

/** Polling pauses when this many updates are in hand, and goes on when it is fewer than the second. */
const pauseAt = 10_000;
const resumeBelow = 5_000;
/** As many may be on their way, or here and held back, when it pauses. */
const ahead = 200;

/** Options of {@linkcode PollingIntake}. */
export interface PollingIntakeConfig {
  /** Default: `"fetched"`. */
  confirm?: "fetched" | "handled";
  limit?: number;
  timeout?: number;
  allowed_updates?: readonly UpdateKind[];
}

/** Feeds a bot by long polling. */
export class PollingIntake<C extends Context> implements Intake {
  readonly #bot: Bot<C>;
  readonly #handling: Handling<C>;
  readonly #config: PollingIntakeConfig;
  readonly #polling: Polling;

  constructor(bot: Bot<C>, handling: Handling<C>, config: PollingIntakeConfig) {
    this.#bot = bot;
    this.#handling = handling;
    this.#config = config;
    const { confirm = "fetched", limit, timeout, allowed_updates } = config;
    this.#polling = new Polling({
      confirm,
      limit,
      timeout,
      allowed_updates,
      getUpdates: (params, signal) => bot.api.getUpdates(params, signal),
      accept: confirm === "handled"
        ? (updates) => this.#handleAll(updates)
        : (updates) => this.#queue(updates),
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    await preparePolling(this.#bot, {}, signal);
    warnOfSilence(this.#bot, this.#config.allowed_updates);
    await this.#polling.run(signal);
  }

  finish(): Promise<void> {
    return this.#polling.confirm();
  }

  /** Accepted when in their lanes; while too many are, the promise keeps polling from going on. */
  #queue(updates: readonly Update[]): Promise<void> {
    for (const update of updates) this.#handling.handle(update);
    const full = this.#handling.size > pauseAt - ahead;
    return full ? this.#handling.sizeBelow(resumeBelow) : Promise.resolve();
  }

  /** Accepted when handled. */
  async #handleAll(updates: readonly Update[]): Promise<void> {
    const outcomes = await Promise.all(updates.map((update) => this.#handling.handle(update)));
    if (outcomes.includes("dropped")) throw new Error("The bot stopped before it was handled.");
  }
}
