import type { Message, ReplyParameters, Update } from "../../api/types.ts";
import type { ChatState } from "../chat_state.ts";
import { badRequest } from "../errors.ts";
import type { Author } from "../world.ts";
import type { Call } from "./call.ts";
import { isObject, readJson } from "./json.ts";
import { checkButtons, type Markup, readMarkup } from "./markup.ts";
import { chatOf, checkMayWrite, findChat } from "./targets.ts";

/** What every sending method takes besides its content; read before the chat is looked for. */
export interface SendOptions {
  reply: ReplyParameters | undefined;
  markup: Markup;
}

/** Reads the reply parameters and the markup. */
export function readSendOptions(call: Call): SendOptions {
  return { reply: readReply(call), markup: readMarkup(call) };
}

function readReply({ params }: Call): ReplyParameters | undefined {
  const value = readJson(params, "reply_parameters", "can't parse reply parameters JSON object");
  if (value !== undefined) {
    if (!isObject(value)) throw badRequest("object expected as reply parameters");
    return value as ReplyParameters;
  }
  const id = params.integer("reply_to_message_id", 0, 0, Number.MAX_SAFE_INTEGER);
  if (id === 0) return undefined;
  const optional = params.boolean("allow_sending_without_reply");
  return { message_id: id, allow_sending_without_reply: optional };
}

/**
 * Sends what a method has made of its parameters: finds the chat, checks in Telegram's order, and
 * posts.
 *
 * @param what The content in the plural, for errors: `text messages`
 */
export function send(
  call: Call,
  content: Partial<Message>,
  what: string,
  options: SendOptions = readSendOptions(call),
): Message {
  const chat = chatOf(call);
  return sendTo(call, chat, content, what, options);
}

/** {@linkcode send} to a chat that has been found already. */
export function sendTo(
  call: Call,
  chat: ChatState,
  content: Partial<Message>,
  what: string,
  { reply, markup }: SendOptions,
): Message {
  const { params } = call;
  checkMayWrite(call, chat, what);
  const extra: Partial<Message> = {};
  const thread = params.integer("message_thread_id");
  if (thread !== 0) {
    // The General topic has number 1, but nothing can be sent to it by its number.
    if (!chat.topics.has(thread)) throw badRequest("message thread not found");
    extra.message_thread_id = thread;
    extra.is_topic_message = true;
  }
  const replied = repliedMessage(call, chat, reply);
  if (replied !== undefined) {
    const { reply_to_message: _, ...outer } = replied;
    extra.reply_to_message = outer as Message["reply_to_message"];
    if (reply?.quote !== undefined) {
      extra.quote = { text: reply.quote, position: reply.quote_position ?? 0, is_manual: true };
    }
  }
  checkButtons(markup);
  if (params.boolean("protect_content")) extra.has_protected_content = true;
  if (markup.type === "inline") extra.reply_markup = markup.markup;
  if (markup.type === "keyboard") chat.keyboard = markup.markup;
  if (markup.type === "remove") chat.keyboard = undefined;
  const effect = params.text("message_effect_id");
  if (effect !== "") extra.effect_id = effect;
  return postAsBot(call, chat, { ...extra, ...content });
}

function repliedMessage(
  call: Call,
  chat: ChatState,
  reply: ReplyParameters | undefined,
): Message | undefined {
  const id = Number(reply?.message_id ?? 0);
  if (reply === undefined || id === 0) return undefined;
  const from = reply.chat_id === undefined || Number(reply.chat_id) === chat.id
    ? chat
    : findChat(call, String(reply.chat_id));
  const message = from.messages.get(id);
  if (message === undefined && !reply.allow_sending_without_reply) {
    throw badRequest("message to be replied not found");
  }
  return message;
}

/** Posts in the name of the bot, the channel or the business account, and shows it to the users. */
export function postAsBot(call: Call, chat: ChatState, content: Partial<Message>): Message {
  const { world, account } = call;
  const { business } = chat;
  let author: Author = { from: account.user };
  if (chat.info.type === "channel") author = { sender_chat: chat.info };
  else if (business !== undefined) {
    const sender_business_bot = account.user;
    author = { from: business.owner };
    content = { business_connection_id: business.connection, sender_business_bot, ...content };
  }
  const message = world.post(chat, author, content);
  chat.replies.push(message);
  world.emit(chat, { type: "message", message });
  // Of all that a bot sends itself, only this comes back to it as an update.
  if (business !== undefined) account.receive({ business_message: message as BusinessMessage });
  return message;
}

type BusinessMessage = NonNullable<Update["business_message"]>;
