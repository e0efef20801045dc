import type { Message, ReactionType } from "../../api/types.ts";
import type { ChatState } from "../chat_state.ts";
import { badRequest } from "../errors.ts";
import { setReaction } from "../reactions.ts";
import type { Call, Handlers } from "./call.ts";
import { messagesOf } from "./copies.ts";
import { isObject, readJson } from "./json.ts";
import { chatOf, checkIsMember, messageOf } from "./targets.ts";

const deletableSeconds = 48 * 3600;

/** What can be done to messages besides editing: delete, pin, react. */
export const deletionMethods = {
  deleteMessage(call) {
    const { params } = call;
    if (params.text("chat_id") === "") throw badRequest("chat identifier is not specified");
    const chat = chatOf(call);
    if (params.integer("message_id") <= 0) throw badRequest("message identifier is not specified");
    const message = messageOf(call, chat);
    if (message === undefined) throw badRequest("message to delete not found");
    checkDeletable(call, chat, message);
    remove(call, chat, message);
    return true;
  },
  deleteMessages(call) {
    if (call.params.text("chat_id") === "") throw badRequest("chat identifier is not specified");
    const chat = chatOf(call);
    const messages = messagesOf(call, chat);
    for (const message of messages) checkDeletable(call, chat, message);
    for (const message of messages) remove(call, chat, message);
    return true;
  },
  pinChatMessage(call) {
    const { world, account } = call;
    const chat = chatOf(call);
    const message = messageOf(call, chat);
    if (message === undefined) throw badRequest("message to pin not found");
    checkMayPin(call, chat);
    chat.pinned = [...chat.pinned.filter((id) => id !== message.message_id), message.message_id];
    const { reply_to_message: _, ...pinned_message } = message;
    world.emit(chat, {
      type: "message",
      message: world.post(chat, { from: account.user }, { pinned_message }),
    });
    return true;
  },
  unpinChatMessage(call) {
    const chat = chatOf(call);
    checkMayPin(call, chat);
    const id = call.params.has("message_id")
      ? call.params.integer("message_id")
      : chat.pinned.at(-1);
    if (id === undefined || !chat.pinned.includes(id)) {
      throw badRequest("message to unpin not found");
    }
    chat.pinned = chat.pinned.filter((pinned) => pinned !== id);
    return true;
  },
  unpinAllChatMessages(call) {
    const chat = chatOf(call);
    checkMayPin(call, chat);
    chat.pinned = [];
    return true;
  },
  setMessageReaction(call) {
    const { world, account, params } = call;
    const value = readJson(params, "reaction", "can't parse reaction types JSON object") ?? [];
    if (!Array.isArray(value) || !value.every(isObject)) {
      throw badRequest("can't parse reaction types: expected an Array of ReactionType");
    }
    const reaction = value as unknown as ReactionType[];
    const chat = chatOf(call);
    const message = messageOf(call, chat);
    if (message === undefined) throw badRequest("message to react not found");
    // Bots are no premium users: one reaction, and none that must be paid for.
    if (reaction.length > 1) throw badRequest("REACTIONS_TOO_MANY");
    if (reaction.some(({ type }) => type === "paid")) throw badRequest("REACTION_INVALID");
    setReaction(chat, message.message_id, account.id, reaction);
    const { message_id } = message;
    world.emit(chat, { type: "reaction", message_id, from: account.user, reaction });
    return true;
  },
} satisfies Handlers;

function checkDeletable({ world, account }: Call, chat: ChatState, message: Message): void {
  const isPrivate = chat.info.type === "private";
  if (!isPrivate) checkIsMember(chat, account.id);
  const own = message.from?.id === account.id;
  const mayDelete = own || isPrivate || canDelete(chat, account.id);
  if (!mayDelete) throw badRequest("message can't be deleted");
  if (world.clock.now() > message.date + deletableSeconds) {
    throw badRequest("message can't be deleted for everyone");
  }
}

function canDelete(chat: ChatState, botId: number): boolean {
  const member = chat.members.get(botId);
  return member?.status === "administrator" && member.can_delete_messages;
}

function checkMayPin({ account }: Call, chat: ChatState): void {
  if (chat.info.type === "private") return;
  checkIsMember(chat, account.id);
  const member = chat.members.get(account.id);
  const may = member?.status === "administrator" && (member.can_pin_messages ?? true);
  if (!may) throw badRequest("not enough rights to manage pinned messages in the chat");
}

function remove({ world }: Call, chat: ChatState, message: Message): void {
  chat.messages.delete(message.message_id);
  chat.pinned = chat.pinned.filter((id) => id !== message.message_id);
  world.emit(chat, { type: "delete", message });
}
