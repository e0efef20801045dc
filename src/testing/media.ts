import type { Message, PhotoSize } from "../api/types.ts";
import type { FileStore, MediaKind, StoredFile } from "./files.ts";
import type { UploadedFile } from "./params.ts";

/** What is said about a file besides its bytes. The simulator does not look into files. */
export interface MediaDetails {
  /** Width of a photo or film. */
  width?: number;
  /** Height of a photo or film. */
  height?: number;
  /** Length of a film or sound, in seconds. */
  duration?: number;
  /** Diameter of a video note. */
  length?: number;
  /** Who plays, for music. */
  performer?: string;
  /** The title, for music. */
  title?: string;
  /** The emoji of a sticker. */
  emoji?: string;
  /** A small picture of the file. */
  thumbnail?: UploadedFile;
}

/** Keeps a file and makes the fields of a message that shows it. */
export function storeMedia(
  files: FileStore,
  kind: MediaKind,
  upload: UploadedFile,
  details: MediaDetails = {},
): Partial<Message> {
  const file = files.add(kind, upload);
  const content = contentOf(files, kind, file, details);
  files.remember(file.file_id, content);
  return content;
}

function contentOf(
  files: FileStore,
  kind: MediaKind,
  file: StoredFile,
  details: MediaDetails,
): Partial<Message> {
  const { width = 640, height = 480, duration = 1, performer, title } = details;
  const { file_id, file_unique_id } = file;
  const core = { file_id, file_unique_id, file_size: file.bytes.length };
  const named = { file_name: file.name, mime_type: file.type };
  const thumbnail = details.thumbnail && sizeOf(files.add("thumbnail", details.thumbnail), 90, 90);
  const withThumbnail = thumbnail === undefined ? {} : { thumbnail };
  switch (kind) {
    case "photo": {
      // Telegram makes several sizes; a bot that takes the first gets the smallest.
      const small = files.add("photo", { name: file.name, type: file.type, bytes: file.bytes });
      const photo = [sizeOf(small, 90, 67), sizeOf(file, width, height)];
      return { photo };
    }
    case "document":
      return { document: { ...named, ...withThumbnail, ...core } };
    case "audio": {
      const known = {
        ...(performer !== undefined && { performer }),
        ...(title !== undefined && { title }),
      };
      return { audio: { duration, ...known, ...named, ...withThumbnail, ...core } };
    }
    case "voice":
      return { voice: { duration, mime_type: file.type, ...core } };
    case "video":
      return { video: { width, height, duration, ...named, ...withThumbnail, ...core } };
    case "animation": {
      const document = { ...named, ...withThumbnail, ...core };
      return { animation: { width, height, duration, ...document }, document };
    }
    case "video_note":
      return { video_note: { length: details.length ?? 240, duration, ...withThumbnail, ...core } };
    case "live_photo":
      return { live_photo: { width, height, duration, mime_type: file.type, ...core } };
    case "sticker": {
      const { emoji = "👍" } = details;
      const flags = {
        is_animated: file.name.endsWith(".tgs"),
        is_video: file.name.endsWith(".webm"),
      };
      return { sticker: { type: "regular", width: 512, height: 512, ...flags, emoji, ...core } };
    }
  }
}

function sizeOf(
  { file_id, file_unique_id, bytes }: StoredFile,
  width: number,
  height: number,
): PhotoSize {
  return { file_id, file_unique_id, file_size: bytes.length, width, height };
}
