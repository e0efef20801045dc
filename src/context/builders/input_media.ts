import type { InputFile } from "../../api/input_file.ts";
import type {
  InputMediaAnimation,
  InputMediaAudio,
  InputMediaDocument,
  InputMediaPhoto,
  InputMediaVideo,
} from "../../api/types.ts";

/** What can be said of a medium besides its kind and its file. */
export type InputMediaOptions<T> = Omit<T, "type" | "media">;

/**
 * Builds `InputMedia` objects, for albums and for replacing the medium of a message.
 *
 * ```ts
 * import { Bot, InputFile, InputMediaBuilder } from "@tramline/tramline";
 *
 * const bot = new Bot("123456:token");
 * bot.command("album", (ctx) =>
 *   ctx.replyWithMediaGroup([
 *     InputMediaBuilder.photo(new InputFile("front.jpg"), { caption: "From the street" }),
 *     InputMediaBuilder.photo("https://example.com/back.jpg"),
 *   ]));
 * ```
 */
export abstract class InputMediaBuilder {
  /**
   * Makes an `InputMediaPhoto`.
   *
   * @param media A file to upload, a file identifier or a URL
   * @param options Caption and the like
   * @see https://core.telegram.org/bots/api#inputmediaphoto
   */
  static photo(
    media: string | InputFile,
    options: InputMediaOptions<InputMediaPhoto> = {},
  ): InputMediaPhoto {
    return { type: "photo", media, ...options };
  }

  /**
   * Makes an `InputMediaVideo`.
   *
   * @param media A file to upload, a file identifier or a URL
   * @param options Caption, thumbnail, size, duration and the like
   * @see https://core.telegram.org/bots/api#inputmediavideo
   */
  static video(
    media: string | InputFile,
    options: InputMediaOptions<InputMediaVideo> = {},
  ): InputMediaVideo {
    return { type: "video", media, ...options };
  }

  /**
   * Makes an `InputMediaAnimation`: a GIF, or a video without sound.
   *
   * @param media A file to upload, a file identifier or a URL
   * @param options Caption, thumbnail, size, duration and the like
   * @see https://core.telegram.org/bots/api#inputmediaanimation
   */
  static animation(
    media: string | InputFile,
    options: InputMediaOptions<InputMediaAnimation> = {},
  ): InputMediaAnimation {
    return { type: "animation", media, ...options };
  }

  /**
   * Makes an `InputMediaAudio`: a file to be treated as music.
   *
   * @param media A file to upload, a file identifier or a URL
   * @param options Caption, performer, title and the like
   * @see https://core.telegram.org/bots/api#inputmediaaudio
   */
  static audio(
    media: string | InputFile,
    options: InputMediaOptions<InputMediaAudio> = {},
  ): InputMediaAudio {
    return { type: "audio", media, ...options };
  }

  /**
   * Makes an `InputMediaDocument`: a file as it is.
   *
   * @param media A file to upload, a file identifier or a URL
   * @param options Caption, thumbnail and the like
   * @see https://core.telegram.org/bots/api#inputmediadocument
   */
  static document(
    media: string | InputFile,
    options: InputMediaOptions<InputMediaDocument> = {},
  ): InputMediaDocument {
    return { type: "document", media, ...options };
  }
}
