import { test } from "node:test";
import {
  API_CONSTANTS,
  type ApiConstants,
  type ButtonLabel,
  InlineKeyboard,
  InlineQueryResultBuilder,
  InputMediaBuilder,
  Keyboard,
} from "@tramline/tramline";
import type {
  ChatPermissions,
  InlineKeyboardButton,
  InlineKeyboardMarkup,
  InlineQueryResult,
  InputMedia,
  KeyboardButton,
  ReplyKeyboardMarkup,
  Update,
} from "@tramline/tramline/types";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true
  : false;
function assertType<_ extends true>(): void {}

test("the types of the builders are those of the Bot API", () => {
  const reply: ReplyKeyboardMarkup = new Keyboard().text("A").oneTime();
  const inline: InlineKeyboardMarkup = new InlineKeyboard().text("A").toFlowed(2);
  const results: InlineQueryResult[] = [
    InlineQueryResultBuilder.photoCached("1", "F"),
    InlineQueryResultBuilder.article("1", "T").text("Hi"),
    InlineQueryResultBuilder.game("1", "G", { reply_markup: new InlineKeyboard().game("Play") }),
  ];
  const media: InputMedia = InputMediaBuilder.photo("F");
  void [reply, inline, results, media];

  // A label is one type for both kinds of keyboards; the Bot API has two that are alike.
  const common: KeyboardButton.CommonButton = {} as ButtonLabel;
  const abstract: InlineKeyboardButton.AbstractInlineKeyboardButton = {} as ButtonLabel;
  const label: ButtonLabel = {} as KeyboardButton.CommonButton;
  assertType<Equal<keyof ButtonLabel, keyof KeyboardButton.CommonButton>>();
  assertType<
    Equal<keyof ButtonLabel, keyof InlineKeyboardButton.AbstractInlineKeyboardButton>
  >();
  void [common, abstract, label];

  assertType<Equal<ReturnType<typeof InlineKeyboard.pay>, InlineKeyboardButton.PayButton>>();
  assertType<
    Equal<ApiConstants["ALL_UPDATE_TYPES"], Exclude<keyof Update, "update_id">>
  >();
  const everything: Required<ChatPermissions> = API_CONSTANTS.ALL_CHAT_PERMISSIONS;
  void everything;

  const wrong = (): void => {
    // @ts-expect-error An article without content is no result.
    const article: InlineQueryResult = InlineQueryResultBuilder.article("1", "T");
    // @ts-expect-error An embedded video without content is no result.
    const video: InlineQueryResult = InlineQueryResultBuilder.videoHtml("1", "T", "u", "t");
    // @ts-expect-error There is no such style.
    new Keyboard().text("A", "purple");
    // @ts-expect-error Inline buttons are not reply buttons.
    new Keyboard().append(new InlineKeyboard());
    // @ts-expect-error A label alone is no inline button.
    new InlineKeyboard().add("A");
    // @ts-expect-error The file is given by position.
    InputMediaBuilder.photo("F", { media: "G" });
    // @ts-expect-error The content is given by a method.
    InlineQueryResultBuilder.photoCached("1", "F", { input_message_content: undefined });
    // @ts-expect-error There is nothing to construct.
    new InlineQueryResultBuilder();
    // @ts-expect-error The constants cannot be changed.
    API_CONSTANTS.ALL_UPDATE_TYPES.push("message");
    // @ts-expect-error Reactions do not come by default.
    const type: ApiConstants["DEFAULT_UPDATE_TYPES"] = "message_reaction";
    void [article, video, type];
  };
  void wrong;
});
