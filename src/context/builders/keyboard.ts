import type {
  KeyboardButton,
  KeyboardButtonPollType,
  KeyboardButtonRequestChat,
  KeyboardButtonRequestManagedBot,
  KeyboardButtonRequestUsers,
} from "../../api/types.ts";
import { ButtonGrid, type ButtonLabel, label } from "./button_grid.ts";
import { checkCharacters, checkedRequestId, checkLabel, checkRows } from "./limits.ts";

export type { ButtonGrid, ButtonLabel, FlowOptions } from "./button_grid.ts";

/** What can be turned into a {@linkcode Keyboard}: another one, or rows of buttons or labels. */
export type KeyboardSource = (string | KeyboardButton)[][] | Keyboard;

/**
 * Builds a custom keyboard, the one that takes the place of the user's own. Pressing a button sends
 * its text as a message, or what the kind of the button says.
 *
 * ```ts
 * import { Bot, Keyboard } from "@tramline/tramline";
 *
 * const keyboard = new Keyboard()
 *   .text("Yes").success().text("No").danger().row()
 *   .requestLocation("Here I am")
 *   .resized()
 *   .oneTime();
 *
 * const bot = new Bot("123456:token");
 * bot.command("ask", (ctx) => ctx.reply("Shall we meet?", { reply_markup: keyboard }));
 * ```
 *
 * Every method that adds a button also exists as a static method that returns the button, for
 * keyboards made of data. An array of rows of strings makes a keyboard of text buttons.
 *
 * ```ts
 * import { Keyboard } from "@tramline/tramline";
 *
 * const sizes = Keyboard.from([["S", "M"], ["L", "XL"]]);
 * const days = Keyboard.from([["Mon", "Tue", "Wed"].map((day) => Keyboard.text(day, "primary"))]);
 * ```
 *
 * @see https://core.telegram.org/bots/features#keyboards
 */
export class Keyboard extends ButtonGrid<KeyboardButton, Keyboard> {
  /** The rows of buttons. */
  readonly keyboard: KeyboardButton[][];
  /** Show the keyboard always when the regular one is hidden. */
  declare is_persistent?: boolean;
  /** Show the keyboard only to users mentioned in the text, or to whom the message replies. */
  declare selective?: boolean;
  /** Hide the keyboard once a button is pressed. */
  declare one_time_keyboard?: boolean;
  /** Make the keyboard as small as its buttons allow. */
  declare resize_keyboard?: boolean;
  /** Shown in the empty input field while the keyboard is there. */
  declare input_field_placeholder?: string;

  /**
   * Begins a keyboard.
   *
   * @param keyboard Rows to begin with; this very array is extended. Default: one empty row
   * @throws {TypeError} For a button without text
   */
  constructor(keyboard: KeyboardButton[][] = [[]]) {
    super();
    keyboard.flat().forEach(checkButton);
    this.keyboard = keyboard;
  }

  /** The rows, under the name that the base class knows. */
  protected override get rows(): KeyboardButton[][] {
    return this.keyboard;
  }

  /** Refuses a button that Telegram would refuse. */
  protected override check(button: KeyboardButton): void {
    checkButton(button);
  }

  /** A copy of the button that looks otherwise. */
  protected override restyle(button: KeyboardButton, looks: Partial<ButtonLabel>): KeyboardButton {
    return { ...toObject(button), ...looks };
  }

  /**
   * Adds a button that sends its text as a message.
   *
   * @param text Text on the button
   * @param options A style, or style and icon
   */
  text(text: string, options?: ButtonLabel["style"] | Omit<ButtonLabel, "text">): this {
    return this.add(Keyboard.text(text, options));
  }

  /** Makes a button that sends its text as a message; see {@linkcode Keyboard.text}. */
  static text(
    text: string,
    options?: ButtonLabel["style"] | Omit<ButtonLabel, "text">,
  ): KeyboardButton.CommonButton {
    return label(typeof options === "string" ? { text, style: options } : { text, ...options });
  }

  /**
   * Adds a button that lets the user choose users and shares them with the bot in a `users_shared`
   * message. In private chats only.
   *
   * @param text Text on the button, or an object with text, style and icon
   * @param requestId Signed 32-bit number that comes back with the answer
   * @param options Which users can be chosen, how many, and what to tell about them
   */
  requestUsers(
    text: string | ButtonLabel,
    requestId: number,
    options?: Omit<KeyboardButtonRequestUsers, "request_id">,
  ): this {
    return this.add(Keyboard.requestUsers(text, requestId, options));
  }

  /** Makes a button that asks for users; see {@linkcode Keyboard.requestUsers}. */
  static requestUsers(
    text: string | ButtonLabel,
    requestId: number,
    options: Omit<KeyboardButtonRequestUsers, "request_id"> = {},
  ): KeyboardButton.RequestUsersButton {
    const button = label(text);
    const request_id = checkedRequestId(button.text, requestId);
    return { ...button, request_users: { request_id, ...options } };
  }

  /**
   * Adds a button that lets the user choose a chat and shares it with the bot in a `chat_shared`
   * message. In private chats only.
   *
   * @param text Text on the button, or an object with text, style and icon
   * @param requestId Signed 32-bit number that comes back with the answer
   * @param options Which chats can be chosen. Default: any group
   */
  requestChat(
    text: string | ButtonLabel,
    requestId: number,
    options?: Omit<KeyboardButtonRequestChat, "request_id">,
  ): this {
    return this.add(Keyboard.requestChat(text, requestId, options));
  }

  /** Makes a button that asks for a chat; see {@linkcode Keyboard.requestChat}. */
  static requestChat(
    text: string | ButtonLabel,
    requestId: number,
    options: Omit<KeyboardButtonRequestChat, "request_id"> = { chat_is_channel: false },
  ): KeyboardButton.RequestChatButton {
    const button = label(text);
    const request_id = checkedRequestId(button.text, requestId);
    return { ...button, request_chat: { request_id, ...options } };
  }

  /**
   * Adds a button that sends the user's phone number. In private chats only.
   *
   * @param text Text on the button, or an object with text, style and icon
   */
  requestContact(text: string | ButtonLabel): this {
    return this.add(Keyboard.requestContact(text));
  }

  /** Makes a button that sends the user's phone number; see {@linkcode Keyboard.requestContact}. */
  static requestContact(
    text: string | ButtonLabel,
  ): KeyboardButton.RequestContactButton {
    return { ...label(text), request_contact: true };
  }

  /**
   * Adds a button that sends where the user is. In private chats only.
   *
   * @param text Text on the button, or an object with text, style and icon
   */
  requestLocation(text: string | ButtonLabel): this {
    return this.add(Keyboard.requestLocation(text));
  }

  /** Makes a button that sends where the user is; see {@linkcode Keyboard.requestLocation}. */
  static requestLocation(
    text: string | ButtonLabel,
  ): KeyboardButton.RequestLocationButton {
    return { ...label(text), request_location: true };
  }

  /**
   * Adds a button that lets the user write a poll and send it to the bot. In private chats only.
   *
   * @param text Text on the button, or an object with text, style and icon
   * @param type Only `"quiz"` or only `"regular"`. Default: any
   */
  requestPoll(
    text: string | ButtonLabel,
    type?: KeyboardButtonPollType["type"],
  ): this {
    return this.add(Keyboard.requestPoll(text, type));
  }

  /** Makes a button that asks for a poll; see {@linkcode Keyboard.requestPoll}. */
  static requestPoll(
    text: string | ButtonLabel,
    type?: KeyboardButtonPollType["type"],
  ): KeyboardButton.RequestPollButton {
    return { ...label(text), request_poll: type === undefined ? {} : { type } };
  }

  /**
   * Adds a button that lets the user create a bot for this bot to manage. In private chats only.
   *
   * @param text Text on the button, or an object with text, style and icon
   * @param requestId Signed 32-bit number that comes back with the answer
   * @param options Name and username to suggest
   */
  requestManagedBot(
    text: string | ButtonLabel,
    requestId: number,
    options?: Omit<KeyboardButtonRequestManagedBot, "request_id">,
  ): this {
    return this.add(Keyboard.requestManagedBot(text, requestId, options));
  }

  /** Makes a button that asks for a bot; see {@linkcode Keyboard.requestManagedBot}. */
  static requestManagedBot(
    text: string | ButtonLabel,
    requestId: number,
    options: Omit<KeyboardButtonRequestManagedBot, "request_id"> = {},
  ): KeyboardButton.RequestManagedBotButton {
    const button = label(text);
    const request_id = checkedRequestId(button.text, requestId);
    return { ...button, request_managed_bot: { request_id, ...options } };
  }

  /**
   * Adds a button that opens a Web App, which can send a `web_app_data` message. In private chats
   * only.
   *
   * @param text Text on the button, or an object with text, style and icon
   * @param url HTTPS URL of the Web App
   */
  webApp(text: string | ButtonLabel, url: string): this {
    return this.add(Keyboard.webApp(text, url));
  }

  /** Makes a button that opens a Web App; see {@linkcode Keyboard.webApp}. */
  static webApp(
    text: string | ButtonLabel,
    url: string,
  ): KeyboardButton.WebAppButton {
    return { ...label(text), web_app: { url } };
  }

  /**
   * Keeps the keyboard in view when the regular one is hidden.
   *
   * @param isEnabled `false` to switch it off again. Default: `true`
   */
  persistent(isEnabled = true): this {
    this.is_persistent = isEnabled;
    return this;
  }

  /**
   * Shows the keyboard only to users mentioned in the text, or to whom the message replies.
   *
   * @param isEnabled `false` to switch it off again. Default: `true`
   */
  selected(isEnabled = true): this {
    this.selective = isEnabled;
    return this;
  }

  /**
   * Hides the keyboard once a button is pressed.
   *
   * @param isEnabled `false` to switch it off again. Default: `true`
   */
  oneTime(isEnabled = true): this {
    this.one_time_keyboard = isEnabled;
    return this;
  }

  /**
   * Makes the keyboard as small as its buttons allow.
   *
   * @param isEnabled `false` to switch it off again. Default: `true`
   */
  resized(isEnabled = true): this {
    this.resize_keyboard = isEnabled;
    return this;
  }

  /**
   * Shows a hint in the empty input field.
   *
   * @param value The hint, at most 64 characters
   * @throws {RangeError} If it is longer
   */
  placeholder(value: string): this {
    checkCharacters("a keyboard", "placeholder", value, 64);
    this.input_field_placeholder = value;
    return this;
  }

  /**
   * Copies this keyboard, buttons and options, deeply.
   *
   * @param keyboard Buttons to use instead of copies of the present ones
   */
  override clone(keyboard: KeyboardButton[][] = structuredClone(this.keyboard)): Keyboard {
    return Object.assign(new Keyboard(keyboard), { ...this, keyboard });
  }

  /**
   * Adds the rows of other keyboards at the end. Their options are not taken over.
   *
   * @param sources Keyboards, or rows of buttons or labels
   * @throws {TypeError} For a button without text
   */
  append(...sources: KeyboardSource[]): this {
    for (const source of sources) {
      for (const row of Keyboard.from(source).keyboard) this.row(...row);
    }
    return this;
  }

  /** The rows of buttons, without the options; the keyboard itself serves as `reply_markup`. */
  build(): KeyboardButton[][] {
    return this.keyboard;
  }

  /**
   * Makes a keyboard of rows of buttons or labels; of a keyboard, a copy.
   *
   * @param source Rows of buttons or labels, or a keyboard
   * @throws {TypeError} If it is none of these, or for a button without text
   */
  static from(source: KeyboardSource): Keyboard {
    if (source instanceof Keyboard) return source.clone();
    checkRows("a keyboard", source);
    return new Keyboard(structuredClone(source.map((row) => row.map(toObject))));
  }
}

function toObject(button: KeyboardButton): Exclude<KeyboardButton, string> {
  return typeof button === "string" ? Keyboard.text(button) : button;
}

function checkButton(button: KeyboardButton): void {
  checkLabel(typeof button === "string" ? button : button?.text);
}
