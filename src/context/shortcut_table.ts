import type { ApiMethods, Opts } from "../api/types.ts";

const business = "+business_connection_id";
const thread = "+message_thread_id";
const topic = `${thread} +direct_messages_topic_id` as const;
/** Sending something to the chat of the update: into its topic, and for the same business account. */
const here = `chat_id ${business} ${topic}` as const;
const ephemeral = "chat_id receiver_user_id ephemeral_message_id";
const edited = `inline chat_id message_id ${business}` as const;
const forwarded = "from_chat_id message_id";
const author = "chat_id user_id";

/**
 * The shortcuts with a name of their own: the method of the API, then what it takes from the update.
 *
 * - `chat_id` fills the parameter of this name; `user_id=managed_bot` takes another value for it
 * - `chat_id?` may be given by the caller; `draft_id~` may be given among the other parameters
 * - `+message_thread_id` goes to the other parameters if the update has it
 * - `&chat_id` goes to the other parameters and must be in the update
 * - `inline` calls the method for inline messages if the update is about one
 * - `text=other` takes a string in place of the other parameters as this one
 */
const renamed = {
  reply: `sendMessage ${here}`,
  replyWithRichMessage: `sendRichMessage ${here}`,
  replyWithPhoto: `sendPhoto ${here}`,
  replyWithLivePhoto: `sendLivePhoto ${here}`,
  replyWithAudio: `sendAudio ${here}`,
  replyWithDocument: `sendDocument ${here}`,
  replyWithVideo: `sendVideo ${here}`,
  replyWithAnimation: `sendAnimation ${here}`,
  replyWithVoice: `sendVoice ${here}`,
  replyWithVideoNote: `sendVideoNote ${here}`,
  replyWithPaidMedia: `sendPaidMedia ${here}`,
  replyWithMediaGroup: `sendMediaGroup ${here}`,
  replyWithLocation: `sendLocation ${here}`,
  replyWithVenue: `sendVenue ${here}`,
  replyWithContact: `sendContact ${here}`,
  replyWithPoll: `sendPoll chat_id ${business} ${thread}`,
  replyWithChecklist: "sendChecklist business_connection_id chat_id",
  replyWithDice: `sendDice ${here}`,
  replyWithSticker: `sendSticker ${here}`,
  replyWithInvoice: `sendInvoice chat_id ${topic}`,
  replyWithGame: `sendGame chat_id ${business} ${thread}`,
  replyWithChatAction: `sendChatAction chat_id ${business} ${thread}`,
  replyWithDraft: `sendMessageDraft chat_id draft_id~ ${thread}`,
  replyWithRichMessageDraft: `sendRichMessageDraft chat_id draft_id~ ${thread}`,
  replyWithGift: "sendGift user_id",
  replyWithGiftToChannel: "sendGiftToChannel chat_id",
  replyWithChatJoinRequestWebApp: "sendChatJoinRequestWebApp chat_join_request_query_id",
  banAuthor: `banChatMember ${author}`,
  kickAuthor: `banChatMember ${author}`,
  restrictAuthor: `restrictChatMember ${author}`,
  promoteAuthor: `promoteChatMember ${author}`,
  setChatAdministratorAuthorCustomTitle: `setChatAdministratorCustomTitle ${author}`,
  setAuthorTag: `setChatMemberTag ${author}`,
  getAuthor: `getChatMember ${author}`,
  kickChatMember: "banChatMember chat_id",
  getChatMembersCount: "getChatMemberCount chat_id",
} as const;

/** The shortcuts with the name of their method, by what they take from the update. */
const unrenamed = {
  [here]: ["sendPaidMedia"],
  [forwarded]: ["forwardMessage", "copyMessage"],
  from_chat_id: ["forwardMessages", "copyMessages"],
  [edited]: [
    "editMessageText",
    "editMessageCaption",
    "editMessageMedia",
    "editMessageReplyMarkup",
    "editMessageLiveLocation",
    "stopMessageLiveLocation",
  ],
  "business_connection_id chat_id message_id": ["editMessageChecklist", "readBusinessMessage"],
  "chat_id message_id +business_connection_id": ["stopPoll"],
  "inline chat_id message_id user_id": ["setGameScore", "getGameHighScores"],
  "chat_id message_id": [
    "deleteMessage",
    "approveSuggestedPost",
    "declineSuggestedPost",
    "setMessageReaction",
    "deleteMessageReactionUser",
    "deleteMessageReactionChat",
  ],
  chat_id: [
    "deleteMessages",
    "deleteAllMessageReactionsUser",
    "deleteAllMessageReactionsChat",
    "banChatMember",
    "unbanChatMember",
    "restrictChatMember",
    "promoteChatMember",
    "setChatAdministratorCustomTitle",
    "setChatMemberTag",
    "getChatMember",
    "banChatSenderChat",
    "unbanChatSenderChat",
    "getChat",
    "getChatAdministrators",
    "getChatMemberCount",
    "getChatGifts",
    "leaveChat",
    "setChatPermissions",
    "setChatPhoto",
    "deleteChatPhoto",
    "setChatTitle",
    "setChatDescription",
    "setChatStickerSet",
    "deleteChatStickerSet",
    "verifyChat",
    "removeChatVerification",
    "unpinAllChatMessages",
    "exportChatInviteLink",
    "createChatInviteLink",
    "editChatInviteLink",
    "createChatSubscriptionInviteLink",
    "editChatSubscriptionInviteLink",
    "revokeChatInviteLink",
    "createForumTopic",
    "editGeneralForumTopic",
    "closeGeneralForumTopic",
    "reopenGeneralForumTopic",
    "hideGeneralForumTopic",
    "unhideGeneralForumTopic",
    "unpinAllGeneralForumTopicMessages",
  ],
  business_connection_id: [
    "deleteBusinessMessages",
    "getBusinessConnection",
    "setBusinessAccountName",
    "setBusinessAccountUsername",
    "setBusinessAccountBio",
    "setBusinessAccountProfilePhoto",
    "removeBusinessAccountProfilePhoto",
    "setBusinessAccountGiftSettings",
    "getBusinessAccountStarBalance",
    "transferBusinessAccountStars",
    "getBusinessAccountGifts",
    "convertGiftToStars",
    "upgradeGift",
    "transferGift",
    "postStory",
    "editStory",
    "deleteStory",
  ],
  [ephemeral]: [
    "editEphemeralMessageText",
    "editEphemeralMessageMedia",
    "editEphemeralMessageCaption",
    "editEphemeralMessageReplyMarkup",
    "deleteEphemeralMessage",
  ],
  "chat_id message_id &reactor": ["deleteMessageReaction"],
  "chat_id &reactor": ["deleteAllMessageReactions"],
  "callback_query_id text=other": ["answerCallbackQuery"],
  inline_query_id: ["answerInlineQuery"],
  shipping_query_id: ["answerShippingQuery"],
  "pre_checkout_query_id error_message=other": ["answerPreCheckoutQuery"],
  guest_query_id: ["answerGuestQuery"],
  chat_join_request_query_id: ["answerChatJoinRequestQuery"],
  "chat_id user_id?=joiner": ["approveChatJoinRequest", "declineChatJoinRequest"],
  "&chat_id": ["setChatMenuButton", "getChatMenuButton"],
  "chat_id +business_connection_id": ["pinChatMessage", "unpinChatMessage"],
  "chat_id message_thread_id": [
    "editForumTopic",
    "closeForumTopic",
    "reopenForumTopic",
    "deleteForumTopic",
    "unpinAllForumTopicMessages",
  ],
  user_id: [
    "getUserProfilePhotos",
    "getUserProfileAudios",
    "getUserGifts",
    "getUserPersonalChatMessages",
    "setUserEmojiStatus",
    "verifyUser",
    "removeUserVerification",
    "giftPremiumSubscription",
    "savePreparedInlineMessage",
    "savePreparedKeyboardButton",
    "setPassportDataErrors",
    "editUserStarSubscription",
  ],
  "chat_id? user_id": ["getUserChatBoosts"],
  "user_id telegram_payment_charge_id": ["refundStarPayment"],
  file_id: ["getFile"],
  custom_emoji_ids: ["getCustomEmojiStickers"],
  "user_id=managed_bot": [
    "getManagedBotToken",
    "replaceManagedBotToken",
    "getManagedBotAccessSettings",
    "setManagedBotAccessSettings",
  ],
  "business_connection_id from_chat_id=story_chat from_story_id": ["repostStory"],
  "": ["setMyDefaultAdministratorRights", "getMyDefaultAdministratorRights"],
} as const;

/** The shortcuts of a context, each with its line as in the tables above. */
export const shortcutLines: readonly (readonly [name: string, line: string])[] = [
  ...Object.entries(renamed),
  ...Object.entries(unrenamed).flatMap(([taken, names]) =>
    names.map((name) => [name, `${name} ${taken}`] as const)
  ),
];

type Line =
  | (typeof renamed)[keyof typeof renamed]
  | {
    [Taken in keyof typeof unrenamed]: `${(typeof unrenamed)[Taken][number]} ${Taken}`;
  }[keyof typeof unrenamed];

/** Methods whose target no update names, and former names. */
type NotInTable =
  | "getUpdates"
  | "setWebhook"
  | "deleteWebhook"
  | "getWebhookInfo"
  | "getMe"
  | "logOut"
  | "close"
  | "getForumTopicIconStickers"
  | "setMyCommands"
  | "deleteMyCommands"
  | "getMyCommands"
  | "setMyName"
  | "getMyName"
  | "setMyDescription"
  | "getMyDescription"
  | "setMyShortDescription"
  | "getMyShortDescription"
  | "setMyProfilePhoto"
  | "removeMyProfilePhoto"
  | "getMyStarBalance"
  | "getStarTransactions"
  | "getStickerSet"
  | "uploadStickerFile"
  | "createNewStickerSet"
  | "addStickerToSet"
  | "setStickerPositionInSet"
  | "deleteStickerFromSet"
  | "replaceStickerInSet"
  | "setStickerEmojiList"
  | "setStickerKeywords"
  | "setStickerMaskPosition"
  | "setStickerSetTitle"
  | "deleteStickerSet"
  | "setStickerSetThumbnail"
  | "setCustomEmojiStickerSetThumbnail"
  | "getAvailableGifts"
  | "answerWebAppQuery"
  | "createInvoiceLink"
  | "kickChatMember"
  | "getChatMembersCount";

type MethodIn<L extends string> = L extends `${infer Method} ${string}` ? Method : L;

type Added = "business_connection_id" | "message_thread_id" | "direct_messages_topic_id";

/** What a shortcut that sends or edits in the chat of the update could take from it, but does not. */
type NotTaken<L extends string> = L extends `${infer Method extends keyof ApiMethods} ${infer Rest}`
  ? Rest extends `chat_id${string}` | `inline ${string}`
    ? Exclude<Added & keyof Opts<Method>, Taken<Rest>>
  : never
  : never;

type Taken<Rest extends string> = Rest extends `${infer Word} ${infer More}`
  ? Taken<Word> | Taken<More>
  : Rest extends `+${infer Name}` ? Name
  : Rest;

type None<T extends never> = T;

/** A method that Telegram adds does not compile until it has its place above. */
export type Unplaced =
  | None<Exclude<keyof ApiMethods, MethodIn<Line> | NotInTable>>
  | None<NotTaken<Line>>;
