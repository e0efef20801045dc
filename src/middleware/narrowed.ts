import type { Chat } from "../api/types.ts";
import type { Context } from "../context/context.ts";
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
import type { Middleware } from "./types.ts";

// For middleware that is written apart from where it is registered.

/** Middleware for {@linkcode Composer.hears}. */
export type HearsMiddleware<C extends Context> = Middleware<HearsContext<C>>;

/** Middleware for {@linkcode Composer.command}. */
export type CommandMiddleware<C extends Context> = Middleware<CommandContext<C>>;

/** Middleware for {@linkcode Composer.reaction}. */
export type ReactionMiddleware<C extends Context> = Middleware<ReactionContext<C>>;

/** Middleware for {@linkcode Composer.callbackQuery}. */
export type CallbackQueryMiddleware<C extends Context> = Middleware<CallbackQueryContext<C>>;

/** Middleware for {@linkcode Composer.gameQuery}. */
export type GameQueryMiddleware<C extends Context> = Middleware<GameQueryContext<C>>;

/** Middleware for {@linkcode Composer.inlineQuery}. */
export type InlineQueryMiddleware<C extends Context> = Middleware<InlineQueryContext<C>>;

/** Middleware for {@linkcode Composer.chosenInlineResult}. */
export type ChosenInlineResultMiddleware<C extends Context> = Middleware<
  ChosenInlineResultContext<C>
>;

/** Middleware for {@linkcode Composer.preCheckoutQuery}. */
export type PreCheckoutQueryMiddleware<C extends Context> = Middleware<PreCheckoutQueryContext<C>>;

/** Middleware for {@linkcode Composer.shippingQuery}. */
export type ShippingQueryMiddleware<C extends Context> = Middleware<ShippingQueryContext<C>>;

/** Middleware for {@linkcode Composer.chatType}. */
export type ChatTypeMiddleware<C extends Context, T extends Chat["type"]> = Middleware<
  ChatTypeContext<C, T>
>;
