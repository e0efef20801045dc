import type { Message } from "../../api/types.ts";
import { badRequest, TelegramError } from "../errors.ts";
import type { MediaKind } from "../files.ts";
import type { MediaDetails } from "../media.ts";
import { captionFields } from "../text/formatted_text.ts";
import type { Call, Handlers } from "./call.ts";
import { readMedia, uploadOf } from "./input_files.ts";
import { isObject, readJson, textField } from "./json.ts";
import { readSendOptions, send, type SendOptions, sendTo } from "./send.ts";
import { chatOf } from "./targets.ts";
import { readCaption } from "./texts.ts";

/** Messages with files. */
export const mediaMethods = {
  sendPhoto: (call) => sendMedia(call, "photo", "photos"),
  sendAudio: (call) => sendMedia(call, "audio", "audios"),
  sendDocument: (call) => sendMedia(call, "document", "documents"),
  sendVideo: (call) => sendMedia(call, "video", "videos"),
  sendAnimation: (call) => sendMedia(call, "animation", "gifs"),
  sendVoice: (call) => sendMedia(call, "voice", "voice notes"),
  sendVideoNote: (call) => sendMedia(call, "video_note", "video notes"),
  sendSticker: (call) => sendMedia(call, "sticker", "stickers"),
  sendLivePhoto: (call) => sendMedia(call, "live_photo", "photos"),
  sendMediaGroup,
} satisfies Handlers;

async function sendMedia(call: Call, kind: MediaKind, what: string): Promise<Message> {
  const { params } = call;
  const content = await readMedia(call, kind, kind, params.text(kind), detailsOf(call));
  const hasCaption = kind !== "sticker" && kind !== "video_note";
  const caption: Partial<Message> = hasCaption ? captionFields(readCaption(call)) : {};
  if (params.boolean("has_spoiler")) caption.has_media_spoiler = true;
  if (caption.caption !== undefined && params.boolean("show_caption_above_media")) {
    caption.show_caption_above_media = true;
  }
  return send(call, { ...content, ...caption }, what, readSendOptions(call));
}

function detailsOf(call: Call): MediaDetails {
  const { params } = call;
  const details: MediaDetails = {};
  for (const name of ["width", "height", "duration", "length"] as const) {
    if (params.has(name)) details[name] = params.integer(name, 0, 0);
  }
  for (const name of ["performer", "title", "emoji"] as const) {
    if (params.has(name)) details[name] = params.text(name);
  }
  const thumbnail = uploadOf(call, "thumbnail", params.text("thumbnail"));
  if (thumbnail !== undefined) details.thumbnail = thumbnail;
  return details;
}

async function sendMediaGroup(call: Call): Promise<Message[]> {
  const { world, params } = call;
  const media = readJson(params, "media", "can't parse media JSON object");
  if (media === undefined) throw badRequest("media is empty");
  if (!Array.isArray(media)) throw badRequest("expected an Array of InputMedia");
  if (media.length === 0) throw badRequest("there are no messages to send");
  if (media.length > 10) throw badRequest("too many messages to send as an album");
  const contents: Partial<Message>[] = [];
  for (const [index, item] of media.entries()) {
    contents.push(await readInputMedia(call, item).catch((error) => failItem(error, index + 1)));
  }
  const options: SendOptions = { ...readSendOptions(call), markup: { type: "none" } };
  const chat = chatOf(call);
  const media_group_id = world.newQueryId();
  return contents.map((content) =>
    sendTo(call, chat, { media_group_id, ...content }, "photos", options)
  );
}

/** What goes wrong only when an item is fetched is told with its number. */
function failItem(error: unknown, number: number): never {
  const problem = error instanceof TelegramError ? error.description.replace(/^[^:]*: /, "") : "";
  if (!/HTTP URL content|web page content/.test(problem)) throw error;
  throw badRequest(`failed to send message #${number} with the error message "${problem}"`);
}

const kinds: Record<string, MediaKind> = {
  photo: "photo",
  video: "video",
  document: "document",
  audio: "audio",
  animation: "animation",
  live_photo: "live_photo",
  voice_note: "voice",
};

/** The fields of a message for an `InputMedia` object, with its caption. */
export async function readInputMedia(call: Call, item: unknown): Promise<Partial<Message>> {
  if (!isObject(item)) throw badRequest("can't parse InputMedia: InputMedia must be an Object");
  const type = textField(item, "type") ?? "";
  const kind = kinds[type];
  if (kind === undefined) {
    throw badRequest(`can't parse InputMedia: Media type "${type}" is invalid`);
  }
  const value = textField(item, "media");
  if (value === undefined) throw badRequest("can't parse InputMedia: Can't find field \"media\"");
  const details: MediaDetails = {};
  for (const name of ["width", "height", "duration"] as const) {
    if (item[name] !== undefined) details[name] = Number(item[name]);
  }
  for (const name of ["performer", "title"] as const) {
    const text = textField(item, name);
    if (text !== undefined) details[name] = text;
  }
  const thumbnail = uploadOf(call, "", textField(item, "thumbnail") ?? "");
  if (thumbnail !== undefined) details.thumbnail = thumbnail;
  const content = await readMedia(call, kind, "", value, details);
  const caption: Partial<Message> = captionFields(readCaption(call, {
    text: textField(item, "caption") ?? "",
    parseMode: textField(item, "parse_mode") ?? "",
    entities: item.caption_entities,
  }));
  if (item.has_spoiler === true) caption.has_media_spoiler = true;
  if (item.show_caption_above_media === true) caption.show_caption_above_media = true;
  return { ...content, ...caption };
}
