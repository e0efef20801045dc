import type { Chat } from "../api/types.ts";
import type { Context } from "./context.ts";
import type { Filter } from "./filter_types.ts";
import type { KindAliases } from "./update_kind.ts";

/** What `ctx.match` is after a string or a regular expression has matched. */
export interface Matched<T extends string | RegExpMatchArray = string | RegExpMatchArray> {
  /** The string that matched, or the result of the regular expression. */
  match: T;
}

/**
 * The context `C` with another type of `match`; an intersection would leave odd mixtures of both.
 *
 * @internal
 */
type Matching<C extends Context, T extends C["match"] = string | RegExpMatchArray> = {
  [K in keyof C]: K extends "match" ? (T extends C[K] ? T : never) : C[K];
};

/** The context of handlers registered with `hears`. */
export type HearsContext<C extends Context> = Filter<Matching<C>, ":text" | ":caption">;

/** The context of handlers registered with `command`; `match` is the text after the command. */
export type CommandContext<C extends Context> = Filter<
  Matching<C, string>,
  ":entities:bot_command"
>;

/** The context of handlers registered with `reaction`. */
export type ReactionContext<C extends Context> = Filter<C, "message_reaction">;

/** The context of handlers registered with `callbackQuery`. */
export type CallbackQueryContext<C extends Context> = Filter<Matching<C>, "callback_query:data">;

/** The context of handlers registered with `gameQuery`. */
export type GameQueryContext<C extends Context> = Filter<
  Matching<C>,
  "callback_query:game_short_name"
>;

/** The context of handlers registered with `inlineQuery`. */
export type InlineQueryContext<C extends Context> = Filter<Matching<C>, "inline_query">;

/** The context of handlers registered with `chosenInlineResult`. */
export type ChosenInlineResultContext<C extends Context> = Filter<
  Matching<C>,
  "chosen_inline_result"
>;

/** The context of handlers registered with `preCheckoutQuery`. */
export type PreCheckoutQueryContext<C extends Context> = Filter<Matching<C>, "pre_checkout_query">;

/** The context of handlers registered with `shippingQuery`. */
export type ShippingQueryContext<C extends Context> = Filter<Matching<C>, "shipping_query">;

/** The context of handlers registered with `chatType`: its chat is of one of the types `T`. */
export type ChatTypeContext<C extends Context, T extends Chat["type"]> = T extends unknown
  ? C & ChatTypeCore<T>
  : never;

/** What {@linkcode ChatTypeContext} adds to a context. */
export type ChatTypeCore<T extends Chat["type"]> = T extends unknown ?
    & {
      update: InChat<Chatty, T>;
      chat: { type: T };
      chatId: number;
      msg?: { chat: { type: T } };
    }
    & InChat<KindAliases[Chatty], T>
    & Absent<KindAliases[T extends "channel" ? "message" | "edited_message" : Posts]>
    // In a private chat there is always somebody.
    & { from: T extends "private" ? NonNullable<Context["from"]> : Context["from"] }
  : never;

/** @internal */
type Posts = "channel_post" | "edited_channel_post";

/**
 * The kinds of updates with a chat of any type.
 *
 * @internal
 */
type Chatty =
  | "message"
  | "edited_message"
  | "channel_post"
  | "edited_channel_post"
  | "my_chat_member"
  | "chat_member"
  | "chat_join_request";

/** @internal */
type InChat<K extends string, T extends Chat["type"]> = { [P in K]?: { chat: { type: T } } };
/** @internal */
type Absent<K extends string> = { [P in K]?: undefined };
