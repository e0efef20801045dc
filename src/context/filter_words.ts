import type {
  BotSubscriptionUpdated,
  ChatOwnerLeft,
  Checklist,
  ForumTopicCreated,
  ForumTopicEdited,
  GiftInfo,
  Giveaway,
  GiveawayWinners,
  LinkPreviewOptions,
  MessageEntity,
  MessageOrigin,
  ReactionType,
  Sticker,
  UniqueGiftInfo,
  User,
  UserFromGetMe,
} from "../api/types.ts";

type UserWord = "me" | "is_bot" | "is_premium" | "added_to_attachment_menu";
type EntityWord = MessageEntity["type"] | "me";
type GiftWord = "can_be_upgraded" | "is_upgrade_separate" | "is_private";

/**
 * The third parts of queries, for each field that can be asked for more than that it is there.
 *
 * @internal
 */
export interface WordOf {
  forward_origin: MessageOrigin["type"];
  entities: EntityWord;
  caption_entities: EntityWord;
  new_chat_members: UserWord;
  left_chat_member: UserWord;
  from: UserWord;
  old_reaction: ReactionType["type"];
  new_reaction: ReactionType["type"];
  reactions: ReactionType["type"];
  state: BotSubscriptionUpdated["state"];
  sticker: "is_video" | "is_animated" | "premium_animation";
  link_preview_options: "url" | "prefer_small_media" | "prefer_large_media" | "show_above_text";
  chat_owner_left: "new_owner";
  forum_topic_created: "is_name_implicit";
  forum_topic_edited: "name" | "icon_custom_emoji_id";
  checklist: "others_can_add_tasks" | "others_can_mark_tasks_as_done";
  giveaway: "only_new_members" | "has_public_winners";
  giveaway_winners: "only_new_members" | "was_refunded";
  gift: GiftWord;
  gift_upgrade_sent: GiftWord;
  unique_gift: "transfer_star_count" | "text" | "is_private";
}

/** Tests the value of a field; a list passes if an item does. `text` is what its entities mark. */
export type Check = (value: never, me: UserFromGetMe, text: string) => boolean;

/** Whether a field counts as present: `false` says no, an empty string or 0 is a value. */
export function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false;
}

/** Words with tests of the same form. */
function words<Word extends string>(
  list: readonly Word[],
  check: (word: Word) => Check,
): { readonly [W in Word]: Check } {
  return Object.fromEntries(list.map((word) => [word, check(word)])) as { [W in Word]: Check };
}

/** Words for the `type` of a value. */
function ofType<Word extends string>(...list: Word[]): { readonly [W in Word]: Check } {
  return words(list, (word) => (value: { type: string }) => value.type === word);
}

/** Words for fields of a value that are there and not `false`. */
function having<T>() {
  return <Word extends string & keyof T>(...list: Word[]): { readonly [W in Word]: Check } =>
    words(list, (word) => (value: T) => isThere(value[word]));
}

const users: { readonly [W in UserWord]: Check } = {
  me: (user: User, me) => user.id === me.id,
  ...having<User>()("is_bot", "is_premium", "added_to_attachment_menu"),
};

const entities: { readonly [W in EntityWord]: Check } = {
  me: mentionsMe,
  ...ofType(
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "date_time",
  ),
};

/** Usernames are compared without regard to case, as Telegram does. */
function mentionsMe(entity: MessageEntity, me: UserFromGetMe, text: string): boolean {
  if (entity.type === "text_mention") return entity.user.id === me.id;
  if (entity.type !== "mention") return false;
  const name = text.slice(entity.offset + 1, entity.offset + entity.length);
  return name.toLowerCase() === me.username.toLowerCase();
}

const reactions = ofType("emoji", "custom_emoji", "paid");
const gift = having<GiftInfo>()("can_be_upgraded", "is_upgrade_separate", "is_private");

/** The third parts of queries with their tests. What Telegram adds does not compile until it is here. */
export const wordsOf: { readonly [F in keyof WordOf]: { readonly [W in WordOf[F]]: Check } } = {
  forward_origin: ofType("user", "hidden_user", "chat", "channel"),
  entities,
  caption_entities: entities,
  new_chat_members: users,
  left_chat_member: users,
  from: users,
  old_reaction: reactions,
  new_reaction: reactions,
  reactions: words(
    ["emoji", "custom_emoji", "paid"],
    (word) => (value: { type: ReactionType }) => value.type.type === word,
  ),
  state: words(["canceled", "active", "failed"], (word) => (value: string) => value === word),
  sticker: having<Sticker>()("is_video", "is_animated", "premium_animation"),
  link_preview_options: having<LinkPreviewOptions>()(
    "url",
    "prefer_small_media",
    "prefer_large_media",
    "show_above_text",
  ),
  chat_owner_left: having<ChatOwnerLeft>()("new_owner"),
  forum_topic_created: having<ForumTopicCreated>()("is_name_implicit"),
  forum_topic_edited: having<ForumTopicEdited>()("name", "icon_custom_emoji_id"),
  checklist: having<Checklist>()("others_can_add_tasks", "others_can_mark_tasks_as_done"),
  giveaway: having<Giveaway>()("only_new_members", "has_public_winners"),
  giveaway_winners: having<GiveawayWinners>()("only_new_members", "was_refunded"),
  gift,
  gift_upgrade_sent: gift,
  unique_gift: having<UniqueGiftInfo>()("transfer_star_count", "text", "is_private"),
};
