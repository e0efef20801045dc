import type { Chat, ReactionType, ReactionTypeEmoji } from "../api/types.ts";
import type { Context } from "../context/context.ts";
import type { FilterQuery } from "../context/filter_query.ts";
import type { Filter } from "../context/filter_types.ts";
import type {
  CallbackQueryContext,
  ChatTypeContext,
  ChosenInlineResultContext,
  CommandContext,
  GameQueryContext,
  HearsContext,
  InlineQueryContext,
  PreCheckoutQueryContext,
  ReactionContext,
  ShippingQueryContext,
} from "../context/narrowed.ts";
import type { MaybeArray, StringWithCommandSuggestions } from "../context/has.ts";
import type { UpdateKind } from "../context/update_kind.ts";
import type { BotError } from "./bot_error.ts";
import { type BoundaryHandler, errorBoundary } from "./dispatch/boundary.ts";
import { Chain } from "./dispatch/chain.ts";
import { fork } from "./dispatch/fork.ts";
import * as guards from "./dispatch/guards.ts";
import type { Guard, Link, Predicate } from "./dispatch/link.ts";
import { notMiddleware, requireFunction } from "./misuse.ts";
import type {
  CallbackQueryMiddleware,
  ChosenInlineResultMiddleware,
  CommandMiddleware,
  GameQueryMiddleware,
  HearsMiddleware,
  InlineQueryMiddleware,
  PreCheckoutQueryMiddleware,
  ReactionMiddleware,
  ShippingQueryMiddleware,
} from "./narrowed.ts";
import type {
  MaybePromise,
  Middleware,
  MiddlewareFn,
  MiddlewareObj,
  NextFunction,
} from "./types.ts";

/** For each handler of a composer that waits for certain kinds of updates only: these kinds. */
export let awaitedKindsOf: <C extends Context>(
  composer: Composer<C>,
) => Set<ReadonlySet<UpdateKind>>;

/**
 * A chain of middleware that updates pass through in the order of registration. `Bot` is one.
 *
 * Every method registers its middleware at the end of the chain, behind the condition that it is
 * named for, and returns a composer for what is behind that condition, which can be extended at
 * any time: `bot.on("message").filter(isAdmin).command("stats", showStats)`. A handler that does not
 * call `next` ends the way of the update. A composer can itself be registered with `use`, so that a
 * bot can be written in parts.
 *
 * The chain is laid out once, not for each update: handlers that wait for a kind of update, a
 * command, or a certain text or button are found without asking the others.
 *
 * ```ts
 * import { Bot, Composer, type Context } from "@tramline/tramline";
 *
 * const greetings = new Composer<Context>();
 * greetings.command("start", (ctx) => ctx.reply("Hello!"));
 * greetings.hears("bye", (ctx) => ctx.reply("See you!"));
 *
 * const bot = new Bot("123456:token");
 * bot.use(greetings);
 * bot.on("message:photo", (ctx) => ctx.reply("What a picture!"));
 * ```
 */
export class Composer<C extends Context> implements MiddlewareObj<C> {
  readonly #chain = new Chain();

  static {
    awaitedKindsOf = (composer) => composer.#chain.awaitedKinds;
  }

  /**
   * Makes a chain of middleware.
   *
   * @param middleware The middleware to begin with
   * @throws {TypeError} If one is neither a function nor an object with `middleware()`
   */
  constructor(...middleware: Middleware<C>[]) {
    this.#append("new Composer", 1, middleware);
  }

  /**
   * Returns the whole chain as one function, which can be called or registered anywhere. What is
   * registered later is part of it, too.
   */
  middleware(): MiddlewareFn<C> {
    return (ctx, next) => this.#chain.run(ctx, next);
  }

  /**
   * Passes one update through the chain, with nothing after it. Returns a promise if a handler did;
   * an error is thrown or, in a promise, rejects.
   *
   * @param ctx The context of the update
   */
  handle(ctx: C): unknown {
    return this.#chain.run(ctx);
  }

  /**
   * Registers middleware for all updates.
   *
   * ```ts
   * import { Bot } from "@tramline/tramline";
   *
   * const bot = new Bot("123456:token");
   * bot.use(async (ctx, next) => {
   *   console.log("update", ctx.update.update_id);
   *   await next();
   * });
   * ```
   *
   * @param middleware The middleware to register
   * @returns A composer that contains it and can be extended
   * @throws {TypeError} If one is neither a function nor an object with `middleware()`
   */
  use(...middleware: Middleware<C>[]): Composer<C> {
    return this.#branchOff<C>({}, "use", 1, middleware);
  }

  /**
   * Registers middleware for the updates that match a filter query, or one of several. For updates
   * that match two queries, chain: `bot.on("::url").on(":forward_origin")`.
   *
   * ```ts
   * import { Bot } from "@tramline/tramline";
   *
   * const bot = new Bot("123456:token");
   * bot.on("message:text", (ctx) => ctx.reply(`${ctx.message.text.length} characters`));
   * bot.on(["message:photo", "message:video"], (ctx) => ctx.reply("Nice!"));
   * ```
   *
   * @param filter The filter query, or several of which one has to match
   * @param middleware The middleware to register
   * @throws {Error} If a query is not valid; the message names the nearest one
   */
  on<Q extends FilterQuery>(
    filter: Q | Q[],
    ...middleware: Middleware<Filter<C, Q>>[]
  ): Composer<Filter<C, Q>> {
    return this.#behind(guards.filterGuard(filter), "on", middleware);
  }

  /**
   * Registers middleware for messages and channel posts whose text or caption is exactly a string,
   * or matches a regular expression. `ctx.match` is the string or the result of the expression.
   *
   * ```ts
   * import { Bot } from "@tramline/tramline";
   *
   * const bot = new Bot("123456:token");
   * bot.hears("ping", (ctx) => ctx.reply("pong"));
   * bot.hears(/^echo (.+)/, (ctx) => ctx.reply(ctx.match[1] ?? ""));
   * ```
   *
   * @param trigger A string or regular expression, or several of which one has to match
   * @param middleware The middleware to register
   */
  hears(
    trigger: MaybeArray<string | RegExp>,
    ...middleware: HearsMiddleware<C>[]
  ): Composer<HearsContext<C>> {
    return this.#behind(guards.textGuard(trigger), "hears", middleware);
  }

  /**
   * Registers middleware for messages and channel posts that begin with a command. `ctx.match` is
   * the text after it, trimmed; for a deep link this is its payload.
   *
   * `command("start")` matches `/start` and, addressed to this bot, `/start@its_name`;
   * `command("start@its_name")` only the latter. Commands in captions do not count.
   *
   * ```ts
   * import { Bot } from "@tramline/tramline";
   *
   * const bot = new Bot("123456:token");
   * bot.command("start", (ctx) => ctx.reply("Welcome!"));
   * bot.command(["add", "plus"], (ctx) => ctx.reply(`Adding ${ctx.match}`));
   * ```
   *
   * @param command The command without its slash, or several of which one has to match
   * @param middleware The middleware to register
   */
  command(
    command: MaybeArray<StringWithCommandSuggestions>,
    ...middleware: CommandMiddleware<C>[]
  ): Composer<CommandContext<C>> {
    return this.#behind(guards.commandGuard(command), "command", middleware);
  }

  /**
   * Registers middleware for reactions that a user adds to a message: emoji, custom emoji or paid.
   * Reactions that were there before, that are removed, and anonymous counts do not match.
   *
   * Telegram sends reactions only to administrators, and only if `allowed_updates` names
   * `message_reaction`.
   *
   * ```ts
   * import { Bot } from "@tramline/tramline";
   *
   * const bot = new Bot("123456:token");
   * bot.reaction(["👍", "❤"], (ctx) => ctx.reply("Glad you like it!"));
   * ```
   *
   * @param reaction The reaction, or several of which one has to be added
   * @param middleware The middleware to register
   */
  reaction(
    reaction: MaybeArray<ReactionTypeEmoji["emoji"] | ReactionType>,
    ...middleware: ReactionMiddleware<C>[]
  ): Composer<ReactionContext<C>> {
    return this.#behind(guards.reactionGuard(reaction), "reaction", middleware);
  }

  /**
   * Registers middleware for updates from chats of certain types.
   *
   * ```ts
   * import { Bot } from "@tramline/tramline";
   *
   * const bot = new Bot("123456:token");
   * bot.chatType("private").command("start", (ctx) => ctx.reply("Just the two of us."));
   * bot.chatType(["group", "supergroup"], (ctx) => ctx.reply(`Hello, ${ctx.chat.title}`));
   * ```
   *
   * @param chatType The type, or several of which one has to be the chat's
   * @param middleware The middleware to register
   */
  chatType<T extends Chat["type"]>(
    chatType: MaybeArray<T>,
    ...middleware: Middleware<ChatTypeContext<C, T>>[]
  ): Composer<ChatTypeContext<C, T>> {
    return this.#behind(guards.chatTypeGuard(chatType), "chatType", middleware);
  }

  /**
   * Registers middleware for presses of an inline keyboard's button, by the button's data. Always
   * answer with `ctx.answerCallbackQuery`: the button shows a clock until then.
   *
   * ```ts
   * import { Bot } from "@tramline/tramline";
   *
   * const bot = new Bot("123456:token");
   * bot.callbackQuery("yes", (ctx) => ctx.answerCallbackQuery("So be it!"));
   * bot.callbackQuery(/^page:(\d+)$/, (ctx) => ctx.answerCallbackQuery(`Page ${ctx.match[1]}`));
   * ```
   *
   * @param trigger A string or regular expression, or several of which one has to match
   * @param middleware The middleware to register
   */
  callbackQuery(
    trigger: MaybeArray<string | RegExp>,
    ...middleware: CallbackQueryMiddleware<C>[]
  ): Composer<CallbackQueryContext<C>> {
    return this.#behind(guards.callbackQueryGuard(trigger), "callbackQuery", middleware);
  }

  /**
   * Registers middleware for presses of a game's button, by the game's short name.
   *
   * @param trigger A string or regular expression, or several of which one has to match
   * @param middleware The middleware to register
   */
  gameQuery(
    trigger: MaybeArray<string | RegExp>,
    ...middleware: GameQueryMiddleware<C>[]
  ): Composer<GameQueryContext<C>> {
    return this.#behind(guards.gameQueryGuard(trigger), "gameQuery", middleware);
  }

  /**
   * Registers middleware for inline queries, which come while a user types the bot's name and some
   * text into any chat. Telegram waits 30 seconds for `ctx.answerInlineQuery`.
   *
   * @param trigger A string or regular expression, or several of which one has to match
   * @param middleware The middleware to register
   */
  inlineQuery(
    trigger: MaybeArray<string | RegExp>,
    ...middleware: InlineQueryMiddleware<C>[]
  ): Composer<InlineQueryContext<C>> {
    return this.#behind(guards.inlineQueryGuard(trigger), "inlineQuery", middleware);
  }

  /**
   * Registers middleware for the results of inline queries that users have chosen, by the result's
   * identifier.
   *
   * @param resultId A string or regular expression, or several of which one has to match
   * @param middleware The middleware to register
   */
  chosenInlineResult(
    resultId: MaybeArray<string | RegExp>,
    ...middleware: ChosenInlineResultMiddleware<C>[]
  ): Composer<ChosenInlineResultContext<C>> {
    const guard = guards.chosenInlineResultGuard(resultId);
    return this.#behind(guard, "chosenInlineResult", middleware);
  }

  /**
   * Registers middleware for pre-checkout queries, by the invoice's payload. Telegram cancels the
   * payment unless `ctx.answerPreCheckoutQuery` comes within 10 seconds.
   *
   * @param trigger A string or regular expression, or several of which one has to match
   * @param middleware The middleware to register
   */
  preCheckoutQuery(
    trigger: MaybeArray<string | RegExp>,
    ...middleware: PreCheckoutQueryMiddleware<C>[]
  ): Composer<PreCheckoutQueryContext<C>> {
    return this.#behind(guards.preCheckoutQueryGuard(trigger), "preCheckoutQuery", middleware);
  }

  /**
   * Registers middleware for shipping queries, by the invoice's payload. They come for invoices
   * with a flexible price, and want `ctx.answerShippingQuery`.
   *
   * @param trigger A string or regular expression, or several of which one has to match
   * @param middleware The middleware to register
   */
  shippingQuery(
    trigger: MaybeArray<string | RegExp>,
    ...middleware: ShippingQueryMiddleware<C>[]
  ): Composer<ShippingQueryContext<C>> {
    return this.#behind(guards.shippingQueryGuard(trigger), "shippingQuery", middleware);
  }

  /**
   * Registers middleware for the updates for which a function of yours returns `true`, or a promise
   * of it. If its return type is a type predicate, the middleware's context is narrowed.
   *
   * ```ts
   * import { Bot } from "@tramline/tramline";
   *
   * const admins = new Set([4711]);
   * const bot = new Bot("123456:token");
   * bot.filter((ctx) => admins.has(ctx.from?.id ?? 0)).command("stats", (ctx) => ctx.reply("Fine"));
   * ```
   *
   * @param predicate Is asked once for every update that gets this far
   * @param middleware The middleware to register
   */
  filter<D extends C>(
    predicate: (ctx: C) => ctx is D,
    ...middleware: Middleware<D>[]
  ): Composer<D>;
  /**
   * Registers middleware for the updates for which a function of yours returns `true`, or a promise
   * of it.
   *
   * @param predicate Is asked once for every update that gets this far
   * @param middleware The middleware to register
   */
  filter(
    predicate: (ctx: C) => MaybePromise<boolean>,
    ...middleware: Middleware<C>[]
  ): Composer<C>;
  filter(
    predicate: (ctx: C) => MaybePromise<boolean>,
    ...middleware: Middleware<C>[]
  ): Composer<C> {
    requireFunction(predicate, "argument 1 of filter()");
    return this.#branchOff({ predicate: predicate as Predicate }, "filter", 2, middleware);
  }

  /**
   * Registers middleware for the updates for which a function of yours returns `false`, or a
   * promise of it: the opposite of {@linkcode Composer.filter}.
   *
   * @param predicate Is asked once for every update that gets this far
   * @param middleware The middleware to register
   */
  drop(
    predicate: (ctx: C) => MaybePromise<boolean>,
    ...middleware: Middleware<C>[]
  ): Composer<C> {
    requireFunction(predicate, "argument 1 of drop()");
    const opposite = (ctx: Context): MaybePromise<boolean> => {
      const dropped = predicate(ctx as C);
      return typeof dropped === "object" ? dropped.then((dropped) => !dropped) : !dropped;
    };
    return this.#branchOff({ predicate: opposite }, "drop", 2, middleware);
  }

  /**
   * Registers middleware that runs at the same time as all that is registered after it. The update
   * is done when both are; if one of them fails, its error is thrown, if both fail, the first.
   *
   * @param middleware The middleware to run alongside
   * @returns A composer for the part that runs alongside
   */
  fork(...middleware: Middleware<C>[]): Composer<C> {
    const composer = new Composer<C>();
    composer.#append("fork", 1, middleware);
    this.#chain.add({ fn: fork(composer.#chain) });
    return composer;
  }

  /**
   * Registers a function that makes the middleware for each update when it comes: one or several,
   * or an empty array for none. The function may return a promise.
   *
   * @param middlewareFactory Makes the middleware
   * @returns A composer that contains the made middleware and can be extended
   */
  lazy(
    middlewareFactory: (ctx: C) => MaybePromise<MaybeArray<Middleware<C>>>,
  ): Composer<C> {
    requireFunction(middlewareFactory, "argument 1 of lazy()");
    return this.#call(async (ctx, next) => {
      const made = await middlewareFactory(ctx);
      return Composer.#chainOf(made, "what the function given to lazy() returns").run(ctx, next);
    });
  }

  /**
   * Registers several middleware of which a function of yours picks one for each update.
   *
   * ```ts
   * import { Bot } from "@tramline/tramline";
   *
   * const bot = new Bot("123456:token");
   * bot.route((ctx) => ctx.from?.language_code === "de" ? "german" : "other", {
   *   german: (ctx) => ctx.reply("Guten Tag!"),
   *   other: (ctx) => ctx.reply("Good day!"),
   * });
   * ```
   *
   * @param router Returns the key of the middleware to run, or a promise of it
   * @param routeHandlers The middleware by key
   * @param fallback Runs if the key is `undefined` or has no middleware. Default: pass on
   */
  route<R extends Record<PropertyKey, Middleware<C>>>(
    router: (ctx: C) => MaybePromise<undefined | keyof R>,
    routeHandlers: R,
    fallback?: Middleware<C>,
  ): Composer<C> {
    requireFunction(router, "argument 1 of route()");
    const routes = new Map<PropertyKey, Chain>();
    for (const key of Reflect.ownKeys(routeHandlers)) {
      const what = `the handler for ${String(key)} of route()`;
      routes.set(key, Composer.#chainOf(routeHandlers[key]!, what));
    }
    const otherwise = fallback && Composer.#chainOf(fallback, "argument 3 of route()");
    return this.#call(async (ctx, next) => {
      const key = await router(ctx);
      // Numbers are keys, too, and are strings as property names.
      const route = routes.get(typeof key === "number" ? String(key) : key!) ?? otherwise;
      return route === undefined ? next() : route.run(ctx, next);
    });
  }

  /**
   * Registers two middleware, of which a function of yours picks one for each update.
   *
   * @param predicate Returns whether to run the first one, or a promise of it
   * @param trueMiddleware Runs if it is `true`
   * @param falseMiddleware Runs if it is `false`
   */
  branch(
    predicate: (ctx: C) => MaybePromise<boolean>,
    trueMiddleware: MaybeArray<Middleware<C>>,
    falseMiddleware: MaybeArray<Middleware<C>>,
  ): Composer<C> {
    requireFunction(predicate, "argument 1 of branch()");
    const whenTrue = Composer.#chainOf(trueMiddleware, "argument 2 of branch()");
    const whenFalse = Composer.#chainOf(falseMiddleware, "argument 3 of branch()");
    return this.#call(async (ctx, next) =>
      (await predicate(ctx) ? whenTrue : whenFalse).run(ctx, next)
    );
  }

  /**
   * Registers middleware whose errors go to a handler of its own. Then the update is done, unless
   * the handler calls `next` to go on after the boundary, or throws, which hands the error to the
   * boundary around this one and in the end to `bot.catch`.
   *
   * Errors of the middleware that follows the boundary are not its business, even when the
   * middleware within awaits `next`.
   *
   * ```ts
   * import { Bot } from "@tramline/tramline";
   *
   * const bot = new Bot("123456:token");
   * const fenced = bot.errorBoundary((err) => console.error("statistics failed", err));
   * fenced.command("stats", () => {
   *   throw new Error("no data");
   * });
   * ```
   *
   * @param errorHandler Gets the error and `next`
   * @param middleware The middleware to protect
   * @returns A composer for protected middleware
   */
  errorBoundary(
    errorHandler: (error: BotError<C>, next: NextFunction) => MaybePromise<unknown>,
    ...middleware: Middleware<C>[]
  ): Composer<C> {
    requireFunction(errorHandler, "argument 1 of errorBoundary()");
    const composer = new Composer<C>();
    composer.#append("errorBoundary", 2, middleware);
    this.#chain.add({ fn: errorBoundary(composer.#chain, errorHandler as BoundaryHandler) });
    return composer;
  }

  /** A composer at the end of this chain whose middleware stands behind a guard. */
  #behind<D extends Context>(
    guard: Guard,
    method: string,
    middleware: Middleware<D>[],
  ): Composer<D> {
    return this.#branchOff<D>({ guard }, method, 2, middleware);
  }

  #branchOff<D extends Context>(
    link: Link,
    method: string,
    firstPosition: number,
    middleware: Middleware<D>[],
  ): Composer<D> {
    const composer = new Composer<D>();
    composer.#append(method, firstPosition, middleware);
    this.#chain.add({ ...link, inner: composer.#chain });
    return composer;
  }

  #call(fn: MiddlewareFn<C>): Composer<C> {
    return this.#branchOff({}, "use", 1, [fn]);
  }

  #append(method: string, firstPosition: number, middleware: Middleware<never>[]): void {
    // All or none: a mistake in the third argument must not leave the first two registered.
    const links = middleware.map((one, i) =>
      Composer.#linkTo(one, `argument ${firstPosition + i} of ${method}()`)
    );
    for (const link of links) this.#chain.add(link);
  }

  /** The middleware as a link of a chain. `what` names it in the error if it is none. */
  static #linkTo(middleware: Middleware<never>, what: string): Link {
    if (typeof middleware === "function") return { fn: middleware as MiddlewareFn };
    if (typeof middleware?.middleware !== "function") throw notMiddleware(middleware, what);
    // A class that extends Composer may have a middleware() of its own, and then that counts.
    if (#chain in middleware && middleware.middleware === Composer.prototype.middleware) {
      return { inner: middleware.#chain };
    }
    // Asked for each update: the object may be changed after it has been registered.
    return { fn: (ctx, next) => (middleware as MiddlewareObj).middleware()(ctx, next) };
  }

  /** One or several middleware as a chain. */
  static #chainOf(middleware: MaybeArray<Middleware<never>>, what: string): Chain {
    const chain = new Chain();
    if (Array.isArray(middleware)) {
      middleware.forEach((one, i) =>
        chain.add(Composer.#linkTo(one, `number ${i + 1} of ${what}`))
      );
      return chain;
    }
    const link = Composer.#linkTo(middleware, what);
    // A composer's own chain is already laid out, or will be only once.
    if (link.inner instanceof Chain) return link.inner;
    chain.add(link);
    return chain;
  }
}
