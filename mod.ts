/**
 * Tramline: a framework for Telegram bots. Every update is handled, in order within its chat and
 * concurrently across chats.
 *
 * ```ts
 * import { Bot, run } from "@tramline/tramline";
 *
 * const bot = new Bot("123456:token-from-BotFather");
 * bot.command("start", (ctx) => ctx.reply("Hi!"));
 *
 * export const start = () => run(bot);
 * ```
 *
 * @module
 */

// The bot, and ways to run it.
export { Bot, type BotConfig, type ErrorHandler, type PollingOptions } from "./src/bot.ts";
export {
  type CommonRunOptions,
  type PollingRunOptions,
  run,
  type Runner,
  type RunOptions,
  type WebhookRunner,
  type WebhookRunOptions,
} from "./src/run/run.ts";
export { LeaseLostError } from "./src/inbox/lease.ts";
export { webhookCallback, type WebhookOptions } from "./src/run/webhook_callback.ts";

// How requests of web frameworks come to a bot.
export type { AdapterHandlers, AdapterName, HandlerOf } from "./src/updates/adapters/adapters.ts";
export type { FrameworkAdapter, ReqResHandler } from "./src/updates/adapters/custom.ts";
export type {
  FastifyHandler,
  FastifyReplyLike,
  FastifyRequestLike,
} from "./src/updates/adapters/fastify.ts";
export type { FetchEventLike, FetchHandler } from "./src/updates/adapters/fetch.ts";
export type { HonoContext, HonoHandler } from "./src/updates/adapters/hono.ts";
export type { KoaContext, KoaHandler } from "./src/updates/adapters/koa.ts";
export type { NextHandler } from "./src/updates/adapters/next.ts";
export type { NodeHandler, NodeRequest, NodeResponse } from "./src/updates/adapters/node.ts";

// Middleware.
export { BotError } from "./src/middleware/bot_error.ts";
export { Composer } from "./src/middleware/composer.ts";
export type * from "./src/middleware/narrowed.ts";
export { sequentialize } from "./src/middleware/sequentialize.ts";
export {
  type Enhance,
  enhanceStorage,
  type MigrationOptions,
  type Migrations,
} from "./src/middleware/session/enhance.ts";
export { MemorySessionStorage } from "./src/middleware/session/memory.ts";
export { lazySession, session } from "./src/middleware/session/session.ts";
export type {
  LazySessionFlavor,
  MultiSessionOptions,
  SessionFlavor,
  SessionOptions,
  StorageAdapter,
} from "./src/middleware/session/types.ts";
export type {
  MaybePromise,
  Middleware,
  MiddlewareFn,
  MiddlewareObj,
  NextFunction,
} from "./src/middleware/types.ts";

// What middleware gets.
export { Context } from "./src/context/context.ts";
export type * from "./src/context/narrowed.ts";
export type { MaybeArray, StaticHas, StringWithCommandSuggestions } from "./src/context/has.ts";
export type { Reactions } from "./src/context/message_parts.ts";
export type { ContextShortcuts } from "./src/context/shortcuts.ts";
export { type Filter, type FilterQuery, matchFilter } from "./src/context/filter.ts";
export { orderingKey, orderingKeyOf } from "./src/context/ordering_key.ts";
export type { AliasedUpdate, KindAliases, UpdateKind } from "./src/context/update_kind.ts";
export type { CarriesUnitOfWork, UnitOfWork, UnitSessions } from "./src/context/unit_of_work.ts";

// Keyboards and other things to send.
export * from "./src/context/builders/constants.ts";
export * from "./src/context/builders/inline_keyboard.ts";
export * from "./src/context/builders/inline_query_result.ts";
export * from "./src/context/builders/input_media.ts";
export * from "./src/context/builders/keyboard.ts";

// What keeps updates and sessions safe.
export { MemoryUserLock, type Release, type UserLock } from "./src/lanes/user_lock.ts";
export { MemoryStore, type MemoryStoreOptions } from "./src/store/memory/memory_store.ts";
export {
  SessionConflictError,
  type StoreSessions,
  versionedSessions,
} from "./src/store/sessions.ts";
export { settledAlone, suspectDeaths, updatesPerLane } from "./src/store/store.ts";
export type * from "./src/store/store.ts";

// The Bot API.
export { Api, type ApiConfig } from "./src/api/api.ts";
export { ApiError, HttpError } from "./src/api/errors.ts";
export { type FileSource, InputFile, type MaybeSupplier } from "./src/api/input_file.ts";
export type { ApiCalls } from "./src/api/methods.ts";
export type { ApiClientOptions, ApiForkOptions, WebhookReplyEnvelope } from "./src/api/options.ts";
export type { ApiCallResult, Methods, Other, Payload, RawApi } from "./src/api/raw_api.ts";
export type {
  ApiCallFn,
  TransformableApi,
  Transformer,
  TransformerConsumer,
} from "./src/api/transformers.ts";
