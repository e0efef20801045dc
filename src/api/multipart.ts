import { InputFile } from "./input_file.ts";

type Content = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** What Telegram is told of a file without a name, which goes by the extension. */
const extensions: Record<string, string> = {
  animation: "mp4",
  audio: "mp3",
  certificate: "pem",
  cover: "jpg",
  photo: "jpg",
  sticker: "webp",
  thumbnail: "jpg",
  video: "mp4",
  video_note: "mp4",
  voice: "ogg",
};

/** A file of the payload and the part that it becomes. */
interface Part {
  name: string;
  filename: string;
}

/**
 * A payload with files as `multipart/form-data` (RFC 7578). A file anywhere in it becomes a part of
 * its own, which the payload refers to as `attach://<name of the part>`.
 */
export class Upload {
  readonly #boundary = `tramline-${crypto.randomUUID()}`;
  readonly #files = new Map<InputFile, Part>();
  readonly #fields: [name: string, text: string][] = [];
  readonly #closing = new AbortController();
  #pieces: AsyncGenerator<Uint8Array<ArrayBuffer>, void> | undefined;
  #failure: unknown;

  constructor(payload: Record<string, unknown>) {
    for (const [key, value] of Object.entries(payload)) {
      const detached = detach(value, key, this.#files);
      const text = typeof detached === "string" ? detached : JSON.stringify(detached);
      if (text !== undefined) this.#fields.push([key, text]);
    }
  }

  /** The value of the header `content-type`. */
  get contentType(): string {
    return `multipart/form-data; boundary=${this.#boundary}`;
  }

  /** What made reading a file fail after the request had begun; `fetch` would hide it. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Opens all files, so that a missing one is reported instead of a request being made, and returns
   * the body, which is written while it is sent.
   */
  async open(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const files = await Promise.all(
      Array.from(this.#files, async ([file, part]) => ({
        ...part,
        content: await file.toRaw(this.#closing.signal),
      })),
    );
    const pieces = write(this.#boundary, this.#fields, files);
    this.#pieces = pieces;
    return new ReadableStream({
      pull: async (controller) => {
        try {
          const { done, value } = await pieces.next();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          this.#failure = error;
          throw error;
        }
      },
      cancel: () => this.close(),
    }, { highWaterMark: 0 });
  }

  /** Stops reading files. Telegram may answer, or the connection break, before they are at an end. */
  close(): void {
    this.#closing.abort();
    this.#pieces?.return().catch(() => {});
  }
}

/** The value with `attach://` in place of its files, which are collected. */
function detach(
  value: unknown,
  key: string,
  files: Map<InputFile, Part>,
): unknown {
  if (value instanceof InputFile) {
    let part = files.get(value);
    if (!part) {
      const extension = extensions[key] ?? "dat";
      part = { name: `file${files.size}`, filename: value.filename ?? `${key}.${extension}` };
      files.set(value, part);
    }
    return `attach://${part.name}`;
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => detach(item, key, files));
  if ("toJSON" in value && typeof value.toJSON === "function") return value.toJSON(key);
  // A file in `media: { type: "photo", media: … }` is a photo.
  const { type } = value as { type?: unknown };
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const kind = typeof type === "string" && name === "media" ? type : name;
      return [name, detach(item, kind, files)];
    }),
  );
}

async function* write(
  boundary: string,
  fields: readonly (readonly [string, string])[],
  files: readonly (Part & { content: Content })[],
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const encoder = new TextEncoder();
  const disposition = `--${boundary}\r\ncontent-disposition: form-data; name=`;
  let text = fields.map(([name, value]) => `${disposition}"${escape(name)}"\r\n\r\n${value}\r\n`)
    .join("");
  for (const { name, filename, content } of files) {
    text += `${disposition}"${name}"; filename="${escape(filename)}"\r\n` +
      "content-type: application/octet-stream\r\n\r\n";
    yield encoder.encode(text);
    if (content instanceof Uint8Array) yield content as Uint8Array<ArrayBuffer>;
    else yield* content as AsyncIterable<Uint8Array<ArrayBuffer>>;
    text = "\r\n";
  }
  yield encoder.encode(`${text}--${boundary}--\r\n`);
}

/**
 * Names are UTF-8 with quotes and line breaks percent-encoded, as browsers write them
 * (https://html.spec.whatwg.org/#multipart-form-data): otherwise a name could end its header.
 */
function escape(name: string): string {
  return name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
