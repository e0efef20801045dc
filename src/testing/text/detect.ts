import type { MessageEntity } from "../../api/types.ts";

type DetectedType =
  | "mention"
  | "hashtag"
  | "cashtag"
  | "bot_command"
  | "url"
  | "email"
  | "phone_number";

/** What Telegram marks in a text by itself. The first pattern to claim a place keeps it. */
const patterns: readonly [DetectedType, RegExp][] = [
  ["url", /(?<![\w@.-])(?:https?|ftp|tg|ton):\/\/[^\s<>"'«»]+/gi],
  ["email", /(?<![\w.+%-])[\w.+%-]+@[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,}(?![\w-])/gi],
  [
    "url",
    /(?<![\w@./-])(?:[\p{L}\d_-]+\.)+(?:com|org|net|io|me|dev|app|info|ru|de|uk|eu|fr|it|es|co|ai|gg|tv|xyz|edu|gov|land)(?![\p{L}\d_-])(?::\d{1,5})?(?:[/?#][^\s<>"'«»]*)?/giu,
  ],
  ["bot_command", /(?<![\w/<>])\/\w{1,64}(?:@\w{3,32})?(?![\w/<>])/g],
  ["mention", /(?<![\w@])@[a-z]\w{2,31}(?!\w)/gi],
  [
    "hashtag",
    /(?<![\p{L}\d_])#(?=[\p{L}\d_]*[\p{L}_])[\p{L}\d_]{1,256}(?:@\w{3,32})?(?![\p{L}\d_#])/gu,
  ],
  ["cashtag", /(?<![$\p{L}\d_])\$(?:1INCH|[A-Z]{1,8})(?:@\w{3,32})?(?![$\p{L}\d_])/gu],
  ["phone_number", /(?<![\w+])\+\d[\d ()-]{5,16}\d(?!\w)/g],
];

const hint = /[@#$/.:+]/;

/** Finds commands, links, mentions, hashtags and the like. */
export function detectEntities(text: string): MessageEntity[] {
  if (!hint.test(text)) return [];
  const found: MessageEntity[] = [];
  for (const [type, pattern] of patterns) {
    for (const match of text.matchAll(pattern)) {
      const value = type === "url" ? trimUrl(match[0]) : match[0];
      const entity = { type, offset: match.index, length: value.length };
      if (!found.some((other) => overlap(entity, other))) found.push(entity);
    }
  }
  return found.sort(byPosition);
}

/** Adds what Telegram detects to what the sender has marked, except inside links and code. */
export function withDetected(text: string, marked: readonly MessageEntity[]): MessageEntity[] {
  const closed = marked.filter((entity) =>
    ["code", "pre", "text_link", "text_mention", "custom_emoji", "date_time"]
      .includes(entity.type) || detectable.has(entity.type)
  );
  const detected = detectEntities(text)
    .filter((entity) => !closed.some((other) => overlap(entity, other)));
  if (detected.length === 0) return [...marked];
  return [...marked, ...detected].sort(byPosition);
}

const detectable = new Set<string>(patterns.map(([type]) => type));

/** Telegram's order: by place, and of two in the same place the longer first. */
export function byPosition(a: MessageEntity, b: MessageEntity): number {
  return a.offset - b.offset || b.length - a.length;
}

function overlap(a: { offset: number; length: number }, b: MessageEntity): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}

/** A full stop or closing bracket after a link is not part of it. */
function trimUrl(url: string): string {
  let end = url.length;
  while (end > 0) {
    const last = url[end - 1]!;
    const unopened = last === ")" && !url.slice(0, end - 1).includes("(");
    if (!".,:;!?".includes(last) && !unopened) break;
    end--;
  }
  return url.slice(0, end);
}
