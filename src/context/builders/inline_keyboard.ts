import type {
  CopyTextButton,
  InlineKeyboardButton,
  LoginUrl,
  SwitchInlineQueryChosenChat,
  WebAppInfo,
} from "../../api/types.ts";
import { describe } from "../../base/describe.ts";
import { ButtonGrid, type ButtonLabel, label } from "./button_grid.ts";
import { checkBytes, checkCharacters, checkLabel, checkRows } from "./limits.ts";

/** What can be turned into an {@linkcode InlineKeyboard}: another one, or rows of buttons. */
export type InlineKeyboardSource = InlineKeyboardButton[][] | InlineKeyboard;

/**
 * Builds an inline keyboard: buttons under a message.
 *
 * ```ts
 * import { Bot, InlineKeyboard } from "@tramline/tramline";
 *
 * const keyboard = new InlineKeyboard()
 *   .text("Yes", "meet:yes").success().text("No", "meet:no").danger().row()
 *   .url("Where is it?", "https://example.com/map");
 *
 * const bot = new Bot("123456:token");
 * bot.command("ask", (ctx) => ctx.reply("Shall we meet?", { reply_markup: keyboard }));
 * bot.callbackQuery("meet:yes", (ctx) => ctx.answerCallbackQuery("See you!"));
 * ```
 *
 * Every method that adds a button also exists as a static method that returns the button, for
 * keyboards made of data.
 *
 * ```ts
 * import { InlineKeyboard } from "@tramline/tramline";
 *
 * const hours = [9, 10, 11, 14].map((hour) => InlineKeyboard.text(`${hour}:00`, `book:${hour}`));
 * const keyboard = InlineKeyboard.from([hours]).toFlowed(2);
 * ```
 *
 * @see https://core.telegram.org/bots/features#inline-keyboards
 */
export class InlineKeyboard extends ButtonGrid<InlineKeyboardButton, InlineKeyboard> {
  /** The rows of buttons. */
  readonly inline_keyboard: InlineKeyboardButton[][];

  /**
   * Begins an inline keyboard.
   *
   * @param inline_keyboard Rows to begin with; this very array is extended. Default: one empty row
   * @throws {TypeError | RangeError} For a button that Telegram would refuse
   */
  constructor(inline_keyboard: InlineKeyboardButton[][] = [[]]) {
    super();
    inline_keyboard.flat().forEach(checkButton);
    this.inline_keyboard = inline_keyboard;
  }

  /** The rows, under the name that the base class knows. */
  protected override get rows(): InlineKeyboardButton[][] {
    return this.inline_keyboard;
  }

  /** Refuses a button that Telegram would refuse. */
  protected override check(button: InlineKeyboardButton): void {
    checkButton(button);
  }

  /** A copy of the button that looks otherwise. */
  protected override restyle(
    button: InlineKeyboardButton,
    looks: Partial<ButtonLabel>,
  ): InlineKeyboardButton {
    return { ...button, ...looks };
  }

  /**
   * Adds a button that opens a URL.
   *
   * @param text Text on the button, or an object with text, style and icon
   * @param url HTTP or `tg://` URL; `tg://user?id=…` shows a user
   */
  url(text: string | ButtonLabel, url: string): this {
    return this.add(InlineKeyboard.url(text, url));
  }

  /** Makes a button that opens a URL; see {@linkcode InlineKeyboard.url}. */
  static url(text: string | ButtonLabel, url: string): InlineKeyboardButton.UrlButton {
    return { ...label(text), url };
  }

  /**
   * Adds a button whose press comes to the bot as a callback query, for `bot.callbackQuery`.
   *
   * @param text Text on the button, or an object with text, style and icon
   * @param data What the callback query carries, 1 to 64 bytes. Default: the text
   * @throws {RangeError} If the data is empty or longer than 64 bytes of UTF-8
   */
  text(text: string | ButtonLabel, data?: string): this {
    return this.add(InlineKeyboard.text(text, data));
  }

  /** Makes a button that sends a callback query; see {@linkcode InlineKeyboard.text}. */
  static text(text: string | ButtonLabel, data?: string): InlineKeyboardButton.CallbackButton {
    const button = label(text);
    return checked({ ...button, callback_data: data ?? button.text });
  }

  /**
   * Adds a button that opens a Web App. In private chats only.
   *
   * @param text Text on the button, or an object with text, style and icon
   * @param url HTTPS URL of the Web App
   */
  webApp(text: string | ButtonLabel, url: string | WebAppInfo): this {
    return this.add(InlineKeyboard.webApp(text, url));
  }

  /** Makes a button that opens a Web App; see {@linkcode InlineKeyboard.webApp}. */
  static webApp(
    text: string | ButtonLabel,
    url: string | WebAppInfo,
  ): InlineKeyboardButton.WebAppButton {
    return { ...label(text), web_app: typeof url === "string" ? { url } : url };
  }

  /**
   * Adds a button that opens a page and logs the user in there with their Telegram account.
   *
   * @param text Text on the button, or an object with text, style and icon
   * @param loginUrl HTTPS URL, alone or with more options
   */
  login(text: string | ButtonLabel, loginUrl: string | LoginUrl): this {
    return this.add(InlineKeyboard.login(text, loginUrl));
  }

  /** Makes a button that logs in; see {@linkcode InlineKeyboard.login}. */
  static login(
    text: string | ButtonLabel,
    loginUrl: string | LoginUrl,
  ): InlineKeyboardButton.LoginButton {
    const login_url = typeof loginUrl === "string" ? { url: loginUrl } : loginUrl;
    return { ...label(text), login_url };
  }

  /**
   * Adds a button that does nothing.
   *
   * @param text Text on the button, or an object with text, style and icon
   */
  disabled(text: string | ButtonLabel): this {
    return this.add(InlineKeyboard.disabled(text));
  }

  /** Makes a button that does nothing; see {@linkcode InlineKeyboard.disabled}. */
  static disabled(text: string | ButtonLabel): InlineKeyboardButton.DisabledButtonButton {
    return { ...label(text), disabled: {} };
  }

  /**
   * Adds a button that lets the user choose any chat and begins an inline query to this bot there.
   *
   * @param text Text on the button, or an object with text, style and icon
   * @param query The query to begin with. Default: empty
   */
  switchInline(text: string | ButtonLabel, query?: string): this {
    return this.add(InlineKeyboard.switchInline(text, query));
  }

  /** Makes a button for an inline query; see {@linkcode InlineKeyboard.switchInline}. */
  static switchInline(
    text: string | ButtonLabel,
    query = "",
  ): InlineKeyboardButton.SwitchInlineButton {
    return { ...label(text), switch_inline_query: query };
  }

  /**
   * Adds a button that begins an inline query to this bot in the same chat.
   *
   * @param text Text on the button, or an object with text, style and icon
   * @param query The query to begin with. Default: empty
   */
  switchInlineCurrent(text: string | ButtonLabel, query?: string): this {
    return this.add(InlineKeyboard.switchInlineCurrent(text, query));
  }

  /** Makes a button for an inline query; see {@linkcode InlineKeyboard.switchInlineCurrent}. */
  static switchInlineCurrent(
    text: string | ButtonLabel,
    query = "",
  ): InlineKeyboardButton.SwitchInlineCurrentChatButton {
    return { ...label(text), switch_inline_query_current_chat: query };
  }

  /**
   * Adds a button that lets the user choose a chat of certain kinds and begins an inline query to
   * this bot there.
   *
   * @param text Text on the button, or an object with text, style and icon
   * @param query The query to begin with, and which chats can be chosen
   */
  switchInlineChosen(text: string | ButtonLabel, query?: SwitchInlineQueryChosenChat): this {
    return this.add(InlineKeyboard.switchInlineChosen(text, query));
  }

  /** Makes a button for an inline query; see {@linkcode InlineKeyboard.switchInlineChosen}. */
  static switchInlineChosen(
    text: string | ButtonLabel,
    query: SwitchInlineQueryChosenChat = {},
  ): InlineKeyboardButton.SwitchInlineChosenChatButton {
    return { ...label(text), switch_inline_query_chosen_chat: query };
  }

  /**
   * Adds a button that copies a text to the clipboard.
   *
   * @param text Text on the button, or an object with text, style and icon
   * @param copyText The text to copy, 1 to 256 characters
   * @throws {RangeError} If the text to copy is longer
   */
  copyText(text: string | ButtonLabel, copyText: string | CopyTextButton): this {
    return this.add(InlineKeyboard.copyText(text, copyText));
  }

  /** Makes a button that copies a text; see {@linkcode InlineKeyboard.copyText}. */
  static copyText(
    text: string | ButtonLabel,
    copyText: string | CopyTextButton,
  ): InlineKeyboardButton.CopyTextButtonButton {
    const copy_text = typeof copyText === "string" ? { text: copyText } : copyText;
    return checked({ ...label(text), copy_text });
  }

  /**
   * Adds a button that starts the game of the message. Telegram wants it first in the first row.
   *
   * @param text Text on the button, or an object with text, style and icon
   */
  game(text: string | ButtonLabel): this {
    return this.add(InlineKeyboard.game(text));
  }

  /** Makes a button that starts a game; see {@linkcode InlineKeyboard.game}. */
  static game(text: string | ButtonLabel): InlineKeyboardButton.GameButton {
    return { ...label(text), callback_game: {} };
  }

  /**
   * Adds a button that pays the invoice of the message. Telegram wants it first in the first row.
   *
   * @param text Text on the button, or an object with text, style and icon; "⭐" and "XTR" in the
   * text become the icon of a Telegram Star
   */
  pay(text: string | ButtonLabel): this {
    return this.add(InlineKeyboard.pay(text));
  }

  /** Makes a button that pays an invoice; see {@linkcode InlineKeyboard.pay}. */
  static pay(text: string | ButtonLabel): InlineKeyboardButton.PayButton {
    return { ...label(text), pay: true };
  }

  /**
   * Copies this keyboard, buttons and options, deeply.
   *
   * @param inline_keyboard Buttons to use instead of copies of the present ones
   */
  override clone(
    inline_keyboard: InlineKeyboardButton[][] = structuredClone(this.inline_keyboard),
  ): InlineKeyboard {
    return Object.assign(new InlineKeyboard(inline_keyboard), { ...this, inline_keyboard });
  }

  /**
   * Adds the rows of other inline keyboards at the end. Their options are not taken over.
   *
   * @param sources Inline keyboards, or rows of buttons
   * @throws {TypeError | RangeError} For a button that Telegram would refuse
   */
  append(...sources: InlineKeyboardSource[]): this {
    for (const source of sources) {
      for (const row of InlineKeyboard.from(source).inline_keyboard) this.row(...row);
    }
    return this;
  }

  /**
   * Makes an inline keyboard of rows of buttons; of an inline keyboard, a copy.
   *
   * @param source Rows of buttons, or an inline keyboard
   * @throws {TypeError | RangeError} If it is neither, or for a button that Telegram would refuse
   */
  static from(source: InlineKeyboardSource): InlineKeyboard {
    if (source instanceof InlineKeyboard) return source.clone();
    checkRows("an inline keyboard", source);
    return new InlineKeyboard(structuredClone(source));
  }
}

function checked<Button extends InlineKeyboardButton>(button: Button): Button {
  checkButton(button);
  return button;
}

function checkButton(button: InlineKeyboardButton): void {
  checkLabel(button?.text);
  const subject = `the button ${describe(button.text)}`;
  if ("callback_data" in button) {
    checkBytes(subject, "callback data", button.callback_data, 64);
  } else if ("copy_text" in button) {
    checkCharacters(subject, "text to copy", button.copy_text.text, 256);
  }
}
