import type {
  InlineQueryResultArticle,
  InlineQueryResultAudio,
  InlineQueryResultCachedAudio,
  InlineQueryResultCachedDocument,
  InlineQueryResultCachedGif,
  InlineQueryResultCachedMpeg4Gif,
  InlineQueryResultCachedPhoto,
  InlineQueryResultCachedSticker,
  InlineQueryResultCachedVideo,
  InlineQueryResultCachedVoice,
  InlineQueryResultContact,
  InlineQueryResultDocument,
  InlineQueryResultGame,
  InlineQueryResultGif,
  InlineQueryResultLocation,
  InlineQueryResultMpeg4Gif,
  InlineQueryResultPhoto,
  InlineQueryResultVenue,
  InlineQueryResultVideo,
  InlineQueryResultVoice,
} from "../../api/types.ts";
import { checkBytes } from "./limits.ts";
import { type MessageContentMethods, messageContentMethods } from "./message_content.ts";

export type { MessageContentMethods, OptionalFields } from "./message_content.ts";

/** What can be said of a result besides what its method asks for. */
export type InlineQueryResultOptions<T, K extends keyof T> = Omit<
  T,
  "type" | "id" | "input_message_content" | K
>;

/** A type with some of its fields made optional. */
export type PartialKeys<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

/** A result that can be sent as it is, and whose message can be replaced. */
export type WithMessageContent<Result> = Result & MessageContentMethods<Result>;

/**
 * Builds the results that answer an inline query, at most 50 an answer.
 *
 * ```ts
 * import { Bot, InlineQueryResultBuilder } from "@tramline/tramline";
 *
 * const bot = new Bot("123456:token");
 * bot.on("inline_query", (ctx) =>
 *   ctx.answerInlineQuery([
 *     InlineQueryResultBuilder.article("hello", "Say hello").text("Hello!"),
 *     InlineQueryResultBuilder.photo("cat", "https://example.com/cat.jpg"),
 *     InlineQueryResultBuilder.photo("dog", "https://example.com/dog.jpg").text("Not a photo!"),
 *   ]));
 * ```
 *
 * A result is a plain object of the Bot API. The methods by which its message can be replaced
 * (`text`, `location`, …) are not enumerable, so they are in nobody's way.
 *
 * Every method throws a `RangeError` for an identifier that is empty or longer than 64 bytes.
 *
 * @see https://core.telegram.org/bots/api#inline-mode
 */
export abstract class InlineQueryResultBuilder {
  /**
   * Makes an article. Telegram wants a message content for it, so it is finished by one of the
   * methods of what is returned.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param title Title
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultarticle
   */
  static article(
    id: string,
    title: string,
    options: InlineQueryResultOptions<InlineQueryResultArticle, "title"> = {},
  ): MessageContentMethods<InlineQueryResultArticle> {
    return needsContent({ type: "article", id, title, ...options });
  }

  /**
   * Makes a piece of music from the web.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param title Title
   * @param audio_url URL of the audio file
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultaudio
   */
  static audio(
    id: string,
    title: string,
    audio_url: string | URL,
    options: InlineQueryResultOptions<InlineQueryResultAudio, "title" | "audio_url"> = {},
  ): WithMessageContent<InlineQueryResultAudio> {
    return mayHaveContent({ type: "audio", id, title, audio_url: String(audio_url), ...options });
  }

  /**
   * Makes a piece of music that Telegram has already.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param audio_file_id File identifier of the audio file
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultcachedaudio
   */
  static audioCached(
    id: string,
    audio_file_id: string,
    options: InlineQueryResultOptions<InlineQueryResultCachedAudio, "audio_file_id"> = {},
  ): WithMessageContent<InlineQueryResultCachedAudio> {
    return mayHaveContent({ type: "audio", id, audio_file_id, ...options });
  }

  /**
   * Makes a contact.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param phone_number Phone number of the contact
   * @param first_name First name of the contact
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultcontact
   */
  static contact(
    id: string,
    phone_number: string,
    first_name: string,
    options: InlineQueryResultOptions<InlineQueryResultContact, "phone_number" | "first_name"> = {},
  ): WithMessageContent<InlineQueryResultContact> {
    return mayHaveContent({ type: "contact", id, phone_number, first_name, ...options });
  }

  /**
   * Makes a PDF file from the web.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param title Title
   * @param document_url URL of the file
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultdocument
   */
  static documentPdf(
    id: string,
    title: string,
    document_url: string | URL,
    options: InlineQueryResultOptions<
      InlineQueryResultDocument,
      "mime_type" | "title" | "document_url"
    > = {},
  ): WithMessageContent<InlineQueryResultDocument> {
    return mayHaveContent({
      type: "document",
      id,
      mime_type: "application/pdf",
      title,
      document_url: String(document_url),
      ...options,
    });
  }

  /**
   * Makes a ZIP file from the web.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param title Title
   * @param document_url URL of the file
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultdocument
   */
  static documentZip(
    id: string,
    title: string,
    document_url: string | URL,
    options: InlineQueryResultOptions<
      InlineQueryResultDocument,
      "mime_type" | "title" | "document_url"
    > = {},
  ): WithMessageContent<InlineQueryResultDocument> {
    return mayHaveContent({
      type: "document",
      id,
      mime_type: "application/zip",
      title,
      document_url: String(document_url),
      ...options,
    });
  }

  /**
   * Makes a file that Telegram has already.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param title Title
   * @param document_file_id File identifier of the file
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultcacheddocument
   */
  static documentCached(
    id: string,
    title: string,
    document_file_id: string,
    options: InlineQueryResultOptions<
      InlineQueryResultCachedDocument,
      "title" | "document_file_id"
    > = {},
  ): WithMessageContent<InlineQueryResultCachedDocument> {
    return mayHaveContent({ type: "document", id, title, document_file_id, ...options });
  }

  /**
   * Makes a game.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param game_short_name Short name of the game
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultgame
   */
  static game(
    id: string,
    game_short_name: string,
    options: InlineQueryResultOptions<InlineQueryResultGame, "game_short_name"> = {},
  ): InlineQueryResultGame {
    return checked({ type: "game", id, game_short_name, ...options });
  }

  /**
   * Makes a GIF animation from the web.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param gif_url URL of the GIF file, at most 1 MB
   * @param thumbnail_url URL of the thumbnail: JPEG, GIF or MPEG-4
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultgif
   */
  static gif(
    id: string,
    gif_url: string | URL,
    thumbnail_url: string | URL,
    options: InlineQueryResultOptions<InlineQueryResultGif, "gif_url" | "thumbnail_url"> = {},
  ): WithMessageContent<InlineQueryResultGif> {
    return mayHaveContent({
      type: "gif",
      id,
      gif_url: String(gif_url),
      thumbnail_url: String(thumbnail_url),
      ...options,
    });
  }

  /**
   * Makes a GIF animation that Telegram has already.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param gif_file_id File identifier of the GIF file
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultcachedgif
   */
  static gifCached(
    id: string,
    gif_file_id: string,
    options: InlineQueryResultOptions<InlineQueryResultCachedGif, "gif_file_id"> = {},
  ): WithMessageContent<InlineQueryResultCachedGif> {
    return mayHaveContent({ type: "gif", id, gif_file_id, ...options });
  }

  /**
   * Makes a point on the map.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param title Title
   * @param latitude Latitude in degrees
   * @param longitude Longitude in degrees
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultlocation
   */
  static location(
    id: string,
    title: string,
    latitude: number,
    longitude: number,
    options: InlineQueryResultOptions<
      InlineQueryResultLocation,
      "title" | "latitude" | "longitude"
    > = {},
  ): WithMessageContent<InlineQueryResultLocation> {
    return mayHaveContent({ type: "location", id, title, latitude, longitude, ...options });
  }

  /**
   * Makes a video without sound from the web.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param mpeg4_url URL of the MPEG-4 file, at most 1 MB
   * @param thumbnail_url URL of the thumbnail: JPEG, GIF or MPEG-4
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultmpeg4gif
   */
  static mpeg4gif(
    id: string,
    mpeg4_url: string | URL,
    thumbnail_url: string | URL,
    options: InlineQueryResultOptions<InlineQueryResultMpeg4Gif, "mpeg4_url" | "thumbnail_url"> =
      {},
  ): WithMessageContent<InlineQueryResultMpeg4Gif> {
    return mayHaveContent({
      type: "mpeg4_gif",
      id,
      mpeg4_url: String(mpeg4_url),
      thumbnail_url: String(thumbnail_url),
      ...options,
    });
  }

  /**
   * Makes a video without sound that Telegram has already.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param mpeg4_file_id File identifier of the MPEG-4 file
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultcachedmpeg4gif
   */
  static mpeg4gifCached(
    id: string,
    mpeg4_file_id: string,
    options: InlineQueryResultOptions<InlineQueryResultCachedMpeg4Gif, "mpeg4_file_id"> = {},
  ): WithMessageContent<InlineQueryResultCachedMpeg4Gif> {
    return mayHaveContent({ type: "mpeg4_gif", id, mpeg4_file_id, ...options });
  }

  /**
   * Makes a photo from the web; its thumbnail is the photo itself unless the options say
   * otherwise.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param photo_url URL of the photo: JPEG, at most 5 MB
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultphoto
   */
  static photo(
    id: string,
    photo_url: string | URL,
    options: InlineQueryResultOptions<
      PartialKeys<InlineQueryResultPhoto, "thumbnail_url">,
      "photo_url"
    > = {},
  ): WithMessageContent<InlineQueryResultPhoto> {
    return mayHaveContent({
      type: "photo",
      id,
      photo_url: String(photo_url),
      thumbnail_url: String(photo_url),
      ...options,
    });
  }

  /**
   * Makes a photo that Telegram has already.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param photo_file_id File identifier of the photo
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultcachedphoto
   */
  static photoCached(
    id: string,
    photo_file_id: string,
    options: InlineQueryResultOptions<InlineQueryResultCachedPhoto, "photo_file_id"> = {},
  ): WithMessageContent<InlineQueryResultCachedPhoto> {
    return mayHaveContent({ type: "photo", id, photo_file_id, ...options });
  }

  /**
   * Makes a sticker that Telegram has already.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param sticker_file_id File identifier of the sticker
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultcachedsticker
   */
  static stickerCached(
    id: string,
    sticker_file_id: string,
    options: InlineQueryResultOptions<InlineQueryResultCachedSticker, "sticker_file_id"> = {},
  ): WithMessageContent<InlineQueryResultCachedSticker> {
    return mayHaveContent({ type: "sticker", id, sticker_file_id, ...options });
  }

  /**
   * Makes a venue.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param title Name of the venue
   * @param latitude Latitude in degrees
   * @param longitude Longitude in degrees
   * @param address Address of the venue
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultvenue
   */
  static venue(
    id: string,
    title: string,
    latitude: number,
    longitude: number,
    address: string,
    options: InlineQueryResultOptions<
      InlineQueryResultVenue,
      "title" | "latitude" | "longitude" | "address"
    > = {},
  ): WithMessageContent<InlineQueryResultVenue> {
    return mayHaveContent({ type: "venue", id, title, latitude, longitude, address, ...options });
  }

  /**
   * Makes a page with a video player. Telegram wants a message content for it, so it is finished
   * by one of the methods of what is returned.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param title Title
   * @param video_url URL of the page with the player
   * @param thumbnail_url URL of the thumbnail: JPEG
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultvideo
   */
  static videoHtml(
    id: string,
    title: string,
    video_url: string | URL,
    thumbnail_url: string | URL,
    options: InlineQueryResultOptions<
      InlineQueryResultVideo,
      "mime_type" | "title" | "video_url" | "thumbnail_url"
    > = {},
  ): MessageContentMethods<InlineQueryResultVideo> {
    return needsContent({
      type: "video",
      id,
      mime_type: "text/html",
      title,
      video_url: String(video_url),
      thumbnail_url: String(thumbnail_url),
      ...options,
    });
  }

  /**
   * Makes a video from the web.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param title Title
   * @param video_url URL of the video file
   * @param thumbnail_url URL of the thumbnail: JPEG
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultvideo
   */
  static videoMp4(
    id: string,
    title: string,
    video_url: string | URL,
    thumbnail_url: string | URL,
    options: InlineQueryResultOptions<
      InlineQueryResultVideo,
      "mime_type" | "title" | "video_url" | "thumbnail_url"
    > = {},
  ): WithMessageContent<InlineQueryResultVideo> {
    return mayHaveContent({
      type: "video",
      id,
      mime_type: "video/mp4",
      title,
      video_url: String(video_url),
      thumbnail_url: String(thumbnail_url),
      ...options,
    });
  }

  /**
   * Makes a video that Telegram has already.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param title Title
   * @param video_file_id File identifier of the video
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultcachedvideo
   */
  static videoCached(
    id: string,
    title: string,
    video_file_id: string,
    options: InlineQueryResultOptions<InlineQueryResultCachedVideo, "title" | "video_file_id"> = {},
  ): WithMessageContent<InlineQueryResultCachedVideo> {
    return mayHaveContent({ type: "video", id, title, video_file_id, ...options });
  }

  /**
   * Makes a voice message from the web.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param title Title
   * @param voice_url URL of the recording
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultvoice
   */
  static voice(
    id: string,
    title: string,
    voice_url: string | URL,
    options: InlineQueryResultOptions<InlineQueryResultVoice, "title" | "voice_url"> = {},
  ): WithMessageContent<InlineQueryResultVoice> {
    return mayHaveContent({ type: "voice", id, title, voice_url: String(voice_url), ...options });
  }

  /**
   * Makes a voice message that Telegram has already.
   *
   * @param id Identifier of the result, 1 to 64 bytes
   * @param title Title
   * @param voice_file_id File identifier of the voice message
   * @param options Remaining fields
   * @see https://core.telegram.org/bots/api#inlinequeryresultcachedvoice
   */
  static voiceCached(
    id: string,
    title: string,
    voice_file_id: string,
    options: InlineQueryResultOptions<InlineQueryResultCachedVoice, "title" | "voice_file_id"> = {},
  ): WithMessageContent<InlineQueryResultCachedVoice> {
    return mayHaveContent({ type: "voice", id, title, voice_file_id, ...options });
  }
}

interface AnyResult {
  type: string;
  id: string;
}

/** Refuses a result whose identifier Telegram would refuse. */
function checked<Result extends AnyResult>(result: Result): Result {
  checkBytes(`an inline query result of type ${result.type}`, "identifier", result.id, 64);
  return result;
}

/** For a result that Telegram does not take without a message content. */
function needsContent<Result extends AnyResult>(
  result: Omit<Result, "input_message_content">,
): MessageContentMethods<Result> {
  checked(result as AnyResult);
  return messageContentMethods((input_message_content) =>
    ({ ...result, input_message_content }) as unknown as Result
  );
}

/** For a result that can be sent as it is. The methods do not show when it is copied or printed. */
function mayHaveContent<Result extends AnyResult>(
  result: Result,
): WithMessageContent<Result> {
  const methods = Object.getOwnPropertyDescriptors(needsContent<Result>(result));
  for (const method of Object.values(methods)) method.enumerable = false;
  return Object.defineProperties(result, methods) as WithMessageContent<Result>;
}
