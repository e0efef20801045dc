import type { InlineKeyboardButton, KeyboardButton, Message, User } from "../api/types.ts";
import { describe } from "../base/describe.ts";
import type { BotAccount } from "./bot_account.ts";
import type { ChatState } from "./chat_state.ts";
import { placeOf } from "./explain.ts";
import { nameOf } from "./transcript.ts";
import type { World } from "./world.ts";

/** How long a bot may take to answer a button press. */
const callbackSeconds = 150;

/**
 * Presses the button of this text.
 *
 * @param on The message whose button is meant; otherwise the newest that has one
 * @returns What a button of the reply keyboard makes the user send; `undefined` for an inline button
 */
export function pressButton(
  world: World,
  chat: ChatState,
  user: User,
  text: string,
  on: Message | undefined,
): Partial<Message> | undefined {
  const messages = on === undefined ? [...chat.messages.values()].reverse() : [on];
  for (const message of messages) {
    const button = inlineButtons(message).find((button) => button.text === text);
    if (button === undefined) continue;
    const query = queryData(button);
    world.emit(chat, { type: "press", from: user, text, message });
    sendCallback(world, chat, user, message, query);
    return undefined;
  }
  const keyboard = on === undefined ? chat.keyboard?.keyboard.flat() ?? [] : [];
  const button = keyboard.find((button) => textOf(button) === text);
  if (button !== undefined) {
    const content = contentOfButton(button, user);
    if (chat.keyboard?.one_time_keyboard) chat.keyboard = undefined;
    return content;
  }
  const texts = [...messages.flatMap(inlineButtons), ...keyboard].map((one) =>
    describe(textOf(one))
  );
  throw new Error(
    `Cannot press ${describe(text)}: it must be the text of a button that ` +
      `${nameOf(user)} sees in ${placeOf(chat)}, given ${texts.join(", ") || "no buttons"}.`,
  );
}

function inlineButtons(message: Message): InlineKeyboardButton[] {
  return message.reply_markup?.inline_keyboard.flat() ?? [];
}

function textOf(button: string | { text: string }): string {
  return typeof button === "string" ? button : button.text;
}

/** What an inline button tells the bot. */
function queryData(button: InlineKeyboardButton): string {
  if ("callback_data" in button) return button.callback_data;
  throw new Error(
    `Cannot press ${describe(button.text)}: it must be a button with callback_data, which the ` +
      `bot hears of, given one with ${kindOfButton(button)}.`,
  );
}

function kindOfButton(button: object): string {
  const look = ["text", "style", "icon_custom_emoji_id"];
  return Object.keys(button).find((key) => !look.includes(key)) ?? "nothing";
}

function sendCallback(
  world: World,
  chat: ChatState,
  user: User,
  message: Message,
  data: string,
): void {
  const account = authorOf(world, chat, message);
  if (account === undefined) return;
  const id = world.newQueryId();
  world.queries.set(id, {
    kind: "callback",
    botId: account.id,
    userId: user.id,
    chat,
    expires: world.clock.now() + callbackSeconds,
  });
  const inlineId = chat.inlineIds.get(message.message_id);
  const place = inlineId === undefined ? { message } : { inline_message_id: inlineId };
  const chat_instance = String(chat.id * 7919);
  account.receive({ callback_query: { id, from: user, ...place, chat_instance, data } });
}

/** The bot that hears of the buttons below a message. */
function authorOf(world: World, chat: ChatState, message: Message): BotAccount | undefined {
  const author = message.via_bot?.id ?? message.from?.id;
  const account = author === undefined ? undefined : world.bots.get(author);
  return account ?? [...world.botsOf(chat)][0];
}

/** What the user sends who presses a button of the reply keyboard. */
function contentOfButton(button: KeyboardButton, user: User): Partial<Message> {
  if (typeof button === "string") return { text: button };
  if ("request_contact" in button) {
    const { first_name, id } = user;
    return { contact: { phone_number: `+1555${id}`, first_name, user_id: id } };
  }
  if ("request_location" in button) return { location: { latitude: 52.52, longitude: 13.405 } };
  const kind = kindOfButton(button);
  if (kind === "nothing") return { text: button.text };
  throw new Error(
    `Cannot press ${
      describe(button.text)
    }: it must be a button that sends a text, a contact or a ` +
      `location, given one with ${kind}. Send what the user would choose with send().`,
  );
}
