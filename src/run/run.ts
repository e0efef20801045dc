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
import { whileElected } from "../inbox/election.ts";
import type { Destination } from "./destination.ts";
import { Handling } from "./handling.ts";
import { PollingIntake } from "./polling_intake.ts";
import { BotRunner, type Runner } from "./runner.ts";
import { StoredHandling } from "./stored_handling.ts";
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
/** Runs a bot by polling: it asks Telegram for updates and handles those of different chats at once. */
export function run<C extends Context>(bot: Bot<C>, options?: PollingRunOptions<C>): Runner;
export function run<C extends Context>(bot: Bot<C>, options: RunOptions<C> = {}): Runner {
  if (typeof bot?.handleUpdate !== "function") {
    throw new TypeError(`Cannot run the bot: it must be a Bot, given ${describe(bot)}.`);
  }
  checkRunOptions(options);
  const runner = options.updater === "webhooks"
    ? webhookRunner(bot, options)
    : pollingRunner(bot, options);
  runner.start();
  return runner;
}

function pollingRunner<C extends Context>(
  bot: Bot<C>,
  { confirm = "fetched", ...options }: PollingRunOptions<C>,
): Runner {
  const { drainSeconds, store } = options;
  if (store !== undefined) {
    return new BotRunner(bot, {
      drainSeconds,
      destination: () => new StoredHandling(bot, { ...options, store }),
      intake: (handling) =>
        new PollingIntake(bot, handling, { ...options, confirm: "accepted" }, (signal, work) => {
          const role = `poll ${bot.token.split(":")[0]}`;
          return whileElected({ store, role, worker: () => handling.worker }, signal, work);
        }),
      fateOfTheRest: waitInStore,
    });
  }
  return new BotRunner(bot, {
    drainSeconds,
    destination: () => new Handling(bot, { ...options, acceptQueued: confirm === "fetched" }),
    intake: (handling) => new PollingIntake(bot, handling, { ...options, confirm }),
    fateOfTheRest: confirm === "handled" ? comeAgain : "they are lost",
  });
}

function webhookRunner<C extends Context>(
  bot: Bot<C>,
  options: WebhookRunOptions<C>,
): WebhookRunner {
  const { secretToken, drainSeconds, store } = options;
  const intake = new WebhookIntake(bot, { secretToken });
  const runner = new BotRunner<Destination>(bot, {
    drainSeconds,
    destination: () =>
      store === undefined
        ? new Handling(bot, options)
        : new StoredHandling(bot, { ...options, store }),
    intake: (destination) => {
      intake.feed(destination);
      return intake;
    },
    fateOfTheRest: store === undefined ? comeAgain : waitInStore,
  });
  const { webhook } = intake;
  webhooks.set(runner, webhook);
  return Object.assign(runner, { fetch: (request: Request) => webhook.fetch(request) });
}

const comeAgain = "Telegram will deliver them again";
const waitInStore = "they wait in the store";
