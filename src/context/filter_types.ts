import type { Chat, Message, Update, User } from "../api/types.ts";
import type { Context } from "./context.ts";
import type { FilterQuery, QueriedFields, QueriedKinds } from "./filter_query.ts";
import type { KindAliases, MessageKind, UpdateKind } from "./update_kind.ts";

/** Any value that is there. Intersected with an optional field it takes the `undefined` away. */
// deno-lint-ignore ban-types -- exactly the type that is meant
type Present = {};

/**
 * The context `C` after it has passed the filter query `Q`: what the query asks for is known to be
 * there, and everything that belongs to other kinds of updates is known to be absent. A query that
 * several kinds pass gives a union, which can be narrowed further.
 *
 * @example
 * ```ts
 * import type { Context, Filter } from "@tramline/tramline";
 *
 * function lengthOf(ctx: Filter<Context, "message:text">): number {
 *   return ctx.message.text.length;
 * }
 * ```
 */
export type Filter<C extends Context, Q extends FilterQuery> = QueriedKinds<Q> extends infer K
  ? K extends UpdateKind ? C & Found<K, Value<K, QueriedFields<Q, K>>> : never
  : never;

/**
 * What {@linkcode Filter} adds to a context.
 *
 * @internal
 */
export type FilterCore<Q extends FilterQuery> = QueriedKinds<Q> extends infer K
  ? K extends UpdateKind ? Found<K, Value<K, QueriedFields<Q, K>>> : never
  : never;

/**
 * The content of an update of the kind `K` that has one of the fields `F`; `""`: any content.
 *
 * @internal
 */
type Value<K extends UpdateKind, F extends string, All extends string = F> = "" extends All
  ? Content<K>
  : F extends unknown ?
      & Content<K>
      & Record<Shown<F>, Present>
      & { [Other in Extract<All | Along<All>, Clash<F>>]?: undefined }
  : never;

/** The content of an update of the kind `K`, with what Telegram always gives for this kind. */
type Content<K extends UpdateKind> = K extends keyof AlwaysThere
  ? NonNullable<Update[K]> & Record<AlwaysThere[K], Present>
  : NonNullable<Update[K]>;

interface AlwaysThere {
  channel_post: "sender_chat";
  edited_channel_post: "sender_chat";
  business_message: "from" | "business_connection_id";
  edited_business_message: "from" | "business_connection_id";
  guest_message: "guest_query_id";
}

/** The fields that are there if `F` is asked for; `can_reply` has moved into `rights`. */
type Shown<F extends string> = F extends "can_reply" ? "rights" : F | Along<F>;

/** What is there together with the field `F`. */
type Along<F extends string> = F extends keyof Companions ? Companions[F] : never;

interface Companions {
  // For backward compatibility Telegram sets the older field as well (Bot API, Message).
  animation: "document";
  live_photo: "photo";
  venue: "location";
  entities: "text";
  caption_entities: "caption";
  is_topic_message: "message_thread_id";
}

/** What cannot be there together with the field `F`, so that handlers of several can tell them apart. */
type Clash<F extends string> = F extends OfText ? OfCaption | Exclude<Sole, "text">
  : F extends OfCaption ? OfText
  : F extends Sole ? OfText | Exclude<Sole, F | Along<F> | AlongWith<F>>
  : never;

type AlongWith<F extends string> = {
  [C in keyof Companions]: Companions[C] extends F ? C : never;
}[keyof Companions];

type OfText = "text" | "entities";
type OfCaption = "caption" | "caption_entities";

/** A message is only one of these, except for {@linkcode Companions}. */
type Sole =
  | "text"
  | "animation"
  | "audio"
  | "document"
  | "live_photo"
  | "paid_media"
  | "photo"
  | "sticker"
  | "story"
  | "video"
  | "video_note"
  | "voice"
  | "contact"
  | "dice"
  | "game"
  | "poll"
  | "venue"
  | "location"
  | "checklist"
  | "invoice";

/**
 * What a context is known to hold if its update is of the kind `K` with the content `V`.
 *
 * @internal
 */
type Found<K extends UpdateKind, V> =
  & { update: Update & Record<K, V> }
  & { [Other in UpdateKind as KindAliases[Other]]: Other extends K ? V : undefined }
  & (K extends MessageKind ? OfMessage<V & Message>
    : K extends "callback_query" ? OfCallback<V & NonNullable<Update["callback_query"]>>
    : OfOther<K, V>);

interface OfMessage<V extends Message> {
  msg: V;
  msgId: number;
  chat: V["chat"];
  chatId: number;
  senderChat: V["sender_chat"];
  from: V["from"];
  businessConnectionId: V["business_connection_id"];
  inlineMessageId: undefined;
}

interface OfCallback<V extends NonNullable<Update["callback_query"]>> {
  msg: V["message"];
  msgId: number | undefined;
  chat: Chat | undefined;
  chatId: number | undefined;
  senderChat: Chat | undefined;
  from: V["from"];
  businessConnectionId: string | undefined;
  inlineMessageId: V["inline_message_id"];
}

interface OfOther<K extends UpdateKind, V> {
  msg: undefined;
  msgId: V extends { message_id: infer Id } ? Id : undefined;
  chat: V extends { chat: infer C } ? C : undefined;
  chatId: V extends { chat: Chat } | { user_chat_id: number } ? number : undefined;
  senderChat: undefined;
  from: V extends { from: infer U } ? U
    : V extends { user: infer U } ? U
    : K extends "chat_boost" | "removed_chat_boost" | "message_reaction" | "poll_answer"
      ? User | undefined
    : undefined;
  businessConnectionId: K extends "business_connection" | "deleted_business_messages" ? string
    : undefined;
  inlineMessageId: V extends { inline_message_id?: infer Id } ? Id | undefined : undefined;
}
