/** One part of a multipart/form-data body. */
export interface Part {
  name: string;
  /** The file's name; a part without one is a parameter. */
  fileName: string | undefined;
  type: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const headEnd = encoder.encode("\r\n\r\n");

/**
 * Takes a multipart/form-data body apart (RFC 7578).
 *
 * @throws {TypeError} if the body does not follow its boundary
 */
export function parseMultipart(body: Uint8Array<ArrayBuffer>, boundary: string): Part[] {
  if (boundary === "") throw new TypeError("The content type names no boundary");
  const parts: Part[] = [];
  const delimiter = encoder.encode(`\r\n--${boundary}`);
  // The first delimiter has no line before it.
  let position = startsWith(body, delimiter.subarray(2), 0)
    ? delimiter.length - 2
    : indexOf(body, delimiter, 0) + delimiter.length;
  if (position < delimiter.length - 2) throw new TypeError("The boundary was not found");
  while (!startsWith(body, dashes, position)) {
    if (!startsWith(body, lineEnd, position)) throw new TypeError("A boundary line is broken");
    const head = indexOf(body, headEnd, position);
    if (head < 0) throw new TypeError("The head of a part does not end");
    const end = indexOf(body, delimiter, head + 2);
    if (end < 0) throw new TypeError("The last boundary is missing");
    const headers = decoder.decode(body.subarray(position + 2, Math.max(position + 2, head)));
    parts.push(readPart(headers, body.slice(Math.min(head + 4, end), end)));
    position = end + delimiter.length;
  }
  return parts;
}

const lineEnd = encoder.encode("\r\n");
const dashes = encoder.encode("--");

function readPart(headers: string, bytes: Uint8Array<ArrayBuffer>): Part {
  const part: Part = { name: "", fileName: undefined, type: "", bytes };
  for (const line of headers.split("\r\n")) {
    const colon = line.indexOf(":");
    const header = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (header === "content-type") part.type = value;
    if (header === "content-disposition") {
      part.name = attribute(value, "name") ?? "";
      part.fileName = attribute(value, "filename");
    }
  }
  if (part.name === "") throw new TypeError("A part has no name");
  return part;
}

/** Senders escape a quote as `%22` (WHATWG, "multipart/form-data encoding algorithm") or as `\"`. */
function attribute(value: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, "i").exec(value);
  if (found === null) return undefined;
  const text = found[1]?.replaceAll(/\\(["\\])/g, "$1") ?? found[2] ?? "";
  return text.replaceAll("%22", '"').replaceAll("%0D", "\r").replaceAll("%0A", "\n");
}

function startsWith(body: Uint8Array, pattern: Uint8Array, at: number): boolean {
  for (let i = 0; i < pattern.length; i++) if (body[at + i] !== pattern[i]) return false;
  return true;
}

function indexOf(body: Uint8Array, pattern: Uint8Array, from: number): number {
  const first = pattern[0]!;
  for (let at = body.indexOf(first, from); at >= 0; at = body.indexOf(first, at + 1)) {
    if (startsWith(body, pattern, at)) return at;
  }
  return -1;
}
