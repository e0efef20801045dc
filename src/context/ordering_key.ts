import type { Update } from "../api/types.ts";
import { kindOf, type UpdateKind } from "./update_kind.ts";

/** The part of an update that is of the kind `K`. */
type Content<K extends UpdateKind> = NonNullable<Update[K]>;

type Key = string | number | undefined;

/** Says for each kind which updates must not overlap. A new kind does not compile without its line. */
const keys: { readonly [K in UpdateKind]: (content: Content<K>) => Key } = {
  message: chatId,
  edited_message: chatId,
  channel_post: chatId,
  edited_channel_post: chatId,
  business_connection: (connection) => connection.id,
  business_message: businessChat,
  edited_business_message: businessChat,
  deleted_business_messages: businessChat,
  guest_message: chatId,
  stopped_message_generation: chatId,
  message_reaction: chatId,
  message_reaction_count: chatId,
  inline_query: senderId,
  chosen_inline_result: senderId,
  callback_query: ({ message, from }) => message?.chat?.id ?? from?.id,
  shipping_query: senderId,
  pre_checkout_query: senderId,
  purchased_paid_media: senderId,
  // Neither a poll nor an answer to it says in which chat the poll is.
  poll: (poll) => poll.id,
  poll_answer: (answer) => answer.poll_id,
  my_chat_member: chatId,
  chat_member: chatId,
  chat_join_request: chatId,
  chat_boost: chatId,
  removed_chat_boost: chatId,
  managed_bot: userId,
  subscription: userId,
};

// The checks for undefined are for updates written by hand, in tests, with only what a test needs.

function chatId({ chat }: { chat: { id: number } }): Key {
  return chat?.id;
}

function senderId({ from }: { from: { id: number } }): Key {
  return from?.id;
}

function userId({ user }: { user: { id: number } }): Key {
  return user?.id;
}

/** The chats of a business account are a world of their own: the same id is another chat elsewhere. */
function businessChat(
  { business_connection_id, chat }: { business_connection_id?: string; chat: { id: number } },
): Key {
  return `${business_connection_id}:${chat?.id}`;
}

/**
 * The default ordering key: updates with the same key are handled one after the other.
 *
 * It is the chat's identifier; where an update has no chat, that of the user (in a private chat the
 * same number), of the poll or of the business connection. `undefined`, which means unordered, only
 * for kinds of updates that this version does not know.
 *
 * @example
 * ```ts
 * import { orderingKeyOf } from "@tramline/tramline";
 *
 * const from = { id: 7, is_bot: false, first_name: "Ada" };
 * orderingKeyOf({ update_id: 1, inline_query: { id: "1", from, query: "", offset: "" } }); // "7"
 * ```
 */
export function orderingKeyOf(update: Update): string | undefined {
  const kind = kindOf(update);
  if (kind === undefined) return undefined;
  const key = (keys[kind] as (content: unknown) => Key)(update[kind]);
  return key === undefined ? undefined : String(key);
}

/** {@linkcode orderingKeyOf} with the signature of a session's `getSessionKey`. */
export function orderingKey(ctx: { readonly update: Update }): string | undefined {
  return orderingKeyOf(ctx.update);
}
