import type { Message } from "../api/types.ts";
import type { UploadedFile } from "./params.ts";
import type { Random } from "./random.ts";

/** The kinds of files that are the content of a message. */
export type MediaKind =
  | "photo"
  | "document"
  | "audio"
  | "voice"
  | "video"
  | "animation"
  | "video_note"
  | "sticker"
  | "live_photo";

/** What a file is used as; it decides over the folder in its path, and its id. */
export type FileKind = MediaKind | "thumbnail";

/** A file on Telegram's servers. */
export interface StoredFile {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly kind: FileKind;
  /** Where it is found under `/file/bot<token>/`. */
  readonly path: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const extensions: Record<FileKind, string> = {
  photo: "jpg",
  document: "bin",
  audio: "mp3",
  voice: "oga",
  video: "mp4",
  animation: "mp4",
  video_note: "mp4",
  sticker: "webp",
  live_photo: "mp4",
  thumbnail: "jpg",
};

const mediaTypes: Partial<Record<string, string>> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  gif: "image/gif",
  webp: "image/webp",
  pdf: "application/pdf",
  txt: "text/plain",
  json: "application/json",
  mp3: "audio/mpeg",
  oga: "audio/ogg",
  ogg: "audio/ogg",
  mp4: "video/mp4",
  zip: "application/zip",
};

/** The files that bots and users have uploaded. Whoever has an id can use the file. */
export class FileStore {
  readonly #random: Random;
  readonly #byId = new Map<string, StoredFile>();
  readonly #byPath = new Map<string, StoredFile>();
  readonly #media = new Map<string, Partial<Message>>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Keeps a file and gives it an id. */
  add(kind: FileKind, { name, type, bytes }: UploadedFile): StoredFile {
    const number = this.#byId.size + 1;
    const extension = /\.([a-z\d]{1,8})$/i.exec(name)?.[1] ?? extensions[kind];
    const stored: StoredFile = {
      file_id: `${kind}_${number}_${this.#random.text(40)}`,
      file_unique_id: `AQAD${this.#random.text(12)}`,
      kind,
      path: `${kind}s/file_${number}.${extension}`,
      name: name || `file_${number}.${extension}`,
      type: mediaType(type, extension),
      bytes,
    };
    this.#byId.set(stored.file_id, stored);
    this.#byPath.set(stored.path, stored);
    return stored;
  }

  /** The file of this id. */
  get(fileId: string): StoredFile | undefined {
    return this.#byId.get(fileId);
  }

  /** Remembers how a message shows a file, for when it is sent again by its id. */
  remember(fileId: string, content: Partial<Message>): void {
    this.#media.set(fileId, content);
  }

  /** How a message shows the file of this id. */
  contentOf(fileId: string): Partial<Message> | undefined {
    return this.#media.get(fileId);
  }

  /** The file at this path. */
  at(path: string): StoredFile | undefined {
    return this.#byPath.get(path);
  }
}

/** What a sender said, unless it said nothing: then what the name suggests. */
function mediaType(given: string, extension: string): string {
  const unknown = "application/octet-stream";
  const type = given.split(";")[0]!.trim();
  return type === "" || type === unknown ? mediaTypes[extension.toLowerCase()] ?? unknown : type;
}
