/**
 * The members of a JSON object, in order. Telegram does not report a body that is not JSON: it keeps
 * what it has read before the fault, so a body that was cut off still yields its first members.
 */
export function parseJsonObject(text: string): Iterable<[string, unknown]> {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== "object" || Array.isArray(value)) return [];
    return Object.entries(value);
  } catch {
    return readMembers(text);
  }
}

/** One JSON string, number, literal or punctuation mark, with the white space before it. */
const token =
  /\s*("(?:[^"\\\n\r\t]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|[[\]{}:,])/y;

function readMembers(text: string): [string, unknown][] {
  const members: [string, unknown][] = [];
  token.lastIndex = 0;
  if (next(text) !== "{") return members;
  for (;;) {
    const name = parse(next(text));
    if (typeof name !== "string" || next(text) !== ":") return members;
    const start = token.lastIndex;
    if (!skipValue(text)) return members;
    const value = parse(text.slice(start, token.lastIndex));
    if (value === undefined) return members;
    members.push([name, value]);
    if (next(text) !== ",") return members;
  }
}

function next(text: string): string | undefined {
  return token.exec(text)?.[1];
}

/** Moves past one value; false if the text ends or breaks off inside it. */
function skipValue(text: string): boolean {
  let depth = 0;
  do {
    const found = next(text);
    if (found === undefined) return false;
    if (found === "{" || found === "[") depth++;
    if (found === "}" || found === "]") depth--;
  } while (depth > 0);
  return true;
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
