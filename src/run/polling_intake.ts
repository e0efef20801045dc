import type { Bot } from "../bot.ts";
import type { Context } from "../context/context.ts";
import type { UpdateKind } from "../context/update_kind.ts";
import { Polling, type PollingConfig } from "../updates/polling.ts";
import { preparePolling, warnOfSilence } from "../updates/preparation.ts";
import type { Destination } from "./destination.ts";
import type { Intake } from "./runner.ts";

/** Options of {@linkcode PollingIntake}. */
export interface PollingIntakeConfig {
  /** When updates are confirmed to Telegram. */
  confirm: PollingConfig["confirm"];
  limit?: number;
  timeout?: number;
  allowed_updates?: readonly UpdateKind[];
}

/** Runs `work` as long as it may be done here: with several processes, in one at a time. */
export type Turn = (signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>) => Promise<
  void
>;

/** Feeds a bot by long polling. */
export class PollingIntake<C extends Context> implements Intake {
  readonly #bot: Bot<C>;
  readonly #config: PollingIntakeConfig;
  readonly #polling: Polling;
  readonly #inTurn: Turn;

  /**
   * @param bot The bot
   * @param destination Where its updates go
   * @param config Options
   * @param inTurn When it may poll. Default: at once
   */
  constructor(
    bot: Bot<C>,
    destination: Destination,
    config: PollingIntakeConfig,
    inTurn: Turn = (signal, work) => work(signal),
  ) {
    this.#bot = bot;
    this.#config = config;
    this.#inTurn = inTurn;
    const { confirm, limit, timeout, allowed_updates } = config;
    this.#polling = new Polling({
      confirm,
      limit,
      timeout,
      allowed_updates,
      getUpdates: (params, signal) => bot.api.getUpdates(params, signal),
      accept: destination.accept,
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    // Every process has to know its bot; only the one that polls deletes a webhook.
    await this.#bot.init(signal);
    warnOfSilence(this.#bot, this.#config.allowed_updates);
    await this.#inTurn(signal, async (turn) => {
      await preparePolling(this.#bot, {}, turn);
      await this.#polling.run(turn);
      // While it is still our turn: later a call of ours would end the poll of whoever has it then.
      if (this.#config.confirm === "accepted" && signal.aborted) await this.#polling.confirm();
    });
  }

  async finish(): Promise<void> {
    if (this.#config.confirm !== "accepted") await this.#polling.confirm();
  }
}
