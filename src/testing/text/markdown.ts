import type { MessageEntity } from "../../api/types.ts";
import { byteOffset, cannotParse, type FormattedText } from "./formatted_text.ts";
import { isLink, mentionOf, normalized } from "./html.ts";

/**
 * Reads text in Telegram's first, simpler Markdown: nothing nests, and only a mark can be escaped.
 *
 * @throws {TelegramError} with Telegram's words for what is wrong
 */
export function parseMarkdown(source: string): FormattedText {
  let text = "";
  const entities: MessageEntity[] = [];
  let position = 0;
  while (position < source.length) {
    const character = source[position]!;
    if (character === "\\" && /[_*`[]/.test(source[position + 1] ?? "")) {
      text += source[position + 1];
      position += 2;
      continue;
    }
    if (!"_*`[".includes(character)) {
      text += character;
      position++;
      continue;
    }
    const begin = position;
    const block = source.startsWith("```", position);
    const mark = block ? "```" : character === "[" ? "]" : character;
    position += block ? 3 : 1;
    let language = "";
    if (block) {
      language = /^([^\s`]+)\n/.exec(source.slice(position))?.[1] ?? "";
      if (language !== "") position += language.length + 1;
    }
    const end = source.indexOf(mark, position);
    if (end < 0) {
      throw cannotParse(
        `Can't find end of the entity starting at byte offset ${byteOffset(source, begin)}`,
      );
    }
    const offset = text.length;
    text += source.slice(position, end);
    position = end + mark.length;
    const place = { offset, length: text.length - offset };
    if (character === "[") {
      let url = text.slice(offset);
      const target = /^\(([^)]*)\)/.exec(source.slice(position));
      if (target !== null) {
        url = target[1]!;
        position += target[0].length;
      }
      const mention = /^tg:\/\/user\?id=(\d+)/.exec(url);
      if (place.length === 0) continue;
      if (mention !== null) entities.push(mentionOf(place, Number(mention[1])));
      else if (isLink(url)) entities.push({ type: "text_link", ...place, url: normalized(url) });
    } else if (place.length > 0) {
      if (block) entities.push({ type: "pre", ...place, ...(language && { language }) });
      else {
        const type = character === "*" ? "bold" : character === "_" ? "italic" : "code";
        entities.push({ type, ...place });
      }
    }
  }
  return { text, entities };
}
