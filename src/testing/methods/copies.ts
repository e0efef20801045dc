import type { Message, MessageId, MessageOrigin } from "../../api/types.ts";
import type { ChatState } from "../chat_state.ts";
import { badRequest } from "../errors.ts";
import { contentFields, isOrdinary } from "../message_fields.ts";
import { captionFields } from "../text/formatted_text.ts";
import type { Call, Handlers } from "./call.ts";
import { readJson } from "./json.ts";
import { readSendOptions, sendTo } from "./send.ts";
import { chatOf, checkMayWrite, messageOf } from "./targets.ts";
import { readCaption } from "./texts.ts";

const mostIds = 100;

/** Messages that are sent again: forwarded, or copied without their origin. */
export const copyMethods = {
  forwardMessage(call) {
    const { to, from } = chatsOf(call);
    const message = messageOf(call, from);
    if (message === undefined) throw badRequest("message to forward not found");
    if (!canForward(message)) throw badRequest("message can't be forwarded");
    return forward(call, to, message);
  },
  forwardMessages(call) {
    const { to, from } = chatsOf(call);
    const found = messagesOf(call, from).filter(canForward);
    if (found.length === 0) throw badRequest("there are no messages to forward");
    return found.map((message) => idOf(forward(call, to, message)));
  },
  copyMessage(call) {
    const { params } = call;
    const caption = params.has("caption") ? captionFields(readCaption(call)) : undefined;
    const options = readSendOptions(call);
    const { to, from } = chatsOf(call);
    const message = messageOf(call, from);
    if (message === undefined) throw badRequest("message to copy not found");
    if (!isOrdinary(message)) throw badRequest("message can't be copied");
    const content = contentFields(message);
    if (caption !== undefined && message.text === undefined) {
      delete content.caption;
      delete content.caption_entities;
      Object.assign(content, caption);
    }
    return idOf(sendTo(call, to, content, "text messages", options));
  },
  copyMessages(call) {
    const { params } = call;
    const { to, from } = chatsOf(call);
    const found = messagesOf(call, from).filter(isOrdinary);
    if (found.length === 0) throw badRequest("there are no messages to copy");
    const options = readSendOptions(call);
    return found.map((message) => {
      const content = contentFields(message);
      if (params.boolean("remove_caption")) {
        delete content.caption;
        delete content.caption_entities;
      }
      return idOf(sendTo(call, to, content, "text messages", options));
    });
  },
} satisfies Handlers;

function chatsOf(call: Call): { to: ChatState; from: ChatState } {
  const to = chatOf(call);
  checkMayWrite(call, to, "text messages");
  return { to, from: chatOf(call, "from_chat_id") };
}

function canForward(message: Message): boolean {
  return isOrdinary(message) && message.has_protected_content === undefined;
}

function forward(call: Call, to: ChatState, message: Message): Message {
  const forward_origin = message.forward_origin ?? originOf(message);
  return sendTo(call, to, { forward_origin, ...contentFields(message) }, "text messages", {
    reply: undefined,
    markup: { type: "none" },
  });
}

function originOf(message: Message): MessageOrigin {
  const { date, sender_chat, from, chat, message_id } = message;
  if (chat.type === "channel") return { type: "channel", date, chat, message_id };
  if (sender_chat !== undefined) return { type: "chat", date, sender_chat };
  if (from === undefined) return { type: "hidden_user", date, sender_user_name: "Deleted Account" };
  return { type: "user", date, sender_user: from };
}

/** The messages of a list of ids; those that are not there are left out. */
export function messagesOf({ params }: Call, chat: ChatState): Message[] {
  return readIds(params, "message_ids").flatMap((id) => chat.messages.get(id) ?? []);
}

/** A list of the ids of messages. */
export function readIds(params: Call["params"], name: string): number[] {
  const value = readJson(params, name, "can't parse message identifiers JSON object");
  if (value === undefined) throw badRequest("message identifiers are not specified");
  if (!Array.isArray(value)) throw badRequest("expected an Array of message identifiers");
  if (value.length > mostIds) throw badRequest("too many message identifiers specified");
  return value.map(Number);
}

function idOf({ message_id }: Message): MessageId {
  return { message_id };
}
