import type { Message, User } from "../api/types.ts";
import type { ChatState } from "./chat_state.ts";
import { kindOfMessage } from "./message_fields.ts";

/** A chat as one would read it on a screen, a line for each message. */
export function transcriptOf(chat: ChatState): string {
  return [...chat.messages.values()].map(lineOf).join("\n");
}

/** One message as a line: who, what, and the buttons below it. */
export function lineOf(message: Message): string {
  const author = message.sender_chat?.title ?? (message.from ? nameOf(message.from) : "?");
  const edited = message.edit_date === undefined ? "" : " (edited)";
  const buttons = message.reply_markup?.inline_keyboard.flat().map(({ text }) => ` [${text}]`) ??
    [];
  return `${author}: ${contentLine(message)}${buttons.join("")}${edited}`;
}

/** A user's full name. */
export function nameOf(user: User): string {
  return user.last_name === undefined ? user.first_name : `${user.first_name} ${user.last_name}`;
}

function contentLine(message: Message): string {
  if (message.text !== undefined) return message.text;
  const kind = `<${kindOfMessage(message)}>`;
  return message.caption === undefined ? kind : `${kind} ${message.caption}`;
}
