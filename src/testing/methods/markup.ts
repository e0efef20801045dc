import type { InlineKeyboardMarkup, ReplyKeyboardMarkup } from "../../api/types.ts";
import { badRequest, type TelegramError } from "../errors.ts";
import type { Call } from "./call.ts";
import { isObject, readJson, textField } from "./json.ts";

/** What a `reply_markup` asks for. */
export type Markup =
  | { type: "none" }
  | { type: "inline"; markup: InlineKeyboardMarkup }
  | { type: "keyboard"; markup: ReplyKeyboardMarkup }
  | { type: "remove" }
  | { type: "force_reply" };

const longestMarkup = 10_000;
const longestCallbackData = 64;

/**
 * Reads `reply_markup`.
 *
 * @throws {TelegramError} with Telegram's words for what is wrong in it
 */
export function readMarkup(call: Call): Markup {
  const value = readJson(
    call.params,
    "reply_markup",
    "can't parse reply keyboard markup JSON object",
  );
  if (value === undefined) return { type: "none" };
  if (!isObject(value)) throw badRequest("object expected as reply markup");
  if (value.inline_keyboard !== undefined) {
    const rows = readRows(value.inline_keyboard, "inline_keyboard", "of the InlineKeyboardMarkup ");
    for (const button of rows.flat()) checkInlineButton(button);
    const filled = rows.filter((row) => row.length > 0);
    // An empty keyboard is none.
    if (filled.length === 0) return { type: "none" };
    return { type: "inline", markup: { inline_keyboard: filled } as InlineKeyboardMarkup };
  }
  if (value.keyboard !== undefined) {
    const rows = readRows(value.keyboard, "keyboard", "");
    const keyboard = rows.map((row) => row.map(readReplyButton));
    return { type: "keyboard", markup: { ...value, keyboard } as ReplyKeyboardMarkup };
  }
  if (value.remove_keyboard === true) return { type: "remove" };
  if (value.force_reply === true) return { type: "force_reply" };
  return { type: "none" };
}

/** An inline keyboard, for methods that take no other. */
export function readInlineMarkup(call: Call): InlineKeyboardMarkup | undefined {
  const markup = readMarkup(call);
  return markup.type === "inline" ? markup.markup : undefined;
}

/** Checks that Telegram makes only when a message is sent, after all others. */
export function checkButtons(markup: Markup): void {
  if (markup.type !== "inline") return;
  for (const button of markup.markup.inline_keyboard.flat()) {
    if (!("callback_data" in button)) continue;
    const size = new TextEncoder().encode(button.callback_data).length;
    if (size === 0 || size > longestCallbackData) throw badRequest("BUTTON_DATA_INVALID");
  }
  if (JSON.stringify(markup.markup).length > longestMarkup) {
    throw badRequest("reply markup is too long");
  }
}

function readRows(value: unknown, field: string, of: string): unknown[][] {
  if (!Array.isArray(value)) throw badRequest(`field "${field}" must be of type Array`);
  for (const row of value) {
    if (!Array.isArray(row)) throw badRequest(`field "${field}" ${of}must be an Array of Arrays`);
  }
  return value;
}

const inlineKinds = [
  "url",
  "callback_data",
  "web_app",
  "login_url",
  "switch_inline_query",
  "switch_inline_query_current_chat",
  "switch_inline_query_chosen_chat",
  "copy_text",
  "callback_game",
  "pay",
  "disabled",
];

function checkInlineButton(button: unknown): void {
  if (!isObject(button)) throw inlineProblem("InlineKeyboardButton must be an Object");
  const text = textField(button, "text");
  if (text === undefined) throw inlineProblem(`Can't find field "text"`);
  if (text === "") throw badRequest("inline keyboard button text must be non-empty");
  if (!inlineKinds.some((kind) => button[kind] !== undefined)) {
    throw inlineProblem("Text buttons are unallowed in the inline keyboard");
  }
  textField(button, "callback_data");
  const url = textField(button, "url");
  if (url !== undefined && !isButtonUrl(url)) {
    throw badRequest(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`);
  }
}

function inlineProblem(reason: string): TelegramError {
  return badRequest(`can't parse inline keyboard button: ${reason}`);
}

function isButtonUrl(url: string): boolean {
  if (/^(tg|ton|tonsite):\/\//.test(url)) return true;
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`;
  if (!/^https?:\/\//i.test(full) || !URL.canParse(full)) return false;
  return new URL(full).hostname.includes(".") || new URL(full).hostname.startsWith("[");
}

function readReplyButton(button: unknown): unknown {
  if (typeof button === "string") return { text: button };
  if (!isObject(button)) {
    throw badRequest(
      "can't parse keyboard button: KeyboardButton must be a String or an Object",
    );
  }
  if (textField(button, "text") === undefined) {
    throw badRequest(`can't parse keyboard button: Can't find field "text"`);
  }
  return button;
}
