import type { MessageEntity } from "../../api/types.ts";
import { badRequest } from "../errors.ts";
import { withDetected } from "../text/detect.ts";
import { countCharacters, type FormattedText, trimFormatted } from "../text/formatted_text.ts";
import { parseHtml } from "../text/html.ts";
import { parseMarkdown } from "../text/markdown.ts";
import { parseMarkdownV2 } from "../text/markdown_v2.ts";
import type { Call } from "./call.ts";
import { readJson } from "./json.ts";

const longestText = 4096;
const longestSource = 32_768;

/** Where a text and what is marked in it stand among the parameters of a call, or of an object. */
export interface TextSource {
  text: string;
  parseMode: string;
  entities: unknown;
}

/** The text of a message, with the checks that Telegram makes before all others. */
export function readText(call: Call, textName = "text", entitiesName = "entities"): FormattedText {
  const text = call.params.text(textName);
  if (text === "") throw badRequest("message text is empty");
  if (new TextEncoder().encode(text).length > longestSource) throw badRequest("text is too long");
  const formatted = readFormatted(call, {
    text,
    parseMode: call.params.text("parse_mode"),
    entities: readJson(call.params, entitiesName, "can't parse entities JSON object"),
  });
  if (formatted.text === "") throw badRequest("text must be non-empty");
  if (countCharacters(formatted.text) > longestText) throw badRequest("message is too long");
  return formatted;
}

/** A caption: like a text, but it may be empty, and is shorter. */
export function readCaption(call: Call, source?: TextSource, longest = 1024): FormattedText {
  const { params } = call;
  const formatted = readFormatted(
    call,
    source ?? {
      text: params.text("caption"),
      parseMode: params.text("parse_mode"),
      entities: readJson(params, "caption_entities", "can't parse entities JSON object"),
    },
  );
  if (countCharacters(formatted.text) > longest) throw badRequest("message caption is too long");
  return formatted;
}

/** Applies the parse mode or the entities, and adds what Telegram detects by itself. */
export function readFormatted({ world }: Call, source: TextSource): FormattedText {
  const parsed = trimFormatted(parse(source));
  const entities = withDetected(parsed.text, parsed.entities).flatMap((entity): MessageEntity[] => {
    if (entity.type !== "text_mention") return [entity];
    const user = world.user(entity.user.id);
    return user === undefined ? [] : [{ ...entity, user }];
  });
  return { text: parsed.text, entities };
}

function parse({ text, parseMode, entities }: TextSource): FormattedText {
  switch (parseMode.toLowerCase()) {
    case "html":
      return parseHtml(text);
    case "markdownv2":
      return parseMarkdownV2(text);
    case "markdown":
      return parseMarkdown(text);
    case "":
    case "none":
      return { text, entities: readEntities(entities, text) };
    default:
      throw badRequest("unsupported parse_mode");
  }
}

function readEntities(value: unknown, text: string): MessageEntity[] {
  if (value === undefined || !Array.isArray(value)) return [];
  const entities: MessageEntity[] = [];
  for (const item of value) {
    if (item === null || typeof item !== "object") {
      throw badRequest("can't parse MessageEntity: expected an Object");
    }
    for (const field of ["offset", "length"]) {
      if (!Number.isInteger(Number(item[field] ?? NaN))) {
        throw badRequest(`can't parse MessageEntity: Can't find field "${field}"`);
      }
    }
    if (typeof item.type !== "string") {
      throw badRequest("can't parse MessageEntity: Can't find field \"type\"");
    }
    const offset = Number(item.offset);
    const length = Math.min(Number(item.length), text.length - offset);
    if (offset >= 0 && length > 0) entities.push({ ...item, offset, length });
  }
  return entities.sort((a, b) => a.offset - b.offset || b.length - a.length);
}
