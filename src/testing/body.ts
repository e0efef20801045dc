import { parseMultipart } from "./multipart.ts";
import { Params, type UploadedFile } from "./params.ts";
import { parseJsonObject } from "./partial_json.ts";

/** A request that breaks the protocol itself: answered without a body, and the connection ends. */
export class ProtocolError extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.name = "ProtocolError";
    this.status = status;
  }
}

/** What of a request carries parameters. */
export interface RawBody {
  /** The query string, without `?`. */
  query: string;
  contentType: string;
  /** `Content-Encoding`; empty for none. */
  encoding: string;
  body: string | Uint8Array<ArrayBuffer>;
}

/** All parameters together, query and body, without files. */
const longestParameters = 1 << 20;
const mostFiles = 50;

const decoder = new TextDecoder();

/**
 * Reads the parameters of a request. The query string comes first, and the first of two values wins.
 * What cannot be parsed is not reported: the parameters before the fault stay in effect.
 *
 * @throws {ProtocolError} 413 for too much, 400 for a broken multipart body
 */
export async function readParams({ query, contentType, encoding, body }: RawBody): Promise<Params> {
  const fields = new Map<string, unknown>();
  const files = new Map<string, UploadedFile>();
  let size = query.length;
  if (query !== "") addForm(fields, query);
  if (encoding !== "") body = await decompress(bytesOf(body), encoding);

  if (body.length === 0) {
    // nothing more
  } else if (contentType.includes("application/x-www-form-urlencoded")) {
    const text = textOf(body);
    size += text.length;
    if (size <= longestParameters) addForm(fields, text);
  } else if (contentType.includes("application/json")) {
    size += body.length;
    if (size <= longestParameters) {
      for (const [name, value] of parseJsonObject(textOf(body))) add(fields, name, value);
    }
  } else if (contentType.includes("multipart/form-data")) {
    for (const part of multipart(bytesOf(body), contentType)) {
      if (part.fileName === undefined) {
        size += part.name.length + part.bytes.length;
        add(fields, part.name, decoder.decode(part.bytes));
      } else if (!files.has(part.name)) {
        files.set(part.name, { name: part.fileName, type: part.type, bytes: part.bytes });
      }
    }
  } else {
    // Any other body is one uploaded file.
    files.set("file", { name: "file", type: contentType, bytes: bytesOf(body) });
  }
  if (size > longestParameters) throw new ProtocolError(413, "The parameters are over 1 MiB");
  if (files.size > mostFiles) throw new ProtocolError(413, "There are more than 50 files");
  return new Params(fields, files);
}

function add(fields: Map<string, unknown>, name: string, value: unknown): void {
  if (!fields.has(name)) fields.set(name, value);
}

function addForm(fields: Map<string, unknown>, text: string): void {
  for (const [name, value] of new URLSearchParams(text)) add(fields, name, value);
}

function multipart(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
): ReturnType<typeof parseMultipart> {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  try {
    return parseMultipart(body, boundary?.[1] ?? boundary?.[2] ?? "");
  } catch (error) {
    throw new ProtocolError(400, (error as Error).message);
  }
}

async function decompress(
  body: Uint8Array<ArrayBuffer>,
  encoding: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (encoding !== "gzip" && encoding !== "deflate") {
    throw new ProtocolError(415, `The content encoding ${encoding} is not known`);
  }
  try {
    const stream = new Blob([body]).stream().pipeThrough(new DecompressionStream(encoding));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new ProtocolError(400, "The body cannot be decompressed");
  }
}

function bytesOf(body: string | Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return typeof body === "string" ? new TextEncoder().encode(body) : body;
}

function textOf(body: string | Uint8Array<ArrayBuffer>): string {
  return typeof body === "string" ? body : decoder.decode(body);
}
