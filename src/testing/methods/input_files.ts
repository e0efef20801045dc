import type { Message } from "../../api/types.ts";
import { badRequest } from "../errors.ts";
import type { MediaKind } from "../files.ts";
import { type MediaDetails, storeMedia } from "../media.ts";
import type { UploadedFile } from "../params.ts";
import type { Call } from "./call.ts";

const largestPhoto = 10 * 2 ** 20;
const largestPhotoByUrl = 5 * 2 ** 20;
const largestByUrl = 20 * 2 ** 20;

const words: Record<MediaKind, string> = {
  photo: "photo",
  document: "document",
  audio: "audio",
  voice: "voice",
  video: "video",
  animation: "animation",
  video_note: "video note",
  sticker: "sticker",
  live_photo: "live photo",
};

/** `Photo`, `VideoNote`: a kind as errors name it. */
function typeName(kind: string): string {
  return kind.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * The fields of a message for a file given in any of the ways: an upload under `name`,
 * `attach://<part>`, an HTTP URL, or the id of a file that is there already.
 *
 * @param value What the parameter, or the field of an object, holds
 */
export async function readMedia(
  call: Call,
  kind: MediaKind,
  name: string,
  value: string,
  details: MediaDetails = {},
): Promise<Partial<Message>> {
  const { world } = call;
  const upload = uploadOf(call, name, value);
  if (upload !== undefined) {
    checkUpload(kind, upload);
    return storeMedia(world.files, kind, upload, details);
  }
  if (value === "" || value.startsWith("attach://")) {
    throw badRequest(`there is no ${words[kind]} in the request`);
  }
  if (/^https?:\/\//i.test(value)) {
    const file = await fetchFile(call, value, kind === "photo" ? largestPhotoByUrl : largestByUrl);
    return storeMedia(world.files, kind, file, details);
  }
  if (value.includes("://")) throw badRequest("wrong HTTP URL specified");
  const stored = world.files.get(value);
  if (stored === undefined) {
    throw badRequest(
      /^[\w-]{10,}$/.test(value)
        ? "wrong remote file identifier specified: Wrong padding in the string"
        : "wrong file identifier/HTTP URL specified",
    );
  }
  const content = world.files.contentOf(value);
  if (stored.kind !== kind || content === undefined) {
    throw badRequest(`can't use file of type ${typeName(stored.kind)} as ${typeName(kind)}`);
  }
  return content;
}

/** The file that is uploaded as a parameter, or that `attach://` names. */
export function uploadOf(
  { params }: Call,
  name: string,
  value: string,
): UploadedFile | undefined {
  if (value.startsWith("attach://")) return params.files.get(value.slice("attach://".length));
  return name === "" ? undefined : params.files.get(name);
}

function checkUpload(kind: MediaKind, { bytes }: UploadedFile): void {
  if (bytes.length === 0) throw badRequest("file must be non-empty");
  if (kind === "photo" && bytes.length > largestPhoto) {
    throw badRequest(
      `file of size ${bytes.length} bytes is too big for a photo; ` +
        `the maximum size is ${largestPhoto} bytes`,
    );
  }
}

/**
 * The file of a URL: from a server in this process if there is one. The simulator does not go out
 * to the network, so that tests need none: any other file is there, with its address as its content.
 */
async function fetchFile({ world }: Call, text: string, largest: number): Promise<UploadedFile> {
  if (!URL.canParse(text)) throw badRequest("wrong HTTP URL specified");
  const url = new URL(text);
  const name = decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
  if (!world.endpoints.has(url.origin)) {
    return { name, type: "", bytes: new TextEncoder().encode(text) };
  }
  const answer = await world.endpoints.request(url, {}, false)
    .catch(() => undefined);
  if (answer?.status !== 200 || answer.body.length > largest) {
    throw badRequest("failed to get HTTP URL content");
  }
  if (answer.contentType.startsWith("text/html")) {
    throw badRequest("wrong type of the web page content");
  }
  return { name, type: answer.contentType, bytes: answer.body };
}
