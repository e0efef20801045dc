import { describe } from "../../base/describe.ts";
import { checkLabel } from "./limits.ts";

/** The part that all buttons have in common: their label and its looks. */
export interface ButtonLabel {
  /** Label text of the button. */
  text: string;
  /** Identifier of a custom emoji shown before the text. */
  icon_custom_emoji_id?: string;
  /** Colour: `danger` is red, `success` green, `primary` blue; by default the app decides. */
  style?: "danger" | "success" | "primary";
}

/** The label that a method was given, as an object and checked. */
export function label(text: string | ButtonLabel): ButtonLabel {
  const button = typeof text === "string" ? { text } : text;
  checkLabel(button?.text);
  return button;
}

/** Options of `toFlowed` of {@linkcode Keyboard} and {@linkcode InlineKeyboard}. */
export interface FlowOptions {
  /** Fill the last row and let the *first* one be short instead. Default: `false`. */
  fillLastRow?: boolean;
}

/**
 * Rows of buttons, and what can be done with them whatever the buttons are: the common part of
 * {@linkcode Keyboard} and {@linkcode InlineKeyboard}.
 *
 * The rows live in a property of the subclass, named as the Bot API names it, so that an instance
 * serialises to exactly the object that Telegram expects.
 */
export abstract class ButtonGrid<Button, Grid> {
  /**
   * Opens the reply interface for the user, as if they had tapped "Reply" on the bot's message. In
   * an inline keyboard it cannot be changed by editing.
   */
  declare force_reply?: boolean;

  /** The rows themselves, not a copy. */
  protected abstract get rows(): Button[][];

  /** Refuses a button that Telegram would refuse. */
  protected abstract check(button: Button): void;

  /** A copy of the button that looks otherwise. */
  protected abstract restyle(button: Button, looks: Partial<ButtonLabel>): Button;

  /** A copy with the same options, and with these rows if they are given. */
  abstract clone(rows?: Button[][]): Grid;

  /**
   * Adds button objects to the last row, for instance those of the static methods.
   *
   * @param buttons The buttons to add
   * @throws {TypeError | RangeError} For a button that Telegram would refuse
   */
  add(...buttons: Button[]): this {
    for (const button of buttons) this.check(button);
    const last = this.rows.at(-1);
    if (last === undefined) this.rows.push(buttons);
    else last.push(...buttons);
    return this;
  }

  /**
   * Begins a new row; buttons added from here on go there.
   *
   * @param buttons Buttons to begin the row with
   * @throws {TypeError | RangeError} For a button that Telegram would refuse
   */
  row(...buttons: Button[]): this {
    for (const button of buttons) this.check(button);
    this.rows.push(buttons);
    return this;
  }

  /**
   * Colours the button added last.
   *
   * @param style `danger` (red), `success` (green) or `primary` (blue)
   * @throws {Error} If there is no button yet
   */
  style(style: ButtonLabel["style"]): this {
    return this.#changeLast({ style });
  }

  /** Colours the button added last red: short for `.style("danger")`. */
  danger(): this {
    return this.style("danger");
  }

  /** Colours the button added last green: short for `.style("success")`. */
  success(): this {
    return this.style("success");
  }

  /** Colours the button added last blue: short for `.style("primary")`. */
  primary(): this {
    return this.style("primary");
  }

  /**
   * Puts a custom emoji before the text of the button added last.
   *
   * @param icon Identifier of the custom emoji
   * @throws {Error} If there is no button yet
   */
  icon(icon: ButtonLabel["icon_custom_emoji_id"]): this {
    return this.#changeLast({ icon_custom_emoji_id: icon });
  }

  /**
   * Opens the reply interface when the keyboard arrives, as if the user had tapped "Reply".
   *
   * @param isEnabled `false` to switch it off again. Default: `true`
   */
  forceReply(isEnabled = true): this {
    this.force_reply = isEnabled;
    return this;
  }

  /**
   * Returns a new keyboard with rows and columns exchanged. If the rows differ in length, buttons
   * move up, since a button can never span two rows; transposing again does not undo that.
   *
   * ```
   * [ a b ]     [a c d]
   * [  c  ]  ~> [ b e ]
   * [d e f]     [  f  ]
   * ```
   */
  toTransposed(): Grid {
    const columns: Button[][] = [];
    for (const row of this.rows) {
      row.forEach((button, index) => (columns[index] ??= []).push(button));
    }
    return this.clone(structuredClone(columns));
  }

  /**
   * Returns a new keyboard in which the same buttons flow, like words, into rows of a width. To
   * flow twice is the same as to flow once.
   *
   * ```
   * [ a b ]     [a b c]
   * [ c d ]  ~> [ d e ]    (3 columns)
   * [  e  ]
   * ```
   *
   * @param columns Buttons per row at most, an integer from 1
   * @param options Whether the last row or the first may be short
   * @throws {RangeError} If `columns` is less than 1 or not whole
   */
  toFlowed(columns: number, options: FlowOptions = {}): Grid {
    if (!(columns >= 1) || (columns !== Infinity && !Number.isInteger(columns))) {
      throw new RangeError(
        `Cannot flow a keyboard: the number of columns must be an integer from 1, ` +
          `given ${describe(columns)}.`,
      );
    }
    const buttons = this.rows.flat();
    const flowed: Button[][] = [];
    let start = 0;
    let end = (options.fillLastRow && buttons.length % columns) || columns;
    while (start < buttons.length) {
      flowed.push(buttons.slice(start, end));
      [start, end] = [end, end + columns];
    }
    return this.clone(structuredClone(flowed));
  }

  /** Replaces the last button instead of changing it: the object may be in other keyboards too. */
  #changeLast(looks: Partial<ButtonLabel>): this {
    const row = this.rows.findLast((row) => row.length > 0);
    const last = row?.pop();
    if (row === undefined || last === undefined) {
      throw new Error(
        `Cannot set the ${Object.keys(looks).join()} of a button: the keyboard has none yet. ` +
          `Add a button first.`,
      );
    }
    row.push(this.restyle(last, looks));
    return this;
  }
}
