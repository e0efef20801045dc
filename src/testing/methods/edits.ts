import type { InlineKeyboardMarkup, Message } from "../../api/types.ts";
import type { ChatState } from "../chat_state.ts";
import { badRequest } from "../errors.ts";
import { contentFields } from "../message_fields.ts";
import { captionFields, textFields } from "../text/formatted_text.ts";
import type { Call, Handlers } from "./call.ts";
import { isObject, readJson } from "./json.ts";
import { checkButtons, readInlineMarkup } from "./markup.ts";
import { readInputMedia } from "./media.ts";
import { chatOf, checkMayWrite, messageOf } from "./targets.ts";
import { readCaption, readText } from "./texts.ts";

/** Changes to messages that the bot has sent. */
export const editMethods = {
  editMessageText(call) {
    const content: Partial<Message> = textFields(readText(call));
    const preview = readJson(
      call.params,
      "link_preview_options",
      "can't parse link preview options JSON object",
    );
    if (isObject(preview)) content.link_preview_options = preview;
    return edit(call, (message) => {
      if (message.text === undefined) throw badRequest("there is no text in the message to edit");
      return content;
    });
  },
  editMessageCaption(call) {
    const caption: Partial<Message> = captionFields(readCaption(call));
    if (call.params.boolean("show_caption_above_media")) caption.show_caption_above_media = true;
    return edit(call, (message) => {
      if (!canHaveCaption(message)) throw badRequest("there is no caption in the message to edit");
      const { caption: _, caption_entities: __, show_caption_above_media: ___, ...rest } =
        contentFields(message);
      return { ...rest, ...caption };
    });
  },
  async editMessageMedia(call) {
    const media = readJson(call.params, "media", "can't parse input media JSON object");
    const content = await readInputMedia(call, media);
    return edit(call, () => content);
  },
  editMessageReplyMarkup: (call) => edit(call, contentFields),
  editMessageLiveLocation(call) {
    const { params } = call;
    const latitude = params.float("latitude");
    const longitude = params.float("longitude");
    return edit(call, ({ location }) => {
      if (location?.live_period === undefined) throw badRequest("message can't be edited");
      return { location: { ...location, latitude, longitude } };
    });
  },
  stopMessageLiveLocation: (call) =>
    edit(call, ({ location }) => {
      if (location?.live_period === undefined) throw badRequest("message can't be edited");
      const { live_period: _, ...rest } = location;
      return { location: rest };
    }),
} satisfies Handlers;

function canHaveCaption(message: Message): boolean {
  return ["photo", "video", "animation", "audio", "document", "voice", "live_photo", "paid_media"]
    .some((kind) => message[kind as keyof Message] !== undefined);
}

/**
 * Finds the message of an edit and gives it new content. Buttons that are not given again are gone.
 *
 * @returns The message, or `true` for one that was sent through inline mode
 */
function edit(call: Call, change: (message: Message) => Partial<Message>): Message | true {
  const { world, params } = call;
  const markup = readInlineMarkup(call);
  const inlineId = params.text("inline_message_id");
  const { chat, message } = inlineId === "" ? findOwn(call) : findInline(call, inlineId);
  const content = change(message);
  if (markup !== undefined) checkButtons({ type: "inline", markup });
  if (isSame(message, content, markup)) {
    throw badRequest(
      "message is not modified: specified new message content and reply markup are exactly the " +
        "same as a current content and reply markup of the message",
    );
  }
  const edited = replaceContent(message, content, markup, world.clock.date());
  chat.keep(edited);
  chat.edits.push(edited);
  world.emit(chat, { type: "edit", message: edited });
  return inlineId === "" ? edited : true;
}

function findOwn(call: Call): { chat: ChatState; message: Message } {
  const { account, params } = call;
  if (!params.has("chat_id") && !params.has("message_id")) {
    throw badRequest("message identifier is not specified");
  }
  const chat = chatOf(call);
  if (params.integer("message_id") <= 0) throw badRequest("message identifier is not specified");
  const message = messageOf(call, chat);
  if (message === undefined) throw badRequest("message to edit not found");
  checkMayWrite(call, chat, "text messages");
  const own = message.from?.id === account.id ||
    message.sender_business_bot?.id === account.id ||
    (chat.info.type === "channel" && chat.isAdmin(account.id));
  if (!own || message.forward_origin !== undefined) throw badRequest("message can't be edited");
  return { chat, message };
}

function findInline({ world }: Call, id: string): { chat: ChatState; message: Message } {
  const place = world.inlineMessages.get(id);
  const message = place?.chat.messages.get(place.message_id);
  if (place === undefined || message === undefined) throw badRequest("MESSAGE_ID_INVALID");
  return { chat: place.chat, message };
}

function isSame(
  message: Message,
  content: Partial<Message>,
  markup: InlineKeyboardMarkup | undefined,
): boolean {
  return JSON.stringify(markup) === JSON.stringify(message.reply_markup) &&
    JSON.stringify(sorted(content)) === JSON.stringify(sorted(contentFields(message)));
}

function sorted(content: Partial<Message>): [string, unknown][] {
  return Object.entries(content).sort(([a], [b]) => a < b ? -1 : 1);
}

function replaceContent(
  message: Message,
  content: Partial<Message>,
  markup: InlineKeyboardMarkup | undefined,
  edit_date: number,
): Message {
  const { reply_markup: _, ...edited } = message;
  for (const key of Object.keys(contentFields(message))) delete edited[key as keyof typeof edited];
  return {
    ...edited,
    edit_date,
    ...content,
    ...(markup !== undefined && { reply_markup: markup }),
  } as Message;
}
