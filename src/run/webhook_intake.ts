import type { WebhookReplyEnvelope } from "../api/options.ts";
import type { Update } from "../api/types.ts";
import type { Bot } from "../bot.ts";
import type { Context } from "../context/context.ts";
import type { MaybePromise } from "../middleware/types.ts";
import { type Accept, safeAtOnce } from "../updates/accept.ts";
import { Webhook, type WebhookConfig } from "../updates/webhook.ts";
import type { Handling, Outcome } from "./handling.ts";
import type { Intake } from "./runner.ts";

/** Feeds a bot by webhook: each update is accepted when it is handled. */
export class WebhookIntake<C extends Context> implements Intake {
  /** Answers the requests. */
  readonly webhook: Webhook;
  readonly #bot: Bot<C>;
  #handling: Handling<C> | undefined;

  /**
   * @param bot The bot
   * @param config Options of the webhook
   */
  constructor(bot: Bot<C>, config: Omit<WebhookConfig, "accept"> = {}) {
    this.#bot = bot;
    this.webhook = new Webhook({ ...config, accept: this.#accept });
  }

  /** Says where updates go from now on. */
  feed(handling: Handling<C>): void {
    this.#handling = handling;
  }

  async run(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
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

  readonly #accept: Accept = ([update], envelope) => {
    if (!this.#bot.isInited()) return this.#initAndHandle(update!, envelope);
    const outcome = this.#handling!.handle(update!, envelope);
    return outcome === "done" ? safeAtOnce : requireDone(outcome);
  };

  async #initAndHandle(update: Update, envelope?: WebhookReplyEnvelope): Promise<void> {
    await this.#bot.init();
    await requireDone(this.#handling!.handle(update, envelope));
  }
}

async function requireDone(outcome: MaybePromise<Outcome>): Promise<void> {
  if (await outcome === "dropped") throw new Error("The bot stopped before it was handled.");
}
