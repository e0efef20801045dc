import type { Message, UserFromGetMe } from "../api/types.ts";
import type { ChatState } from "./chat_state.ts";

/**
 * Does a bot get to see a message of a chat? In groups, a bot in privacy mode that is not an
 * administrator sees only commands, mentions of itself, replies to itself and service messages.
 */
export function seesMessage(bot: UserFromGetMe, chat: ChatState, message: Message): boolean {
  if (message.from?.id === bot.id) return false;
  if (chat.info.type === "private") return true;
  if (!chat.isMember(bot.id)) return false;
  if (chat.info.type === "channel") return chat.isAdmin(bot.id);
  // Bots do not see what other bots say.
  if (message.from?.is_bot && message.sender_chat === undefined) return false;
  if (bot.can_read_all_group_messages || chat.isAdmin(bot.id)) return true;
  if (message.reply_to_message?.from?.id === bot.id || message.via_bot?.id === bot.id) return true;
  const text = message.text ?? message.caption;
  if (text === undefined) return isService(message);
  const name = `@${bot.username}`.toLowerCase();
  for (const { type, offset, length } of message.entities ?? message.caption_entities ?? []) {
    const value = text.slice(offset, offset + length).toLowerCase();
    if (type === "bot_command" && (!value.includes("@") || value.endsWith(name))) return true;
    if (type === "mention" && value === name) return true;
  }
  return false;
}

const serviceFields = [
  "new_chat_members",
  "left_chat_member",
  "new_chat_title",
  "new_chat_photo",
  "delete_chat_photo",
  "group_chat_created",
  "pinned_message",
  "migrate_to_chat_id",
  "migrate_from_chat_id",
  "forum_topic_created",
  "successful_payment",
] as const;

function isService(message: Message): boolean {
  return serviceFields.some((field) => message[field] !== undefined);
}
