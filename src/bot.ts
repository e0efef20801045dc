import { Api } from "./api/api.ts";
import { checkToken } from "./api/token.ts";
import type { ApiClientOptions, ApiForkOptions, WebhookReplyEnvelope } from "./api/options.ts";
import type { Update, UserFromGetMe } from "./api/types.ts";
import { logger } from "./base/log.ts";
import { SharedCall } from "./base/shared_call.ts";
import { isThenable } from "./base/thenable.ts";
import { Context } from "./context/context.ts";
import { type UnitOfWork, unitOfWork } from "./context/unit_of_work.ts";
import type { UpdateKind } from "./context/update_kind.ts";
import { BotError, toBotError } from "./middleware/bot_error.ts";
import { Composer } from "./middleware/composer.ts";
import { Polling } from "./updates/polling.ts";
import { checkPollingOptions } from "./updates/polling_options.ts";
import { preparePolling, warnOfSilence } from "./updates/preparation.ts";
import { beginReceiving } from "./updates/receiving.ts";
import { untilDone } from "./updates/trouble.ts";

const log = logger("bot");

/** Handles the errors that middleware throws; see {@linkcode Bot.catch}. */
export type ErrorHandler<C extends Context = Context> = (error: BotError<C>) => unknown;

/** Options of {@linkcode Bot}. */
export interface BotConfig<C extends Context> {
  /** Options of the client that calls the Bot API. */
  client?: ApiClientOptions;
  /**
   * What `getMe` returns for this bot. With it, nothing has to be asked before the first update is
   * handled, which is worth it where bots start often (serverless).
   */
  botInfo?: UserFromGetMe;
  /** Creates the contexts: a class that extends {@linkcode Context}. */
  ContextConstructor?: new (...args: ConstructorParameters<typeof Context>) => C;
}

/** Options of {@linkcode Bot.start}. */
export interface PollingOptions {
  /** How many updates to receive at most per request, 1 to 100. Default: 100. */
  limit?: number;
  /** For how many seconds a request waits for updates, 0 to 50. Default: 30. */
  timeout?: number;
  /**
   * The kinds of updates to receive; `[]` for Telegram's default, which is all but `chat_member`,
   * `message_reaction` and `message_reaction_count`. Telegram remembers the setting, and applies it
   * to updates that are created from now on. Default: as it was set last.
   */
  allowed_updates?: readonly UpdateKind[];
  /** Drops the updates that are waiting. Default: `false`. */
  drop_pending_updates?: boolean;
  /** Called with the bot's information before the first updates are fetched; it is waited for. */
  onStart?: (botInfo: UserFromGetMe) => void | Promise<void>;
}

/** What {@linkcode Bot.handleUpdate} returns for an update whose handlers waited for nothing. */
export const handledAtOnce: Promise<void> = Promise.resolve();

/** Creates the context of an update, for those who have to look at it before it is handled. */
export let createContext: <C extends Context>(bot: Bot<C>, update: Update) => C;

/**
 * A Telegram bot: middleware for its updates, and the Bot API to answer them.
 *
 * ```ts
 * import { Bot } from "@tramline/tramline";
 *
 * const bot = new Bot("123456:token-from-BotFather");
 * bot.command("start", (ctx) => ctx.reply("Welcome!"));
 * bot.on("message:text", (ctx) => ctx.reply(`You said: ${ctx.message.text}`));
 *
 * export const start = () => bot.start();
 * ```
 *
 * {@linkcode Bot.start} handles one update after the other. `run(bot)` handles the updates of
 * different chats at the same time, and takes webhooks, too.
 */
export class Bot<C extends Context = Context, A extends Api = Api> extends Composer<C> {
  /** The Bot API, for calls outside of middleware. Within it, use `ctx.api`. */
  readonly api: A;
  /** Called with the errors of middleware. Set it with {@linkcode Bot.catch}. */
  errorHandler: ErrorHandler<C> = (error) => this.#handleUncaught(error);
  readonly #ContextConstructor: NonNullable<BotConfig<C>["ContextConstructor"]>;
  #me: UserFromGetMe | undefined;
  readonly #getMe = new SharedCall((signal) =>
    untilDone("start the bot", (signal) => this.api.getMe(signal), signal)
  );
  #polling: {
    readonly polling: Polling;
    readonly controller: AbortController;
    readonly ended: Promise<void>;
  } | undefined;

  static {
    createContext = (bot, update) => bot.#contextOf(update, bot.api);
  }

  /**
   * Makes a bot. Nothing is asked of Telegram before the bot is started.
   *
   * @param token The bot's token, from [@BotFather](https://t.me/BotFather)
   * @param config Options
   * @throws {TypeError} If the token is missing or cannot be one.
   */
  constructor(token: string, config: BotConfig<C> = {}) {
    super();
    checkToken(token);
    this.api = new Api(token, config.client) as A;
    this.#me = config.botInfo;
    this.#ContextConstructor = config.ContextConstructor ??
      (Context as unknown as NonNullable<BotConfig<C>["ContextConstructor"]>);
  }

  /** The bot's token. Not shown when the bot is printed. */
  get token(): string {
    return this.api.token;
  }

  /**
   * The bot as Telegram knows it, with its id, name and abilities. Set by {@linkcode Bot.init},
   * which starting the bot calls by itself, or by the option `botInfo`.
   *
   * @throws {Error} If it is read before that.
   */
  get botInfo(): UserFromGetMe {
    if (this.#me === undefined) {
      throw new Error(
        "Cannot read the bot's information: it has not been asked for yet. " +
          "Call `await bot.init()` before, or pass the option `botInfo` to `new Bot`.",
      );
    }
    return this.#me;
  }

  set botInfo(botInfo: UserFromGetMe) {
    this.#me = botInfo;
  }

  /** Whether {@linkcode Bot.botInfo} is known. */
  isInited(): boolean {
    return this.#me !== undefined;
  }

  /**
   * Asks Telegram for the bot's information, unless it is known. Starting the bot does this by
   * itself. Calls at the same time make one request; while there is no network, it is repeated.
   *
   * @param signal Gives up, for this caller
   * @throws {ApiError} If Telegram does not accept the token.
   */
  async init(signal?: AbortSignal): Promise<void> {
    if (this.isInited()) return;
    const me = await this.#getMe.join(signal);
    this.#me ??= me;
  }

  /**
   * Handles one update: passes it through the middleware. Updates come here by themselves when the
   * bot is started or has a webhook; call it to handle those that come from elsewhere.
   *
   * @param update The update
   * @param webhookReplyEnvelope What may carry one API call in the answer to a webhook's request
   * @param work What handling this update is tied to; `run` gives it
   * @throws {BotError} With what the middleware threw.
   */
  handleUpdate(
    update: Update,
    webhookReplyEnvelope?: WebhookReplyEnvelope,
    work?: UnitOfWork,
  ): Promise<void> {
    // No async function: for an update whose handlers wait for nothing, its frames and promises
    // would cost more than all the rest.
    let ctx: C | undefined;
    try {
      ctx = this.#contextOf(update, this.api.fork(this.#scopeOf(webhookReplyEnvelope, work)), work);
      const handling = this.handle(ctx);
      return isThenable(handling) ? this.#settled(handling, ctx) : handledAtOnce;
    } catch (error) {
      return Promise.reject(ctx === undefined ? error : toBotError(error, ctx));
    }
  }

  /**
   * Receives updates by long polling and handles them one after the other, until
   * {@linkcode Bot.stop} is called; then it resolves. A webhook of the bot is deleted before.
   *
   * An update is confirmed to Telegram after it was handled, so a crash loses none. When the network
   * fails, it waits and goes on. When middleware throws, the handler given to {@linkcode Bot.catch}
   * decides; without one, the bot stops and this rejects.
   *
   * Does nothing if it is already running. For more than a few thousand updates an hour, or handlers
   * that take long, use `run(bot)`.
   *
   * @param options Options
   * @throws {ApiError} If Telegram does not accept the token.
   * @throws {BotError} If middleware failed and the error handler threw the error on.
   */
  async start(options: PollingOptions = {}): Promise<void> {
    if (this.isRunning()) return;
    checkPollingOptions("start the bot", options);
    if (this.#polling !== undefined) {
      await this.#polling.ended;
      return await this.start(options);
    }
    const end = beginReceiving(this, "bot.start()");
    const ended = Promise.withResolvers<void>();
    const controller = new AbortController();
    const { signal } = controller;
    const { limit, timeout, allowed_updates } = options;
    const polling = new Polling({
      limit,
      timeout,
      allowed_updates,
      getUpdates: (params, signal) => this.api.getUpdates(params, signal),
      accept: ([update]) => this.#handleInTurn(update!),
      confirm: "each",
    });
    this.#polling = { polling, controller, ended: ended.promise };
    try {
      await preparePolling(this, options, signal);
      await options.onStart?.(this.botInfo);
      warnOfSilence(this, allowed_updates);
      await polling.run(signal);
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
    } finally {
      controller.abort();
      await polling.confirm();
      this.#polling = undefined;
      end();
      ended.resolve();
    }
  }

  /**
   * Stops what {@linkcode Bot.start} began: the open request is cancelled, no further update is
   * handled, and those that were handled are confirmed to Telegram. The others come again at the next
   * start.
   *
   * The handler that is running may finish, but is not waited for here: the promise of `start`
   * resolves when it is done. Does nothing if the bot is not running.
   */
  async stop(): Promise<void> {
    const { polling, controller } = this.#polling ?? {};
    controller?.abort();
    await polling?.confirm();
  }

  /**
   * Whether {@linkcode Bot.start} was called, and the bot has neither been stopped nor failed since.
   * Of `run` and webhooks it knows nothing.
   */
  isRunning(): boolean {
    return this.#polling !== undefined && !this.#polling.controller.signal.aborted;
  }

  /**
   * Sets what is to be done when middleware fails. If it returns, the update counts as done. If it
   * throws, `start` stops and rejects; `run` logs the error and goes on.
   *
   * ```ts
   * import { ApiError, Bot } from "@tramline/tramline";
   *
   * const bot = new Bot("123456:token");
   * bot.catch((err) => {
   *   const reason = err.error instanceof ApiError ? err.error.description : err.error;
   *   console.error(`Update ${err.ctx.update.update_id} failed:`, reason);
   * });
   * ```
   *
   * @param errorHandler Gets the error, and in it the context
   */
  catch(errorHandler: ErrorHandler<C>): void {
    this.errorHandler = errorHandler;
  }

  #contextOf(update: Update, api: Api, work?: UnitOfWork): C {
    const ctx = new this.#ContextConstructor(update, api, this.botInfo);
    if (work !== undefined) ctx[unitOfWork] = work;
    return ctx;
  }

  #scopeOf(
    envelope: WebhookReplyEnvelope | undefined,
    work: UnitOfWork | undefined,
  ): ApiForkOptions | undefined {
    const mayReply = envelope !== undefined && this.api.options?.canUseWebhookReply !== undefined;
    return mayReply ? new ReplyScope(envelope, work) : work;
  }

  async #settled(handling: PromiseLike<unknown>, ctx: C): Promise<void> {
    try {
      await handling;
    } catch (error) {
      throw toBotError(error, ctx);
    }
  }

  async #handleInTurn(update: Update): Promise<void> {
    try {
      await this.handleUpdate(update);
    } catch (error) {
      if (!(error instanceof BotError)) throw error;
      await this.errorHandler(error);
    }
  }

  #handleUncaught(error: BotError<C>): never {
    if (this.isRunning()) {
      log.error(
        "Update {id} failed, and there is no error handler, so the bot stops. " +
          "Set one with bot.catch, which can let it go on.",
        { id: error.ctx.update.update_id },
      );
    }
    throw error;
  }
}

/** What the calls of a context are tied to when one of them may be the answer to a request. */
class ReplyScope implements ApiForkOptions {
  readonly envelope: WebhookReplyEnvelope;
  readonly #work: UnitOfWork | undefined;

  constructor(envelope: WebhookReplyEnvelope, work: UnitOfWork | undefined) {
    this.envelope = envelope;
    this.#work = work;
  }

  beforeCall(): void | Promise<void> {
    return this.#work?.beforeCall?.();
  }

  /** Asked for at each call: a unit of work makes its signal when somebody wants it. */
  get signal(): AbortSignal | undefined {
    return this.#work?.signal;
  }
}
