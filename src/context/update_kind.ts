import type { Update } from "../api/types.ts";

/** The name of the one thing that an update is about: `"message"`, `"callback_query"`, … */
export type UpdateKind = Exclude<keyof Update, "update_id">;

/** The kinds of updates that hold a whole message of a chat. */
export type MessageKind =
  | "message"
  | "edited_message"
  | "channel_post"
  | "edited_channel_post"
  | "business_message"
  | "edited_business_message"
  | "guest_message";

const kinds = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "business_connection",
  "business_message",
  "edited_business_message",
  "deleted_business_messages",
  "guest_message",
  "stopped_message_generation",
  "message_reaction",
  "message_reaction_count",
  "inline_query",
  "chosen_inline_result",
  "callback_query",
  "shipping_query",
  "pre_checkout_query",
  "purchased_paid_media",
  "poll",
  "poll_answer",
  "my_chat_member",
  "chat_member",
  "chat_join_request",
  "chat_boost",
  "removed_chat_boost",
  "managed_bot",
  "subscription",
] as const satisfies readonly UpdateKind[];

/** All kinds, in the order in which Telegram documents them. */
export const updateKinds: readonly UpdateKind[] = kinds;

/** @internal */
type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** Maps a kind to its name on a context: `"edited_message"` to `"editedMessage"`. */
export type KindAliases = { [K in UpdateKind]: CamelCase<K> };

/** The kinds under their names on a context, with the types that they have in an update. */
export type AliasedUpdate = { [K in UpdateKind as KindAliases[K]]: Update[K] };

const known: ReadonlySet<string> = new Set(kinds);

/**
 * The kind of an update, or `undefined` if it is none that this version knows.
 *
 * An update has at most one of the optional fields (Bot API, Update), so the first known one wins.
 */
export function kindOf(update: Update): UpdateKind | undefined {
  for (const field in update) {
    // This is done for every update, and a set is twice as fast as an object's `in`.
    if (update[field as UpdateKind] !== undefined && known.has(field)) return field as UpdateKind;
  }
  return undefined;
}

/** The kinds of updates whose content has one of the fields `F`. */
type Having<F extends string> = {
  [K in UpdateKind]: Extract<F, keyof NonNullable<Update[K]>> extends never ? never : K;
}[UpdateKind];

type None<T extends never> = T;

/** A kind that Telegram adds does not compile until it is looked into for `msg`, `chat` and `from`. */
export type Overlooked =
  | None<Exclude<UpdateKind, (typeof kinds)[number]>>
  | None<Exclude<Having<"text">, MessageKind>>
  | None<
    Exclude<
      Having<"chat">,
      | MessageKind
      | "deleted_business_messages"
      | "stopped_message_generation"
      | "message_reaction"
      | "message_reaction_count"
      | "my_chat_member"
      | "chat_member"
      | "chat_join_request"
      | "chat_boost"
      | "removed_chat_boost"
    >
  >
  | None<
    Exclude<
      Having<"from" | "user">,
      | MessageKind
      | "callback_query"
      | "inline_query"
      | "chosen_inline_result"
      | "shipping_query"
      | "pre_checkout_query"
      | "my_chat_member"
      | "chat_member"
      | "chat_join_request"
      | "purchased_paid_media"
      | "business_connection"
      | "message_reaction"
      | "poll_answer"
      | "managed_bot"
      | "subscription"
    >
  >;
