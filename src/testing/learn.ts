import type { Chat, Message, User } from "../api/types.ts";
import type { BotAccount } from "./bot_account.ts";
import { ChatState } from "./chat_state.ts";
import { memberOf } from "./members.ts";
import { kindOf, type NewUpdate } from "./update_kinds.ts";
import type { World } from "./world.ts";

/** The parts of an update that name a user, a chat or a message. */
interface Body {
  from?: User;
  user?: User;
  chat?: Chat;
  message?: Message;
  message_id?: number;
  text?: string;
}

/**
 * Lets the users, the chat and the message of an update from outside come into being, so that the
 * bot can answer it.
 */
export function learnFrom(world: World, account: BotAccount, update: NewUpdate): void {
  const kind = kindOf(update);
  if (kind === undefined) return;
  if (update.business_connection !== undefined) {
    account.connections.set(update.business_connection.id, update.business_connection);
  }
  const body = update[kind] as Body;
  const user = body.from ?? body.user;
  if (user !== undefined && !user.is_bot && !world.users.has(user.id)) {
    world.users.set(user.id, { user, deactivated: false });
  }
  const isMessage = kind.endsWith("message") || kind.endsWith("channel_post");
  const message = isMessage ? body as Message : body.message;
  const info = body.chat ?? message?.chat;
  if (info === undefined) {
    if (user !== undefined) world.dialog(account, user);
    return;
  }
  const connection = message?.business_connection_id;
  const chat = connection === undefined
    ? learnChat(world, account, info)
    : learnBusinessChat(account, connection, info);
  if (user !== undefined && info.type !== "private" && !chat.members.has(user.id)) {
    chat.members.set(user.id, memberOf(user, "member"));
  }
  if (message?.date && !chat.messages.has(message.message_id)) chat.keep(message);
}

function learnChat(world: World, account: BotAccount, info: Chat): ChatState {
  if (info.type === "private") {
    const user = world.user(info.id) ?? { ...info, is_bot: false, type: undefined };
    if (!world.users.has(info.id) && !world.bots.has(info.id)) {
      world.users.set(info.id, { user, deactivated: false });
    }
    const chat = world.dialog(account, user);
    chat.started = true;
    return chat;
  }
  let chat = world.chats.get(info.id);
  if (chat === undefined) {
    chat = new ChatState(info);
    world.chats.set(info.id, chat);
  }
  if (!chat.members.has(account.id)) {
    chat.members.set(account.id, memberOf(account.user, "administrator"));
  }
  return chat;
}

/** A chat of a business account is another than the bot's own chat with the same user. */
function learnBusinessChat(account: BotAccount, connection: string, info: Chat): ChatState {
  const key = `${connection} ${info.id}`;
  let chat = account.businessChats.get(key);
  if (chat === undefined) {
    chat = new ChatState(info);
    const owner = account.connections.get(connection)?.user ?? account.user;
    chat.business = { connection, owner };
    chat.started = true;
    account.businessChats.set(key, chat);
  }
  return chat;
}
