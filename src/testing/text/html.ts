import type { MessageEntity } from "../../api/types.ts";
import { byPosition } from "./detect.ts";
import { byteOffset, cannotParse, type FormattedText } from "./formatted_text.ts";

const names: Record<string, MessageEntity["type"]> = {
  a: "text_link",
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  u: "underline",
  ins: "underline",
  "tg-spoiler": "spoiler",
  "tg-emoji": "custom_emoji",
  "tg-time": "date_time",
  span: "spoiler",
  pre: "pre",
  code: "code",
  blockquote: "blockquote",
};

interface OpenTag {
  name: string;
  attributes: Map<string, string>;
  /** Where it begins in the output. */
  offset: number;
}

/**
 * Reads text in Telegram's HTML.
 *
 * @throws {TelegramError} with Telegram's words for what is wrong
 */
export function parseHtml(source: string): FormattedText {
  let text = "";
  const entities: MessageEntity[] = [];
  const open: OpenTag[] = [];
  /** The languages that code elements name, for when they stand in a pre element. */
  const languages = new Map<MessageEntity, string>();
  let position = 0;
  while (position < source.length) {
    const special = source.slice(position).search(/[<&]/);
    if (special < 0) {
      text += source.slice(position);
      break;
    }
    text += source.slice(position, position + special);
    position += special;
    if (source[position] === "&") {
      const [character, length] = decodeReference(source, position);
      text += character;
      position += length;
      continue;
    }
    const begin = position;
    const at = () => `at byte offset ${byteOffset(source, begin)}`;
    if (source[position + 1] === "/") {
      const end = source.indexOf(">", position);
      if (end < 0) throw cannotParse(`Unclosed end tag ${at()}`);
      const found = source.slice(position + 2, end).trim().toLowerCase();
      const tag = open.pop();
      if (tag === undefined) throw cannotParse(`Unexpected end tag ${at()}`);
      if (found !== "" && found !== tag.name) {
        throw cannotParse(
          `Unmatched end tag ${at()}, expected "</${tag.name}>", found "</${found}>"`,
        );
      }
      close(tag, text, entities, languages);
      position = end + 1;
    } else {
      const tag = readStartTag(source, position, at);
      if (!Object.hasOwn(names, tag.name)) {
        throw cannotParse(`Unsupported start tag "${tag.name}" ${at()}`);
      }
      if (tag.name === "span" && tag.attributes.get("class") !== "tg-spoiler") {
        throw cannotParse(`Tag "span" must have class "tg-spoiler" ${at()}`);
      }
      open.push({ ...tag, offset: text.length });
      position = tag.end;
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) {
    throw cannotParse(`Can't find end tag corresponding to start tag "${unclosed.name}"`);
  }
  return { text, entities: entities.sort(byPosition) };
}

function readStartTag(
  source: string,
  position: number,
  at: () => string,
): { name: string; attributes: Map<string, string>; end: number } {
  const name = /^<([^\s>]*)/.exec(source.slice(position, position + 80))?.[1]?.toLowerCase() ?? "";
  const attributes = new Map<string, string>();
  const attribute = /\s*([^\s=>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+)))?/y;
  attribute.lastIndex = position + 1 + name.length;
  let end = attribute.lastIndex;
  for (let match = attribute.exec(source); match !== null; match = attribute.exec(source)) {
    const value = match[2] ?? match[3] ?? match[4] ?? "";
    attributes.set(match[1]!.toLowerCase(), decodeAll(value));
    end = attribute.lastIndex;
  }
  while (/\s/.test(source[end] ?? "")) end++;
  if (source[end] === undefined) throw cannotParse(`Unclosed start tag ${at()}`);
  if (source[end] !== ">") {
    throw cannotParse(`Unexpected character in the start tag "${name}" ${at()}`);
  }
  return { name, attributes, end: end + 1 };
}

function close(
  tag: OpenTag,
  text: string,
  entities: MessageEntity[],
  languages: Map<MessageEntity, string>,
): void {
  const { name, attributes, offset } = tag;
  const length = text.length - offset;
  if (length === 0) return;
  const place = { offset, length };
  const type = names[name]!;
  switch (type) {
    case "text_link": {
      const url = attributes.get("href") || text.slice(offset);
      const mention = /^tg:\/\/user\?id=(\d+)/.exec(url);
      if (mention !== null) entities.push(mentionOf(place, Number(mention[1])));
      else if (isLink(url)) entities.push({ type, ...place, url: normalized(url) });
      break;
    }
    case "code": {
      const code: MessageEntity = { type, ...place };
      const language = /^language-(.+)$/.exec(attributes.get("class") ?? "")?.[1];
      if (language !== undefined) languages.set(code, language);
      entities.push(code);
      break;
    }
    case "pre": {
      // <pre><code class="language-x"> is one block of code in a language.
      const inner = entities.find((entity) =>
        languages.has(entity) && entity.offset === offset && entity.length === length
      );
      if (inner === undefined) entities.push({ type, ...place });
      else entities[entities.indexOf(inner)] = { type, ...place, language: languages.get(inner)! };
      break;
    }
    case "blockquote":
      entities.push({
        type: attributes.has("expandable") ? "expandable_blockquote" : type,
        ...place,
      });
      break;
    case "custom_emoji":
      entities.push({ type, ...place, custom_emoji_id: attributes.get("emoji-id") ?? "" });
      break;
    case "date_time":
      entities.push({
        type,
        ...place,
        unix_time: Number(attributes.get("unix") ?? 0),
        date_time_format: (attributes.get("format") ?? "") as "",
      });
      break;
    default:
      entities.push({ type, ...place } as MessageEntity);
  }
}

/** A mention of a user by id; who it is will be filled in by the one who knows. */
export function mentionOf(
  place: { offset: number; length: number },
  id: number,
): MessageEntity.TextMentionMessageEntity {
  return { type: "text_mention", ...place, user: { id, is_bot: false, first_name: "" } };
}

/** Does a text make a link? Otherwise it stays plain, without an error. */
export function isLink(url: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|mailto:|tel:)?[^\s/]+\.?[^\s]*$/i.test(url) &&
    /[.:]/.test(url);
}

/** A link as Telegram gives it back: with a scheme, and a path after the host. */
export function normalized(url: string): string {
  const full = /^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `http://${url}`;
  return /^https?:\/\/[^/?#]+$/i.test(full) ? `${full}/` : full;
}

const references: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"' };

/** The character that `&…;` stands for, and how long it is written; `&` itself if for none. */
function decodeReference(source: string, position: number): [string, number] {
  const match = /^&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));?/i.exec(
    source.slice(position, position + 12),
  );
  if (match === null) return ["&", 1];
  const [whole, hex, decimal, name] = match;
  if (name !== undefined) {
    const character = references[name];
    return character === undefined ? ["&", 1] : [character, whole.length];
  }
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code > 0 && code < 0x110000 ? [String.fromCodePoint(code), whole.length] : ["&", 1];
}

function decodeAll(text: string): string {
  let decoded = "";
  for (let position = 0; position < text.length;) {
    const [character, length] = text[position] === "&"
      ? decodeReference(text, position)
      : [text[position]!, 1] as const;
    decoded += character;
    position += length;
  }
  return decoded;
}
