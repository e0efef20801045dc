import { describe } from "../base/describe.ts";
import type { Bot } from "../bot.ts";
import type { Context } from "../context/context.ts";
import { adapt, type AdapterName, type HandlerOf } from "../updates/adapters/adapters.ts";
import type { FrameworkAdapter } from "../updates/adapters/custom.ts";
import { beginReceiving } from "../updates/receiving.ts";
import type { Webhook, WebhookLimits } from "../updates/webhook.ts";
import { Handling } from "./handling.ts";
import { webhookOf, type WebhookRunner } from "./run.ts";
import { WebhookIntake } from "./webhook_intake.ts";

/** Options of {@linkcode webhookCallback}. */
export interface WebhookOptions<Args extends unknown[] = never[]> {
  /**
   * The `secret_token` that was given to `setWebhook`. Requests without it are turned away. Default:
   * that of the runner, if there is one; else all requests are believed.
   */
  secretToken?: string;
  /** How long a request waits for its update, in seconds. `Infinity` for no limit. Default: 10. */
  timeoutSeconds?: number;
  /** `timeoutSeconds` in milliseconds, as grammY has it. */
  timeoutMilliseconds?: number;
  /**
   * What to do when that time is up; the update goes on being handled in any case.
   *
   * - `"throw"` (default): answer with status 500. Telegram delivers the update again, and waits for
   *   the outcome of the handling that is in progress.
   * - `"return"`: answer with 200. Telegram forgets the update, whatever becomes of it.
   * - A function: it is called with the arguments of the framework's handler. If it returns, the answer
   *   is 200; if it throws, 500.
   */
  onTimeout?: "throw" | "return" | ((...args: Args) => unknown);
}

/**
 * Makes the handler by which a web framework passes on the updates that Telegram delivers.
 *
 * ```ts
 * import { Bot, webhookCallback } from "@tramline/tramline";
 *
 * const bot = new Bot("123456:token");
 * bot.command("start", (ctx) => ctx.reply("Hi!"));
 *
 * // Deno, Bun, Cloudflare Workers, Next.js: whatever passes a Request and takes a Response.
 * export const serve = () => Deno.serve(webhookCallback(bot, "std/http", { secretToken: "a-secret" }));
 *
 * // express: app.post("/webhook", webhookCallback(bot, "express", { secretToken: "a-secret" }))
 * ```
 *
 * Updates of one chat are handled one after the other, those of different chats at the same time. An
 * update that Telegram delivers again, because the answer took too long or got lost, is not handled
 * again. A request is answered with 200 once its update is handled; with 500 if a handler failed and
 * `bot.catch` did not settle it, and Telegram delivers that update again, up to 24 hours long.
 *
 * With a bot, its information is asked for at the first update, if it is not known. With a runner of
 * `run(bot, { updater: "webhooks" })`, the options of `run` hold, and `runner.stop()` drains.
 *
 * @param bot The bot, or its runner
 * @param adapter The name of the framework, or a function that describes one of its requests. Default:
 *   `"std/http"`, which is any handler of Web-standard requests.
 * @param options Options
 * @throws {TypeError} If the adapter is unknown or an option is not of its type.
 * @throws {RangeError} If the time-out is not more than 0.
 * @throws {Error} If the bot is already running in another way.
 */
export function webhookCallback<
  C extends Context = Context,
  A extends AdapterName | FrameworkAdapter = "std/http",
>(
  bot: Bot<C> | WebhookRunner,
  adapter?: A,
  options?: WebhookOptions<Parameters<HandlerOf<A>>>,
): HandlerOf<A>;
/**
 * Makes the handler by which a web framework passes on the updates that Telegram delivers.
 *
 * @param bot The bot, or its runner
 * @param adapter The name of the framework, or a function that describes one of its requests
 * @param onTimeout What to do about an update that takes too long
 * @param timeoutMilliseconds How long a request waits for its update, in milliseconds. Default: 10 000.
 * @param secretToken The `secret_token` that was given to `setWebhook`
 */
export function webhookCallback<
  C extends Context = Context,
  A extends AdapterName | FrameworkAdapter = "std/http",
>(
  bot: Bot<C> | WebhookRunner,
  adapter?: A,
  onTimeout?: WebhookOptions<Parameters<HandlerOf<A>>>["onTimeout"],
  timeoutMilliseconds?: number,
  secretToken?: string,
): HandlerOf<A>;
export function webhookCallback<
  C extends Context = Context,
  A extends AdapterName | FrameworkAdapter = "std/http",
>(
  bot: Bot<C> | WebhookRunner,
  adapter: A = "std/http" as A,
  options:
    | WebhookOptions<Parameters<HandlerOf<A>>>
    | WebhookOptions<Parameters<HandlerOf<A>>>["onTimeout"] = {},
  timeoutMilliseconds?: number,
  secretToken?: string,
): HandlerOf<A> {
  const limits = limitsOf(
    typeof options === "object" && options !== null
      ? options
      : { onTimeout: options, timeoutMilliseconds, secretToken },
  );
  return adapt(webhookFor(bot).with(limits), adapter);
}

function limitsOf(
  { secretToken, timeoutSeconds, timeoutMilliseconds, onTimeout }: WebhookOptions,
): WebhookLimits {
  if (timeoutMilliseconds === undefined) return { secretToken, timeoutSeconds, onTimeout };
  if (timeoutSeconds !== undefined) {
    throw new TypeError(
      "Cannot create a webhook callback: timeoutSeconds and timeoutMilliseconds are both given. " +
        "Leave out one of the two.",
    );
  }
  return { secretToken, timeoutSeconds: timeoutMilliseconds / 1000, onTimeout };
}

/** One per bot, however many callbacks it has: so that order holds, and nothing is handled twice. */
const webhooks = new WeakMap<object, Webhook>();

function webhookFor<C extends Context>(bot: Bot<C> | WebhookRunner): Webhook {
  if (typeof bot === "object" && bot !== null) {
    const known = webhookOf(bot) ?? webhooks.get(bot);
    if (known !== undefined) return known;
    if ("handleUpdate" in bot) {
      // From now on: started by polling as well, the bot would delete its webhook.
      beginReceiving(bot, "webhookCallback(bot)");
      const intake = new WebhookIntake(bot);
      intake.feed(new Handling(bot, { rejectFailures: true }));
      webhooks.set(bot, intake.webhook);
      return intake.webhook;
    }
  }
  throw new TypeError(
    "Cannot create a webhook callback: it must be for a Bot, or for a runner of " +
      `run(bot, { updater: "webhooks" }), given ${describe(bot)}.`,
  );
}
