import type { ChatPermissions, Update } from "../../api/types.ts";

/** The names that each of the {@linkcode API_CONSTANTS} holds. */
export interface ApiConstants {
  /** Kinds of updates that Telegram sends to a bot that asks for nothing in particular. */
  DEFAULT_UPDATE_TYPES: Exclude<
    Exclude<keyof Update, "update_id">,
    "chat_member" | "message_reaction" | "message_reaction_count"
  >;
  /** All kinds of updates. */
  ALL_UPDATE_TYPES: Exclude<keyof Update, "update_id">;
  /** All permissions that a member of a chat can have. */
  ALL_CHAT_PERMISSIONS: keyof ChatPermissions;
}

type UpdateType = ApiConstants["ALL_UPDATE_TYPES"];
type DefaultUpdateType = ApiConstants["DEFAULT_UPDATE_TYPES"];

// Records, so that the compiler refuses this file until a new kind or permission has its line.
const byDefault: Record<DefaultUpdateType, true> = {
  message: true,
  edited_message: true,
  channel_post: true,
  edited_channel_post: true,
  business_connection: true,
  business_message: true,
  edited_business_message: true,
  deleted_business_messages: true,
  guest_message: true,
  stopped_message_generation: true,
  inline_query: true,
  chosen_inline_result: true,
  callback_query: true,
  shipping_query: true,
  pre_checkout_query: true,
  purchased_paid_media: true,
  poll: true,
  poll_answer: true,
  my_chat_member: true,
  managed_bot: true,
  chat_join_request: true,
  chat_boost: true,
  removed_chat_boost: true,
  subscription: true,
};

const onRequest: Record<Exclude<UpdateType, DefaultUpdateType>, true> = {
  chat_member: true,
  message_reaction: true,
  message_reaction_count: true,
};

const permissions: Record<ApiConstants["ALL_CHAT_PERMISSIONS"], true> = {
  can_send_messages: true,
  can_send_audios: true,
  can_send_documents: true,
  can_send_photos: true,
  can_send_videos: true,
  can_send_video_notes: true,
  can_send_voice_notes: true,
  can_send_polls: true,
  can_send_other_messages: true,
  can_add_web_page_previews: true,
  can_react_to_messages: true,
  can_change_info: true,
  can_invite_users: true,
  can_edit_tag: true,
  can_pin_messages: true,
  can_manage_topics: true,
};

/**
 * Lists of the Bot API that a bot needs whole.
 *
 * ```ts
 * import { API_CONSTANTS, Bot } from "@tramline/tramline";
 *
 * const bot = new Bot("123456:token");
 * // Reactions and changes of membership come only when asked for.
 * bot.start({ allowed_updates: API_CONSTANTS.ALL_UPDATE_TYPES });
 * // To lift all restrictions of a member, give every permission.
 * bot.command("forgive", (ctx) => ctx.restrictAuthor(API_CONSTANTS.ALL_CHAT_PERMISSIONS));
 * ```
 */
export const API_CONSTANTS: {
  /**
   * The kinds of updates that a bot gets by default: all but `chat_member`, `message_reaction` and
   * `message_reaction_count`.
   */
  readonly DEFAULT_UPDATE_TYPES: readonly ApiConstants["DEFAULT_UPDATE_TYPES"][];
  /** All kinds of updates, those included that come only when asked for. */
  readonly ALL_UPDATE_TYPES: readonly ApiConstants["ALL_UPDATE_TYPES"][];
  /** Every permission, set to `true`. */
  readonly ALL_CHAT_PERMISSIONS: Readonly<Record<ApiConstants["ALL_CHAT_PERMISSIONS"], true>>;
} = {
  DEFAULT_UPDATE_TYPES: Object.freeze(Object.keys(byDefault) as DefaultUpdateType[]),
  ALL_UPDATE_TYPES: Object.freeze(
    Object.keys({ ...byDefault, ...onRequest }) as UpdateType[],
  ),
  ALL_CHAT_PERMISSIONS: Object.freeze(permissions),
};
