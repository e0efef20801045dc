import type { Message } from "../api/types.ts";

/** The fields of a message that say where, when and by whom; all others are its content. */
const envelope: ReadonlySet<string> = new Set<keyof Message>([
  "message_id",
  "message_thread_id",
  "is_topic_message",
  "from",
  "sender_chat",
  "sender_business_bot",
  "sender_tag",
  "chat",
  "date",
  "edit_date",
  "business_connection_id",
  "reply_to_message",
  "external_reply",
  "quote",
  "reply_markup",
  "forward_origin",
  "is_automatic_forward",
  "via_bot",
  "media_group_id",
  "effect_id",
  "author_signature",
  "has_protected_content",
  "is_from_offline",
]);

/** What a message says: its text, its file and caption, and whatever else is neither when nor where. */
export function contentFields(message: Message): Partial<Message> {
  return Object.fromEntries(Object.entries(message).filter(([key]) => !envelope.has(key)));
}

/** Content that describes other content, and so names no kind of message. */
const details: ReadonlySet<string> = new Set<keyof Message>([
  "caption",
  "caption_entities",
  "entities",
  "link_preview_options",
  "show_caption_above_media",
  "has_media_spoiler",
]);

/** The kind of a message: `text`, `photo`, `new_chat_members`. */
export function kindOfMessage(message: Message): string {
  const fields = Object.keys(contentFields(message)).filter((key) => !details.has(key));
  return fields[0] ?? "message";
}

const copied: ReadonlySet<string> = new Set<keyof Message>([
  "text",
  "rich_message",
  "animation",
  "audio",
  "document",
  "live_photo",
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
  "checklist",
]);

/** Can a message be copied? Service messages, invoices and the like cannot. */
export function isOrdinary(message: Message): boolean {
  return Object.keys(message).some((key) => copied.has(key));
}
