import type { MessageEntity } from "../../api/types.ts";
import { badRequest, type TelegramError } from "../errors.ts";

/** A text and what is marked in it; places are counted in UTF-16 units, as strings are. */
export interface FormattedText {
  text: string;
  entities: MessageEntity[];
}

/** The error of a text that its parse mode cannot read. */
export function cannotParse(reason: string): TelegramError {
  return badRequest(`can't parse entities: ${reason}`);
}

/** The place `index` of a string, counted in bytes of UTF-8 as Telegram's errors do. */
export function byteOffset(text: string, index: number): number {
  return new TextEncoder().encode(text.slice(0, index)).length;
}

/** Characters as Telegram limits them: Unicode code points, not UTF-16 units. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Cuts white space off both ends and moves what is marked accordingly. */
export function trimFormatted({ text, entities }: FormattedText): FormattedText {
  const trimmedEnd = text.trimEnd();
  const cut = trimmedEnd.length - trimmedEnd.trimStart().length;
  if (cut === 0 && trimmedEnd.length === text.length) return { text, entities };
  const trimmed = trimmedEnd.slice(cut);
  const moved: MessageEntity[] = [];
  for (const entity of entities) {
    const offset = Math.max(0, entity.offset - cut);
    const end = Math.min(trimmed.length, entity.offset + entity.length - cut);
    if (end > offset) moved.push({ ...entity, offset, length: end - offset });
  }
  return { text: trimmed, entities: moved };
}

/** The fields of a message that has this text. */
export function textFields(
  { text, entities }: FormattedText,
): { text: string; entities?: MessageEntity[] } {
  return entities.length === 0 ? { text } : { text, entities };
}

/** The fields of a message that has this caption; none if it is empty. */
export function captionFields(
  { text, entities }: FormattedText,
): { caption?: string; caption_entities?: MessageEntity[] } {
  if (text === "") return {};
  return entities.length === 0 ? { caption: text } : { caption: text, caption_entities: entities };
}
