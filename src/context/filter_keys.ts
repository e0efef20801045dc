import type { Message } from "../api/types.ts";
import type { MessageKind, UpdateKind } from "./update_kind.ts";

/** The fields of everything that is a message, which may be the second part of a query. */
const everywhere = [
  "forward_origin",
  "is_topic_message",
  "is_automatic_forward",
  "guest_query_id",
  "business_connection_id",
  "text",
  "rich_message",
  "animation",
  "audio",
  "document",
  "live_photo",
  "paid_media",
  "photo",
  "sticker",
  "story",
  "video",
  "video_note",
  "voice",
  "contact",
  "dice",
  "game",
  "poll",
  "venue",
  "location",
  "invoice",
  "giveaway",
  "entities",
  "caption_entities",
  "caption",
  "link_preview_options",
  "effect_id",
  "paid_star_count",
  "has_media_spoiler",
  "new_chat_title",
  "new_chat_photo",
  "delete_chat_photo",
  "message_auto_delete_timer_changed",
  "pinned_message",
  "proximity_alert_triggered",
  "chat_background_set",
  "giveaway_created",
  "giveaway_winners",
  "giveaway_completed",
  "gift",
  "gift_upgrade_sent",
  "unique_gift",
  "paid_message_price_changed",
  "video_chat_scheduled",
  "video_chat_started",
  "video_chat_ended",
  "video_chat_participants_invited",
  "web_app_data",
] as const satisfies readonly (keyof Message)[];

/** The fields that a channel post cannot have. */
const inChats = [
  "direct_messages_topic",
  "sender_boost_count",
  "checklist",
  "checklist_tasks_done",
  "checklist_tasks_added",
  "chat_owner_left",
  "chat_owner_changed",
  "new_chat_members",
  "left_chat_member",
  "community_chat_joined",
  "community_chat_added",
  "community_chat_removed",
  "group_chat_created",
  "supergroup_chat_created",
  "migrate_to_chat_id",
  "migrate_from_chat_id",
  "successful_payment",
  "refunded_payment",
  "users_shared",
  "chat_shared",
  "connected_website",
  "managed_bot_created",
  "write_access_allowed",
  "passport_data",
  "boost_added",
  "forum_topic_created",
  "forum_topic_edited",
  "forum_topic_closed",
  "forum_topic_reopened",
  "general_forum_topic_hidden",
  "general_forum_topic_unhidden",
  "poll_option_added",
  "poll_option_deleted",
  "suggested_post_info",
  "suggested_post_approved",
  "suggested_post_approval_failed",
  "suggested_post_declined",
  "suggested_post_paid",
  "suggested_post_refunded",
] as const satisfies readonly (keyof Message)[];

/** The fields that only a channel post can have. */
const inChannels = [
  "channel_chat_created",
  "direct_message_price_changed",
  "is_paid_post",
] as const satisfies readonly (keyof Message)[];

type InChats = (typeof everywhere | typeof inChats)[number];
type InChannels = (typeof everywhere | typeof inChannels)[number];

/**
 * The second parts of queries, for each kind of update.
 *
 * @internal
 */
export interface FieldOf {
  message: InChats;
  edited_message: InChats;
  channel_post: InChannels;
  edited_channel_post: InChannels;
  business_connection: "can_reply" | "is_enabled";
  business_message: InChats;
  edited_business_message: InChats;
  deleted_business_messages: never;
  guest_message: InChats;
  stopped_message_generation: never;
  message_reaction: "old_reaction" | "new_reaction";
  message_reaction_count: "reactions";
  inline_query: never;
  chosen_inline_result: never;
  callback_query: "data" | "game_short_name";
  shipping_query: never;
  pre_checkout_query: never;
  purchased_paid_media: never;
  poll: never;
  poll_answer: never;
  my_chat_member: "from";
  chat_member: "from";
  chat_join_request: never;
  chat_boost: never;
  removed_chat_boost: never;
  managed_bot: never;
  subscription: "state";
}

const message = [...everywhere, ...inChats];
const post = [...everywhere, ...inChannels];

/** The second parts of queries, for each kind of update. */
export const fieldsOf: { readonly [K in UpdateKind]: readonly FieldOf[K][] } = {
  message,
  edited_message: message,
  channel_post: post,
  edited_channel_post: post,
  business_connection: ["can_reply", "is_enabled"],
  business_message: message,
  edited_business_message: message,
  deleted_business_messages: [],
  guest_message: message,
  stopped_message_generation: [],
  message_reaction: ["old_reaction", "new_reaction"],
  message_reaction_count: ["reactions"],
  inline_query: [],
  chosen_inline_result: [],
  callback_query: ["data", "game_short_name"],
  shipping_query: [],
  pre_checkout_query: [],
  purchased_paid_media: [],
  poll: [],
  poll_answer: [],
  my_chat_member: ["from"],
  chat_member: ["from"],
  chat_join_request: [],
  chat_boost: [],
  removed_chat_boost: [],
  managed_bot: [],
  subscription: ["state"],
};

/** The entry of a table, without what every object inherits: `constructor` is no kind of update. */
export function entry<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** What may stand for several kinds of updates. */
export const kindShortcuts = {
  "": ["message", "channel_post"],
  msg: ["message", "channel_post"],
  edit: ["edited_message", "edited_channel_post"],
} as const satisfies Record<string, readonly MessageKind[]>;

/** What may stand for several fields. */
export const fieldShortcuts = {
  "": ["entities", "caption_entities"],
  media: ["photo", "live_photo", "video"],
  file: [
    "photo",
    "live_photo",
    "animation",
    "audio",
    "document",
    "video",
    "video_note",
    "voice",
    "sticker",
  ],
} as const satisfies Record<string, readonly (typeof everywhere)[number][]>;

/** Fields of a message that say how it is sent or shown, and by which no bot chooses its handlers. */
type NotAsked =
  | "message_id"
  | "message_thread_id"
  | "from"
  | "sender_chat"
  | "date"
  | "chat"
  | "sender_tag"
  | "receiver_user"
  | "ephemeral_message_id"
  | "sender_business_bot"
  | "reply_to_message"
  | "reply_to_checklist_task_id"
  | "reply_to_poll_option_id"
  | "external_reply"
  | "quote"
  | "reply_to_story"
  | "via_bot"
  | "guest_bot_caller_user"
  | "guest_bot_caller_chat"
  | "edit_date"
  | "has_protected_content"
  | "show_caption_above_media"
  | "is_from_offline"
  | "author_signature"
  | "reply_markup"
  | "media_group_id";

type None<T extends never> = T;

/** A field or kind that Telegram adds does not compile until it has its place above. */
export type Unhandled =
  | None<Exclude<keyof Message, InChats | InChannels | NotAsked>>
  | None<Exclude<UpdateKind, keyof FieldOf>>;
