import type { Dice, Message } from "../../api/types.ts";
import { badRequest } from "../errors.ts";
import { textFields } from "../text/formatted_text.ts";
import type { Call, Handlers } from "./call.ts";
import { isObject, readJson } from "./json.ts";
import { readSendOptions, send } from "./send.ts";
import { chatOf, checkMayWrite } from "./targets.ts";
import { readText } from "./texts.ts";

const actions = [
  "typing",
  "upload_photo",
  "record_video",
  "upload_video",
  "record_voice",
  "upload_voice",
  "upload_document",
  "choose_sticker",
  "find_location",
  "record_video_note",
  "upload_video_note",
];

/** Messages without files. */
export const messageMethods = {
  sendMessage(call) {
    const content: Partial<Message> = textFields(readText(call));
    const preview = readJson(
      call.params,
      "link_preview_options",
      "can't parse link preview options JSON object",
    );
    if (isObject(preview)) content.link_preview_options = preview;
    return send(call, content, "text messages", readSendOptions(call));
  },
  sendLocation(call) {
    return send(call, { location: readLocation(call) }, "text messages");
  },
  sendVenue(call) {
    const { params } = call;
    const location = readLocation(call);
    const venue = {
      location,
      title: params.required("title"),
      address: params.required("address"),
    };
    return send(call, { location, venue }, "text messages");
  },
  sendContact(call) {
    const { params } = call;
    const contact: Message["contact"] = {
      phone_number: params.required("phone_number"),
      first_name: params.required("first_name"),
    };
    if (params.has("last_name")) contact.last_name = params.text("last_name");
    if (params.has("vcard")) contact.vcard = params.text("vcard");
    return send(call, { contact }, "text messages");
  },
  sendDice(call) {
    const emoji = call.params.text("emoji") || "🎲";
    const highest = { "🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64 }[emoji];
    if (highest === undefined) throw badRequest("wrong emoji specified");
    const dice: Dice = { emoji, value: call.world.random.integer(1, highest) };
    return send(call, { dice }, "text messages");
  },
  sendChatAction(call) {
    const { world, account, params } = call;
    const chat = chatOf(call);
    const action = params.text("action");
    if (!actions.includes(action)) throw badRequest("wrong parameter action in request");
    checkMayWrite(call, chat, "text messages");
    chat.actions.push({ action, at: world.clock.now() });
    world.emit(chat, { type: "action", from: account.user, action });
    return true;
  },
  /** A message that is still being written, such as the answer of a language model. */
  sendMessageDraft(call) {
    const { world, account, params } = call;
    const draft_id = params.integer("draft_id");
    if (draft_id === 0) throw badRequest("DRAFT_ID_INVALID");
    const { text } = params.text("text") === "" ? { text: "" } : readText(call);
    const chat = chatOf(call);
    if (chat.info.type !== "private") {
      throw badRequest("method is available only for private chats");
    }
    checkMayWrite(call, chat, "text messages");
    world.emit(chat, { type: "draft", from: account.user, draft_id, text });
    return true;
  },
} satisfies Handlers;

function readLocation({ params }: Call): NonNullable<Message["location"]> {
  const latitude = params.float("latitude");
  const longitude = params.float("longitude");
  if (!params.has("latitude")) throw badRequest("latitude is empty");
  if (!params.has("longitude")) throw badRequest("longitude is empty");
  const location: NonNullable<Message["location"]> = { latitude, longitude };
  if (params.has("live_period")) location.live_period = params.integer("live_period");
  if (params.has("heading")) location.heading = params.integer("heading");
  if (params.has("horizontal_accuracy")) {
    location.horizontal_accuracy = params.float("horizontal_accuracy");
  }
  return location;
}
