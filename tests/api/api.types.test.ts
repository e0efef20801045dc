// The assertions of this file are made by `deno check`.
import { test } from "node:test";
import assert from "node:assert/strict";
import {
  Api,
  type ApiCallFn,
  type ApiCalls,
  InputFile,
  type Methods,
  type Other,
  type Payload,
  type RawApi,
  type Transformer,
} from "@tramline/tramline";
import type * as Telegram from "@tramline/tramline/types";
import type {
  ApiMethods,
  InputMedia,
  InputMediaPhoto,
  Message,
  Opts,
  Update,
} from "@tramline/tramline/types";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;

function is<T extends true>(): T | void {}

declare const api: Api;
declare const file: InputFile;
declare const signal: AbortSignal;

/** Never called: only the types count. */
export function calls(): void {
  // Every method of the Bot API is there, and takes a signal at last.
  is<Equal<Exclude<keyof ApiMethods, keyof Api>, never>>();
  is<Equal<Exclude<keyof RawApi, keyof ApiMethods>, never>>();
  type NoSignal = {
    [M in keyof ApiCalls]: Parameters<ApiCalls[M]> extends [...infer Before, AbortSignal?]
      ? Before extends unknown[] ? never : M
      : M;
  }[keyof ApiCalls];
  is<Equal<NoSignal, never>>();

  // The parameters have their names and the results their types.
  is<
    Equal<
      Parameters<Api["sendMessage"]>,
      [
        chat_id: number | string,
        text: string,
        other?: Other<RawApi, "sendMessage", "chat_id" | "text">,
        signal?: AbortSignal,
      ]
    >
  >();
  is<Equal<ReturnType<Api["sendMessage"]>, Promise<Message.TextMessage>>>();
  is<Equal<ReturnType<Api["getUpdates"]>, Promise<Update[]>>>();
  is<Equal<Parameters<Api["getMe"]>, [signal?: AbortSignal]>>();
  is<Equal<ReturnType<RawApi["getMe"]>, ReturnType<Api["getMe"]>>>();

  api.sendMessage(1, "text", { parse_mode: "HTML" }, signal);
  api.sendPhoto("@channel", file, { caption: "text" });
  api.sendMediaGroup(1, [{ type: "photo", media: file }]);
  api.editMessageText(1, 2, { html: "<b>rich</b>" });
  api.unpinChatMessage(1);
  api.setStickerSetThumbnail("name", 1, undefined, "static");
  api.raw.sendMessage({ chat_id: 1, text: "text" }, signal);
  api.raw.getMe(signal);

  // @ts-expect-error the text is missing
  api.sendMessage(1);
  // @ts-expect-error a text is no chat's message
  api.forwardMessage(1, 2, "3");
  // @ts-expect-error no such parameter
  api.sendMessage(1, "text", { disable_notifications: true });
  // @ts-expect-error a parameter that is given by position
  api.sendMessage(1, "text", { chat_id: 2 });
  // @ts-expect-error bytes have to be wrapped
  api.sendPhoto(1, new Uint8Array());
  // @ts-expect-error no such method
  api.sendHologram(1);
  // @ts-expect-error a draft takes no upload
  api.sendRichMessageDraft(1, 2, { blocks: [{ type: "photo", photo: { media: file } }] });
  // @ts-expect-error a file has a source
  new InputFile();
  // @ts-expect-error not a source
  new InputFile(42);
}

export function transformers(): void {
  const transformer: Transformer = async (prev, method, payload, signal) => {
    is<Equal<typeof prev, ApiCallFn>>();
    const answer = await prev(method, payload, signal);
    if (answer.ok) return answer;
    is<Equal<typeof answer.error_code, number>>();
    return answer;
  };
  api.config.use(transformer, (prev, method, payload) => prev(method, payload));
  is<Equal<Payload<"getMe", RawApi>, Record<never, never>>>();
  is<Equal<Payload<"sendMessage", RawApi>, Opts<"sendMessage">>>();
  // @ts-expect-error not a transformer
  api.config.use("retry");
}

/** A flavor of the raw API, as plugins make them. */
type Marked<R extends RawApi> = {
  [M in keyof R]: R[M] extends (signal?: AbortSignal) => unknown ? R[M]
    : R[M] extends (args: infer Args, signal?: AbortSignal) => infer Result
      ? (args: Args & { mark?: string }, signal?: AbortSignal) => Result
    : R[M];
};

export function flavors(marked: Api<Marked<RawApi>>): void {
  marked.sendMessage(1, "text", { mark: "x" });
  marked.raw.sendMessage({ chat_id: 1, text: "text", mark: "x" });
  is<Equal<Methods<Marked<RawApi>>, keyof RawApi>>();
  // @ts-expect-error the plain API has no marks
  api.sendMessage(1, "text", { mark: "x" });
}

export function files(media: InputMedia): void {
  is<Equal<InputMediaPhoto["media"], string | InputFile>>();
  is<Equal<Opts<"sendPhoto">["photo"], string | InputFile>>();
  media.media satisfies string | InputFile;
}

/** Types that have the kind of a file as a parameter upstream; here none of them takes one. */
export type Bound = [
  Telegram.InputMediaVideo,
  Telegram.InputPaidMedia,
  Telegram.InputPollMedia,
  Telegram.InputPollOption,
  Telegram.InputPollOptionMedia,
  Telegram.InputProfilePhotoAnimated,
  Telegram.InputProfilePhotoStatic,
  Telegram.InputRichBlock,
  Telegram.InputRichBlockListItem,
  Telegram.InputRichMessage,
  Telegram.InputRichMessageWithoutUpload,
  Telegram.InputSticker,
  Telegram.InputStoryContent,
];

test("the types of the Api are checked by the compiler", () => {
  assert.equal(typeof Api.prototype.sendMessage, "function");
});
