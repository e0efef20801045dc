import { describe } from "../base/describe.ts";
import { checkFile, readFile } from "../base/platform.ts";

/** A value, or a function that supplies it. */
export type MaybeSupplier<T> = T | (() => T | Promise<T>);

/**
 * What the content of an {@linkcode InputFile} can come from: the path of a local file, a URL to
 * fetch (`file:` too), a `Blob` or `File`, an answer of `fetch`, bytes, a stream, or anything that
 * yields bytes piece by piece.
 */
export type FileSource =
  | string
  | URL
  | { url: string }
  | Blob
  | Response
  | Uint8Array
  | ArrayBuffer
  | ReadableStream<Uint8Array>
  | Iterable<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** Thrown by {@linkcode InputFile.toJSON}, and how the client finds out that there is a file. */
export class FileAsJsonError extends TypeError {}

/**
 * A file to upload, anywhere in the parameters of a method.
 *
 * Files, URLs and streams are sent as they are read, never held in memory as a whole. A stream, a
 * `Response` or an iterable can be sent once; to send it again, pass a function that makes a new
 * one. All other sources can be sent any number of times.
 *
 * A text as source is a path. To let Telegram itself fetch a URL, or to send a file that it already
 * has by its file id, pass the text to the method without an `InputFile`.
 *
 * @see {@link https://core.telegram.org/bots/api#sending-files Bot API: Sending files}
 *
 * @example
 * ```ts
 * import { Bot, InputFile } from "@tramline/tramline";
 *
 * const bot = new Bot("123456:ABC");
 * bot.command("cat", (ctx) => ctx.replyWithPhoto(new InputFile("photos/cat.jpg")));
 * bot.command("report", (ctx) => {
 *   const table = new TextEncoder().encode("name;count\ncats;3\n");
 *   return ctx.replyWithDocument(new InputFile(table, "report.csv"));
 * });
 * ```
 */
export class InputFile {
  readonly #source: MaybeSupplier<FileSource>;
  #consumed = false;

  /** The file's name, as its recipients see it; if absent, the parameter's name makes one. */
  readonly filename?: string;

  /**
   * Describes a file to upload. Nothing is read before it is sent.
   *
   * @param file Where the content comes from
   * @param filename The file's name. Default: that of the path, the URL or the `File`, if it has one
   * @throws {TypeError} if the content cannot come from that
   */
  constructor(file: MaybeSupplier<FileSource>, filename?: string) {
    if (typeof file !== "function") checkSource(file);
    this.#source = file;
    filename ??= guessName(file);
    if (filename !== undefined) this.filename = filename;
  }

  /**
   * The content. Called by the client for each upload.
   *
   * @param signal Aborts the request if the content comes from a URL
   * @throws {Error} if there is no such file, the URL cannot be fetched, or the content was already
   * consumed
   */
  async toRaw(signal?: AbortSignal): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
    let source: FileSource;
    if (typeof this.#source === "function") {
      source = await this.#source();
      checkSource(source);
    } else {
      source = this.#source;
    }
    if (source instanceof Uint8Array) return source;
    if (source instanceof ArrayBuffer) return new Uint8Array(source);
    if (source instanceof Blob) return chunks(source.stream());
    if (source instanceof Response) {
      this.#consume();
      return contentOf(source);
    }
    const url = typeof source === "string" ? undefined : urlOf(source);
    if (url && url.protocol !== "file:") return contentOf(await download(url, signal));
    if (url || typeof source === "string") {
      const path = url ?? source as string;
      await checkFile(path);
      return readFile(path);
    }
    this.#consume();
    return chunks(source as Iterable<Uint8Array>);
  }

  /**
   * Fails: a file is uploaded, it cannot be written as JSON.
   *
   * @throws {TypeError} always
   */
  toJSON(): never {
    throw new FileAsJsonError(
      "Cannot write an InputFile as JSON: a file can only be uploaded. " +
        "Pass it in the parameters of a Bot API method.",
    );
  }

  #consume(): void {
    // What a function supplies is new each time.
    if (typeof this.#source === "function") return;
    if (this.#consumed) {
      const name = this.filename === undefined
        ? "this file"
        : `the file ${describe(this.filename)}`;
      throw new Error(
        `Cannot send ${name} again: its source could be read only once. ` +
          "To send it several times, create the InputFile with a function that returns a new " +
          "source, or send it by the file id of the first message.",
      );
    }
    this.#consumed = true;
  }
}

function checkSource(source: unknown): asserts source is FileSource {
  if (typeof source === "string") {
    if (/^https?:\/\//i.test(source)) {
      throw new TypeError(
        `Cannot take a file from the text "${
          /^\w+:/.exec(source)
        }//…": a text must be the path of a ` +
          "local file. " +
          "Pass new URL(…) to upload what is there, or pass the text to the method without an " +
          "InputFile to let Telegram fetch it.",
      );
    }
    if (source !== "") return;
  } else if (typeof source === "object" && source !== null) {
    if (source instanceof Uint8Array || source instanceof ArrayBuffer) return;
    if (source instanceof Blob || source instanceof Response) return;
    if (Symbol.asyncIterator in source || Symbol.iterator in source) return;
    if (source instanceof URL) return;
    if ("url" in source && typeof source.url === "string" && URL.canParse(source.url)) return;
  }
  throw new TypeError(
    "Cannot take a file from this source: it must be a path, a URL, a Blob, a Response, a " +
      `Uint8Array, a stream or an iterable of Uint8Array, given ${describe(source)}.`,
  );
}

/** The address in a URL or in an object with a `url`; of `http.IncomingMessage` it is the content. */
function urlOf(source: object): URL | undefined {
  if (source instanceof URL) return source;
  if (Symbol.asyncIterator in source || Symbol.iterator in source) return undefined;
  return "url" in source && source.url ? new URL(source.url as string) : undefined;
}

function guessName(source: MaybeSupplier<FileSource>): string | undefined {
  if (typeof source === "string") return lastSegment(source);
  if (typeof source === "function") return undefined;
  const url = urlOf(source);
  if (url) return lastSegment(decode(url.pathname));
  // The name of a `File`, the path of a stream from `node:fs`.
  const { name, path = name } = source as { name?: unknown; path?: unknown };
  return typeof path === "string" ? lastSegment(path) : undefined;
}

function lastSegment(path: string): string | undefined {
  return path.split(/[\\/]/).at(-1) || undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function download(url: URL, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal: signal ?? null });
  } catch (cause) {
    throw new Error(`Cannot fetch the file ${place(url)} to upload it: no answer came.`, { cause });
  }
}

function contentOf(response: Response): AsyncIterable<Uint8Array> {
  const file = response.url ? `the file ${place(new URL(response.url))}` : "the file of a Response";
  if (!response.ok) {
    const status = `${response.status} ${response.statusText}`.trimEnd();
    throw new Error(`Cannot fetch ${file} to upload it: the answer is ${status}.`);
  }
  if (response.bodyUsed) throw new Error(`Cannot send ${file}: its body was already read.`);
  return chunks(response.body ?? []);
}

/**
 * Without the query, which may hold a signature. In its full length, since the client can remove a
 * bot's token from it only as a whole.
 */
function place(url: URL): string {
  return JSON.stringify(url.host ? url.origin + url.pathname : `${url.protocol}…`);
}

async function* chunks(
  source: Iterable<unknown> | AsyncIterable<unknown>,
): AsyncGenerator<Uint8Array, void> {
  if (source instanceof ReadableStream && source.locked) {
    throw new Error("Cannot send a file from this stream: it is being read, or has been.");
  }
  for await (const chunk of source) {
    if (!(chunk instanceof Uint8Array)) {
      throw new TypeError(
        `Cannot send this piece of a file: it must be a Uint8Array, given ${describe(chunk)}.`,
      );
    }
    yield chunk;
  }
}
