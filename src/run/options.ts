import { describe } from "../base/describe.ts";
import type { Context } from "../context/context.ts";
import type { UpdateKind } from "../context/update_kind.ts";
import type { UserLock } from "../lanes/user_lock.ts";
import type { MaybePromise } from "../middleware/types.ts";
import type { Store } from "../store/store.ts";
import { checkPollingOptions } from "../updates/polling_options.ts";

/** Options of `run` that hold for both updaters. */
export interface CommonRunOptions<C extends Context = Context> {
  /** How many updates are handled at once, at most. Default: 500. */
  concurrency?: number;
  /**
   * Says which updates must not overlap: those with the same key are handled one after the other, in
   * the order in which they came. `undefined`: the update is not ordered. It has the signature of a
   * session's `getSessionKey`, so that one function can be given to both. Default: the chat, and
   * where there is none the user.
   */
  orderingKey?: (ctx: C) => MaybePromise<string | undefined>;
  /**
   * How many seconds a handler may take. When they are over, `ctx.signal` is aborted and the
   * context's API calls are refused; five seconds later the lane goes on. Default: no limit, but a
   * warning after 60 s.
   */
  handlerTimeoutSeconds?: number;
  /** How many seconds `stop()` waits for the updates in hand. Default: 30. */
  drainSeconds?: number;
  /**
   * Keeps updates and sessions safe: nothing is lost when the process is killed, and an update's
   * sessions are written together with the fact that it is done. For example
   * `sqliteStore("bot.db")` of `@tramline/tramline/sqlite`. Several processes may share it. It is not
   * closed by `stop()`. Default: none.
   */
  store?: Store;
  /**
   * With a store: after how many failures an update is set aside as a dead letter, and its lane goes
   * on. Between the tries its lane waits, about 1 s, 4 s, 16 s, … Default: 3.
   */
  maxAttempts?: number;
  /**
   * With a store: for how many seconds this process keeps its lanes without a sign of life (there
   * is one in each sixth of it). After a crash, chats that were being handled wait that long, unless
   * the store sees the end of the process. Default: 30.
   */
  leaseSeconds?: number;
  /**
   * Held around the handlers of each update that has an ordering key, under that key: for locks that
   * are shared with other programs. Default: none; lanes keep the order by themselves.
   */
  lock?: UserLock;
}

/** Options of `run` with long polling. */
export interface PollingRunOptions<C extends Context = Context> extends CommonRunOptions<C> {
  /** How updates come in. Default: `"polling"`. */
  updater?: "polling";
  /**
   * When Telegram may forget an update. `"fetched"`, the default, is fastest: what is in hand is lost
   * if the process is killed. With `"handled"` nothing is lost: but up to 100 handled updates may come
   * again, at most 100 are in hand, a new chat may wait 0.5 s, and a handler that never ends brings
   * intake to a halt, so set `handlerTimeoutSeconds`.
   */
  confirm?: "fetched" | "handled";
  /**
   * The kinds of updates to receive; `[]` for Telegram's default, which is all but `chat_member`,
   * `message_reaction` and `message_reaction_count`. Telegram remembers the setting. Default: as it
   * was set last.
   */
  allowed_updates?: readonly UpdateKind[];
  /** For how many seconds a request waits for updates, 0 to 50. Default: 30. */
  timeout?: number;
  /** How many updates to receive at most per request, 1 to 100. Default: 100. */
  limit?: number;
}

/** Options of `run` with webhooks. */
export interface WebhookRunOptions<C extends Context = Context> extends CommonRunOptions<C> {
  /** How updates come in. */
  updater: "webhooks";
  /** The `secret_token` that was given to `setWebhook`. Requests without it are turned away. */
  secretToken?: string;
}

/** Options of `run`. */
export type RunOptions<C extends Context = Context> = PollingRunOptions<C> | WebhookRunOptions<C>;

const common = [
  "updater",
  "concurrency",
  "orderingKey",
  "handlerTimeoutSeconds",
  "drainSeconds",
  "store",
  "maxAttempts",
  "leaseSeconds",
  "lock",
];
const polling = ["confirm", "allowed_updates", "timeout", "limit"];
const webhooks = ["secretToken"];

/** Where the options of grammY's runner went. */
const moved: Readonly<Record<string, string>> = {
  runner:
    "runner.fetch.timeout is the option timeout, and runner.fetch.allowed_updates the option " +
    "allowed_updates; failed requests are always repeated",
  sink: "sink.concurrency is the option concurrency, and sink.timeout the option " +
    "handlerTimeoutSeconds, in seconds",
  source: "updates are always fetched as fast as they are handled",
};

/**
 * Refuses options that are unknown, contradict each other, or have a value that makes no sense.
 *
 * @throws {TypeError} If an option is unknown, of the wrong type, or of the other updater.
 * @throws {RangeError} If a number is out of its range.
 */
export function checkRunOptions(options: RunOptions<never>): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      `Cannot run the bot: options must be an object, given ${describe(options)}.`,
    );
  }
  checkChoice("updater", options.updater, ["polling", "webhooks"]);
  checkNames(options);
  const { concurrency, orderingKey, handlerTimeoutSeconds, drainSeconds } = options;
  if (orderingKey !== undefined && typeof orderingKey !== "function") {
    throw new TypeError(
      "Cannot run the bot: orderingKey must be a function of the context that returns a string, " +
        `given ${describe(orderingKey)}.`,
    );
  }
  if (concurrency !== undefined && !(concurrency === Infinity || isWhole(concurrency, 1))) {
    throw refusedNumber("concurrency", "a whole number, 1 or more", concurrency);
  }
  if (handlerTimeoutSeconds !== undefined && !isNumber(handlerTimeoutSeconds, Number.MIN_VALUE)) {
    throw refusedNumber("handlerTimeoutSeconds", "more than 0", handlerTimeoutSeconds);
  }
  if (drainSeconds !== undefined && !isNumber(drainSeconds, 0)) {
    throw refusedNumber("drainSeconds", "0 or more", drainSeconds);
  }
  checkStore(options);
  if (options.updater === "webhooks") return;
  checkChoice("confirm", options.confirm, ["fetched", "handled"]);
  checkPollingOptions("run the bot", options);
}

function checkStore(options: RunOptions<never>): void {
  const { store, maxAttempts, leaseSeconds, lock } = options;
  for (const name of ["maxAttempts", "leaseSeconds"] as const) {
    if (options[name] !== undefined && store === undefined) {
      throw new TypeError(
        `Cannot run the bot: the option ${name} is for a store, and there is none. Give the option ` +
          `store, for example sqliteStore("bot.db"), or leave ${name} out.`,
      );
    }
  }
  if (store !== undefined && typeof store?.append !== "function") {
    throw new TypeError(
      'Cannot run the bot: store must be a Store, for example sqliteStore("bot.db"), given ' +
        `${describe(store)}.`,
    );
  }
  if (lock !== undefined && typeof lock?.acquire !== "function") {
    throw new TypeError(
      "Cannot run the bot: lock must be a UserLock, an object with the method acquire, given " +
        `${describe(lock)}.`,
    );
  }
  if (maxAttempts !== undefined && !isWhole(maxAttempts, 1)) {
    throw refusedNumber("maxAttempts", "a whole number, 1 or more", maxAttempts);
  }
  if (leaseSeconds !== undefined && !isNumber(leaseSeconds, 1)) {
    throw refusedNumber("leaseSeconds", "1 or more", leaseSeconds);
  }
  if (store !== undefined && "confirm" in options && options.confirm !== undefined) {
    throw new TypeError(
      "Cannot run the bot: the options confirm and store are both given. With a store, an update is " +
        "confirmed as soon as it is safe there. Leave out confirm.",
    );
  }
}

function checkNames(options: RunOptions<never>): void {
  const [own, others, updater] = options.updater === "webhooks"
    ? [webhooks, polling, "webhooks"]
    : [polling, webhooks, "polling"];
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || common.includes(name) || own.includes(name)) continue;
    const hint = others.includes(name)
      ? `the option ${name} is not for the updater ${updater}. Leave out one of the two`
      : moved[name] !== undefined
      ? `there is no option ${name}: ${moved[name]}`
      : `there is no option ${name}. There are ${[...common, ...own].join(", ")}`;
    throw new TypeError(`Cannot run the bot: ${hint}.`);
  }
}

function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value as string)) return;
  const quoted = choices.map((choice) => `"${choice}"`).join(" or ");
  throw new TypeError(`Cannot run the bot: ${name} must be ${quoted}, given ${describe(value)}.`);
}

function isNumber(value: unknown, lowest: number): boolean {
  return typeof value === "number" && value >= lowest;
}

function isWhole(value: unknown, lowest: number): boolean {
  return Number.isInteger(value) && isNumber(value, lowest);
}

function refusedNumber(name: string, range: string, given: unknown): RangeError {
  return new RangeError(`Cannot run the bot: ${name} must be ${range}, given ${describe(given)}.`);
}
