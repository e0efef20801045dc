import type { WebhookReplyEnvelope } from "../api/options.ts";
import type { Update } from "../api/types.ts";
import type { Bot } from "../bot.ts";
import type { Context } from "../context/context.ts";
import type { Accept } from "../updates/accept.ts";
import { Webhook, type WebhookConfig } from "../updates/webhook.ts";
import type { Destination } from "./destination.ts";
import type { Intake } from "./runner.ts";

/** Feeds a bot by webhook. */
export class WebhookIntake<C extends Context> implements Intake {
  /** Answers the requests. */
  readonly webhook: Webhook;
  readonly #bot: Bot<C>;
  #destination: Destination | undefined;
  /** Aborted at the stop, when nobody waits for the bot's information any more. */
  #signal: AbortSignal | undefined;

  /**
   * @param bot The bot
   * @param config Options of the webhook
   */
  constructor(bot: Bot<C>, config: Omit<WebhookConfig, "accept"> = {}) {
    this.#bot = bot;
    this.webhook = new Webhook({ ...config, accept: this.#accept });
  }

  /** Says where updates go from now on. */
  feed(destination: Destination): void {
    this.#destination = destination;
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    if (signal.aborted) return this.webhook.close();
    this.webhook.open();
    const closed = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => {
        // At once, not when somebody gets to it: from here on Telegram keeps what it has.
        this.webhook.close();
        resolve();
      });
    });
    await this.#bot.init(signal);
    await closed;
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  readonly #accept: Accept = (updates, envelope) => {
    const destination = this.#destination!;
    return destination.needsInit && !this.#bot.isInited()
      ? this.#initAndAccept(updates, envelope)
      : destination.accept(updates, envelope);
  };

  async #initAndAccept(
    updates: readonly Update[],
    envelope: WebhookReplyEnvelope | undefined,
  ): Promise<void> {
    await this.#bot.init(this.#signal);
    await this.#destination!.accept(updates, envelope);
  }
}
