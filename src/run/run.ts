import { describe } from "../base/describe.ts";
import type { Bot } from "../bot.ts";
import type { Context } from "../context/context.ts";
import type { Webhook } from "../updates/webhook.ts";
import {
  checkRunOptions,
  type PollingRunOptions,
  type RunOptions,
  type WebhookRunOptions,
} from "./options.ts";
import { PollingIntake } from "./polling_intake.ts";
import { BotRunner, type Runner } from "./runner.ts";
import { WebhookIntake } from "./webhook_intake.ts";

export type {
  CommonRunOptions,
  PollingRunOptions,
  RunOptions,
  WebhookRunOptions,
} from "./options.ts";
export type { Runner } from "./runner.ts";

/** A running bot whose updates come by webhook. */
export interface WebhookRunner extends Runner {
  /**
   * Answers a request by which Telegram delivers an update, once it is handled. It can be passed on
   * by itself, and never rejects.
   */
  readonly fetch: (request: Request) => Promise<Response>;
}

const webhooks = new WeakMap<object, Webhook>();

/** The webhook behind a runner, or `undefined` if it is none that takes webhooks. */
export function webhookOf(runner: object): Webhook | undefined {
  return webhooks.get(runner);
}

/**
 * Runs a bot: updates of different chats are handled at the same time, those of one chat one after
 * the other, in order.
 *
 * By long polling, or by webhook with the option `updater: "webhooks"`: then pass the requests to
 * `runner.fetch`. An error in a handler goes to `bot.catch`, and stops nothing.
 *
 * ```ts
 * import { Bot, run } from "@tramline/tramline";
 *
 * const bot = new Bot("123456:token");
 * bot.on("message:text", (ctx) => ctx.reply(`You said: ${ctx.message.text}`));
 *
 * export async function main(stopped: Promise<void>): Promise<void> {
 *   const runner = run(bot, { concurrency: 100 });
 *   await stopped;
 *   await runner.stop(); // takes nothing in any more, finishes what it has
 * }
 * ```
 *
 * @param bot The bot
 * @param options Options
 * @throws {TypeError} If an option is unknown or contradicts another.
 * @throws {RangeError} If an option is out of its range.
 * @throws {Error} If the bot is running already.
 */
export function run<C extends Context>(
  bot: Bot<C>,
  options: WebhookRunOptions<C>,
): WebhookRunner;
/**
 * Runs a bot by long polling: updates of different chats are handled at the same time, those of one
 * chat one after the other, in order.
 *
 * @param bot The bot
 * @param options Options
 * @throws {TypeError} If an option is unknown or contradicts another.
 * @throws {RangeError} If an option is out of its range.
 * @throws {Error} If the bot is running already.
 */
export function run<C extends Context>(bot: Bot<C>, options?: PollingRunOptions<C>): Runner;
export function run<C extends Context>(bot: Bot<C>, options: RunOptions<C> = {}): Runner {
  if (typeof bot?.handleUpdate !== "function") {
    throw new TypeError(`Cannot run the bot: it must be a Bot, given ${describe(bot)}.`);
  }
  checkRunOptions(options);
  const runner = options.updater === "webhooks" ? webhookRunner(bot, options) : new BotRunner(bot, {
    ...options,
    intake: (handling) => new PollingIntake(bot, handling, options),
    fateOfTheRest: options.confirm === "handled"
      ? "Telegram will deliver them again"
      : "they are lost",
  });
  runner.start();
  return runner;
}

function webhookRunner<C extends Context>(
  bot: Bot<C>,
  options: WebhookRunOptions<C>,
): WebhookRunner {
  const intake = new WebhookIntake(bot, { secretToken: options.secretToken });
  const runner = new BotRunner(bot, {
    ...options,
    intake: (handling) => {
      intake.feed(handling);
      return intake;
    },
    fateOfTheRest: "Telegram will deliver them again",
  });
  const { webhook } = intake;
  webhooks.set(runner, webhook);
  return Object.assign(runner, { fetch: (request: Request) => webhook.fetch(request) });
}
