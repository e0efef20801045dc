import type { MessageEntity } from "../../api/types.ts";
import { byPosition } from "./detect.ts";
import { byteOffset, cannotParse, type FormattedText } from "./formatted_text.ts";
import { isLink, mentionOf, normalized } from "./html.ts";

interface OpenEntity {
  type: MessageEntity["type"];
  /** Where it begins in the output, and in the source for errors. */
  offset: number;
  begin: number;
  /** The language of a block of code. */
  language?: string;
}

const reserved = "_*[]()~`>#+-=|{}.!";

const titles: Partial<Record<MessageEntity["type"], string>> = {
  bold: "Bold",
  italic: "Italic",
  underline: "Underline",
  strikethrough: "Strikethrough",
  spoiler: "Spoiler",
  code: "Code",
  pre: "Pre",
  text_link: "TextUrl",
  custom_emoji: "CustomEmoji",
  blockquote: "BlockQuote",
};

/** The mark that begins or ends an entity, longest first. */
const marks: readonly [string, MessageEntity["type"]][] = [
  ["```", "pre"],
  ["||", "spoiler"],
  ["__", "underline"],
  ["![", "custom_emoji"],
  ["*", "bold"],
  ["_", "italic"],
  ["~", "strikethrough"],
  ["`", "code"],
  ["[", "text_link"],
];

/**
 * Reads text in Telegram's MarkdownV2.
 *
 * @throws {TelegramError} with Telegram's words for what is wrong
 */
export function parseMarkdownV2(source: string): FormattedText {
  return new MarkdownV2Reader(source).read();
}

class MarkdownV2Reader {
  readonly #source: string;
  readonly #entities: MessageEntity[] = [];
  readonly #open: OpenEntity[] = [];
  #text = "";
  #position = 0;
  /** Where the quotation that is open begins in the output. */
  #quote: number | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  read(): FormattedText {
    const source = this.#source;
    while (this.#position < source.length) {
      const character = source[this.#position]!;
      const inCode = this.#inCode();
      const next = source.charCodeAt(this.#position + 1);
      if (character === "\\" && next > 0 && next < 127) {
        this.#take(source[this.#position + 1]!, 2);
      } else if (inCode !== undefined && !source.startsWith(inCode, this.#position)) {
        this.#take(character, 1);
      } else if (character === ">" && this.#atLineStart()) {
        this.#quote ??= this.#text.length;
        this.#position++;
      } else if (character === "\n" && this.#quote !== undefined && !this.#quoteGoesOn()) {
        this.#closeQuote();
        this.#take(character, 1);
      } else if (!this.#end() && !this.#begin()) {
        if (reserved.includes(character)) {
          throw cannotParse(
            `Character '${character}' is reserved and must be escaped with the preceding '\\'`,
          );
        }
        this.#take(character, 1);
      }
    }
    if (this.#quote !== undefined) this.#closeQuote();
    const open = this.#open.at(-1);
    if (open !== undefined) throw this.#unended(open);
    return { text: this.#text, entities: this.#entities.sort(byPosition) };
  }

  #take(text: string, length: number): void {
    this.#text += text;
    this.#position += length;
  }

  /** The mark that ends the code that is open: nothing else counts inside it. */
  #inCode(): string | undefined {
    const type = this.#open.at(-1)?.type;
    return type === "code" ? "`" : type === "pre" ? "```" : undefined;
  }

  #atLineStart(): boolean {
    const at = this.#position;
    // "**>" separates two quotations; the reader of marks has passed an empty bold before it.
    return at === 0 || this.#source[at - 1] === "\n" ||
      (this.#source.slice(at - 2, at) === "**" && (at === 2 || this.#source[at - 3] === "\n"));
  }

  #quoteGoesOn(): boolean {
    return this.#source[this.#position + 1] === ">";
  }

  #closeQuote(): void {
    const offset = this.#quote!;
    // A last line that ends with "||" outside a spoiler makes the quotation expandable.
    const last = this.#open.at(-1);
    const expandable = last?.type === "spoiler" && last.offset === this.#text.length;
    if (expandable) this.#open.pop();
    const length = this.#text.length - offset;
    const type = expandable ? "expandable_blockquote" : "blockquote";
    if (length > 0) this.#entities.push({ type, offset, length });
    this.#quote = undefined;
  }

  #begin(): boolean {
    const found = marks.find(([mark]) => this.#source.startsWith(mark, this.#position));
    if (found === undefined) return false;
    const [mark, type] = found;
    const open: OpenEntity = { type, offset: this.#text.length, begin: this.#position };
    this.#position += mark.length;
    if (type === "pre") {
      const language = /^([^\s`]*)(\n)?/.exec(this.#source.slice(this.#position));
      if (language?.[2] !== undefined) {
        open.language = language[1]!;
        this.#position += language[0].length;
      }
    }
    this.#open.push(open);
    return true;
  }

  /** Ends the innermost entity if its mark is here. */
  #end(): boolean {
    const open = this.#open.at(-1);
    if (open === undefined) return false;
    const isLinkLike = open.type === "text_link" || open.type === "custom_emoji";
    const mark = isLinkLike ? "]" : marks.find(([, type]) => type === open.type)![0];
    if (!this.#source.startsWith(mark, this.#position)) return false;
    // "__" inside an italic is an underline: the longer mark goes first.
    if (mark === "_" && this.#source[this.#position + 1] === "_") return false;
    this.#position += mark.length;
    this.#open.pop();
    const place = { offset: open.offset, length: this.#text.length - open.offset };
    if (isLinkLike) this.#finishLink(open, place);
    else if (place.length > 0) {
      this.#entities.push(
        (open.language
          ? { type: open.type, ...place, language: open.language }
          : { type: open.type, ...place }) as MessageEntity,
      );
    }
    return true;
  }

  #finishLink(open: OpenEntity, place: { offset: number; length: number }): void {
    let url = this.#text.slice(place.offset);
    if (this.#source[this.#position] === "(") {
      url = "";
      let at = this.#position + 1;
      for (; at < this.#source.length && this.#source[at] !== ")"; at++) {
        if (this.#source[at] === "\\" && at + 1 < this.#source.length) at++;
        url += this.#source[at];
      }
      if (at >= this.#source.length) {
        throw cannotParse(
          `Can't find end of a URL at byte offset ${byteOffset(this.#source, this.#position + 1)}`,
        );
      }
      this.#position = at + 1;
    } else if (open.type === "custom_emoji") {
      throw cannotParse("Custom emoji entity must contain a tg://emoji URL");
    }
    if (place.length === 0) return;
    const mention = /^tg:\/\/user\?id=(\d+)/.exec(url);
    const emoji = /^tg:\/\/emoji\?id=(\d+)/.exec(url);
    if (open.type === "custom_emoji") {
      if (emoji === null) throw cannotParse("Custom emoji URL must have an emoji identifier");
      this.#entities.push({ type: "custom_emoji", ...place, custom_emoji_id: emoji[1]! });
    } else if (mention !== null) {
      this.#entities.push(mentionOf(place, Number(mention[1])));
    } else if (isLink(url)) {
      this.#entities.push({ type: "text_link", ...place, url: normalized(url) });
    }
  }

  #unended(open: OpenEntity): Error {
    const title = titles[open.type] ?? open.type;
    return cannotParse(
      `Can't find end of ${title} entity at byte offset ${byteOffset(this.#source, open.begin)}`,
    );
  }
}
