import type { Message } from "../../api/types.ts";
import type { ChatState } from "../chat_state.ts";
import { badRequest, forbidden, TelegramError } from "../errors.ts";
import type { Call } from "./call.ts";

/**
 * The chat that a parameter names.
 *
 * @throws {TelegramError} if it is missing, or the bot does not know such a chat
 */
export function chatOf(call: Call, name = "chat_id"): ChatState {
  const text = call.params.text(name).trim();
  if (text === "") throw badRequest(`${name} is empty`);
  const connection = call.params.text("business_connection_id");
  if (connection !== "" && name === "chat_id") return businessChat(call, connection, text);
  return findChat(call, text);
}

/** The chat of an id, or of a name that begins with `@`. */
export function findChat(call: Call, text: string): ChatState {
  const chat = text.startsWith("@") ? chatByName(call, text.slice(1)) : chatById(call, text);
  if (chat === undefined) throw badRequest("chat not found");
  if (chat.migratedTo !== undefined) {
    throw new TelegramError(
      400,
      "Bad Request: group chat was upgraded to a supergroup chat",
      { migrate_to_chat_id: chat.migratedTo },
    );
  }
  return chat;
}

function businessChat({ account }: Call, connection: string, text: string): ChatState {
  if (!account.connections.get(connection)?.is_enabled) {
    throw badRequest("business connection not found");
  }
  const chat = account.businessChats.get(`${connection} ${text}`);
  if (chat === undefined) throw badRequest("chat not found");
  return chat;
}

function chatByName({ world }: Call, name: string): ChatState | undefined {
  for (const chat of world.chats.values()) {
    if (chat.info.username?.toLowerCase() === name.toLowerCase()) return chat;
  }
  return undefined;
}

function chatById({ world, account }: Call, text: string): ChatState | undefined {
  const id = /^-?\d+$/.test(text) ? Number(text) : NaN;
  if (id < 0) {
    const chat = world.chats.get(id);
    // Groups without a public name exist only for those who have been in them.
    return chat?.info.username !== undefined || chat?.members.has(account.id) ? chat : undefined;
  }
  const user = world.user(id);
  return user === undefined || !world.knows(account, id) ? undefined : world.dialog(account, user);
}

/** The words for the kind of a chat. */
export function chatWords(chat: ChatState): string {
  const { type } = chat.info;
  return type === "private" ? "private chat" : `${type} chat`;
}

/**
 * Checks that the bot may write here.
 *
 * @param what What it wants to send, in the plural: `text messages`
 * @throws {TelegramError} 403 or 400, as Telegram says it
 */
export function checkMayWrite({ world, account }: Call, chat: ChatState, what: string): void {
  if (chat.info.type === "private") {
    if (world.bots.has(chat.id)) throw forbidden("the bot can't send messages to the bot");
    if (world.users.get(chat.id)?.deactivated) throw forbidden("user is deactivated");
    if (chat.blocked) throw forbidden("bot was blocked by the user");
    if (!chat.started) throw forbidden("bot can't initiate conversation with a user");
    return;
  }
  checkIsMember(chat, account.id);
  if (chat.isAdmin(account.id)) return;
  if (chat.info.type === "channel") {
    throw badRequest("need administrator rights in the channel chat");
  }
  const member = chat.members.get(account.id);
  const restricted = member?.status === "restricted" && !member.can_send_messages;
  if (restricted || chat.permissions?.can_send_messages === false) {
    throw badRequest(`not enough rights to send ${what} to the chat`);
  }
}

/** @throws {TelegramError} 403 if the bot is not in the chat */
export function checkIsMember(chat: ChatState, botId: number): void {
  if (chat.isMember(botId)) return;
  const words = chatWords(chat);
  throw chat.members.get(botId)?.status === "kicked"
    ? forbidden(`bot was kicked from the ${words}`)
    : forbidden(`bot is not a member of the ${words}`);
}

/** The message that a call is about; `undefined` if it is not there (any more). */
export function messageOf({ params }: Call, chat: ChatState): Message | undefined {
  return chat.messages.get(params.integer("message_id", 0, 0, Number.MAX_SAFE_INTEGER));
}
