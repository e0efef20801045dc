import type { Api } from "../api/api.ts";
import type { Other, RawApi } from "../api/raw_api.ts";
import type {
  Chat,
  Message,
  MessageEntity,
  ReactionType,
  ReactionTypeEmoji,
  Update,
  User,
  UserFromGetMe,
} from "../api/types.ts";
import type { FilterCore, FilterQuery } from "./filter.ts";
import { has, type MaybeArray, type StaticHas, type StringWithCommandSuggestions } from "./has.ts";
import { entitiesOf, type Reactions, reactionsOf } from "./message_parts.ts";
import type { ChatTypeCore, Matched } from "./narrowed.ts";
import { installShortcuts } from "./shortcut_install.ts";
import type { ContextShortcuts } from "./shortcuts.ts";
import { type CarriesUnitOfWork, type UnitOfWork, unitOfWork } from "./unit_of_work.ts";
import type { AliasedUpdate } from "./update_kind.ts";

export type { MaybeArray, StaticHas, StringWithCommandSuggestions } from "./has.ts";
export type { Reactions } from "./message_parts.ts";
export type * from "./narrowed.ts";

/** Never aborted: the signal of a context that nobody has given a unit of work. */
const noSignal = new AbortController().signal;

/**
 * What middleware gets: an update, with the API to answer it and shortcuts for both.
 *
 * Whatever the kind of the update is, `ctx.msg`, `ctx.chat` and `ctx.from` find its message, chat
 * and user, and `ctx.reply` and its like call the API with what the update says. Middleware may add
 * properties of its own ("flavors", as the session does).
 *
 * @example
 * ```ts
 * import { Bot, type Context } from "@tramline/tramline";
 *
 * async function greet(ctx: Context): Promise<void> {
 *   await ctx.reply(`Hi ${ctx.from?.first_name ?? "there"}!`);
 * }
 *
 * const bot = new Bot("123456:a-token");
 * bot.command("start", greet);
 * ```
 */
export class Context implements AliasedUpdate, CarriesUnitOfWork {
  /** The update as Telegram sent it. */
  readonly update: Update;
  /** Every method of the Bot API. */
  readonly api: Api;
  /** The bot itself. */
  readonly me: UserFromGetMe;
  /** What `hears`, `command`, `callbackQuery` and the like have matched. */
  match: string | RegExpMatchArray | undefined;
  /** Set by whoever hands out the unit of work. */
  declare [unitOfWork]?: UnitOfWork;

  /**
   * Makes a context; a bot does it for each update.
   *
   * @param update The update
   * @param api What its handlers call the Bot API with
   * @param me The bot itself, as `getMe` returns it
   */
  constructor(update: Update, api: Api, me: UserFromGetMe) {
    this.update = update;
    this.api = api;
    this.me = me;
    this.match = undefined;
  }

  /** The update's `message`. */
  get message(): Update["message"] {
    return this.update.message;
  }

  /** The update's `edited_message`. */
  get editedMessage(): Update["edited_message"] {
    return this.update.edited_message;
  }

  /** The update's `channel_post`. */
  get channelPost(): Update["channel_post"] {
    return this.update.channel_post;
  }

  /** The update's `edited_channel_post`. */
  get editedChannelPost(): Update["edited_channel_post"] {
    return this.update.edited_channel_post;
  }

  /** The update's `business_connection`. */
  get businessConnection(): Update["business_connection"] {
    return this.update.business_connection;
  }

  /** The update's `business_message`. */
  get businessMessage(): Update["business_message"] {
    return this.update.business_message;
  }

  /** The update's `edited_business_message`. */
  get editedBusinessMessage(): Update["edited_business_message"] {
    return this.update.edited_business_message;
  }

  /** The update's `deleted_business_messages`. */
  get deletedBusinessMessages(): Update["deleted_business_messages"] {
    return this.update.deleted_business_messages;
  }

  /** The update's `guest_message`. */
  get guestMessage(): Update["guest_message"] {
    return this.update.guest_message;
  }

  /** The update's `stopped_message_generation`. */
  get stoppedMessageGeneration(): Update["stopped_message_generation"] {
    return this.update.stopped_message_generation;
  }

  /** The update's `message_reaction`. */
  get messageReaction(): Update["message_reaction"] {
    return this.update.message_reaction;
  }

  /** The update's `message_reaction_count`. */
  get messageReactionCount(): Update["message_reaction_count"] {
    return this.update.message_reaction_count;
  }

  /** The update's `inline_query`. */
  get inlineQuery(): Update["inline_query"] {
    return this.update.inline_query;
  }

  /** The update's `chosen_inline_result`. */
  get chosenInlineResult(): Update["chosen_inline_result"] {
    return this.update.chosen_inline_result;
  }

  /** The update's `callback_query`. */
  get callbackQuery(): Update["callback_query"] {
    return this.update.callback_query;
  }

  /** The update's `shipping_query`. */
  get shippingQuery(): Update["shipping_query"] {
    return this.update.shipping_query;
  }

  /** The update's `pre_checkout_query`. */
  get preCheckoutQuery(): Update["pre_checkout_query"] {
    return this.update.pre_checkout_query;
  }

  /** The update's `purchased_paid_media`. */
  get purchasedPaidMedia(): Update["purchased_paid_media"] {
    return this.update.purchased_paid_media;
  }

  /** The update's `poll`. */
  get poll(): Update["poll"] {
    return this.update.poll;
  }

  /** The update's `poll_answer`. */
  get pollAnswer(): Update["poll_answer"] {
    return this.update.poll_answer;
  }

  /** The update's `my_chat_member`. */
  get myChatMember(): Update["my_chat_member"] {
    return this.update.my_chat_member;
  }

  /** The update's `chat_member`. */
  get chatMember(): Update["chat_member"] {
    return this.update.chat_member;
  }

  /** The update's `chat_join_request`. */
  get chatJoinRequest(): Update["chat_join_request"] {
    return this.update.chat_join_request;
  }

  /** The update's `chat_boost`. */
  get chatBoost(): Update["chat_boost"] {
    return this.update.chat_boost;
  }

  /** The update's `removed_chat_boost`. */
  get removedChatBoost(): Update["removed_chat_boost"] {
    return this.update.removed_chat_boost;
  }

  /** The update's `managed_bot`. */
  get managedBot(): Update["managed_bot"] {
    return this.update.managed_bot;
  }

  /** The update's `subscription`. */
  get subscription(): Update["subscription"] {
    return this.update.subscription;
  }

  /** The message of the update, new or edited, from a chat or from under the button pressed. */
  get msg(): Message | undefined {
    const update = this.update;
    return update.message ?? update.edited_message ?? update.channel_post ??
      update.edited_channel_post ?? update.business_message ?? update.edited_business_message ??
      update.guest_message ?? update.callback_query?.message;
  }

  /** The identifier of the message that the update is about. */
  get msgId(): number | undefined {
    return this.msg?.message_id ?? this.update.message_reaction?.message_id ??
      this.update.message_reaction_count?.message_id;
  }

  /** The chat in which the update happened. */
  get chat(): Chat | undefined {
    const update = this.update;
    return (this.msg ?? update.deleted_business_messages ?? update.stopped_message_generation ??
      update.message_reaction ?? update.message_reaction_count ?? update.my_chat_member ??
      update.chat_member ?? update.chat_join_request ?? update.chat_boost ??
      update.removed_chat_boost)?.chat;
  }

  /** The identifier of the chat; for a business connection, of the private chat with its user. */
  get chatId(): number | undefined {
    return this.chat?.id ?? this.update.business_connection?.user_chat_id;
  }

  /** The chat on whose behalf the message was sent. */
  get senderChat(): Chat | undefined {
    return this.msg?.sender_chat;
  }

  /** The user who caused the update. */
  get from(): User | undefined {
    const update = this.update;
    return (update.callback_query ?? this.msg ?? update.inline_query ??
      update.chosen_inline_result ?? update.shipping_query ?? update.pre_checkout_query ??
      update.my_chat_member ?? update.chat_member ?? update.chat_join_request ??
      update.purchased_paid_media)?.from ??
      (update.business_connection ?? update.message_reaction ?? update.poll_answer ??
        update.managed_bot ?? update.subscription ??
        (update.chat_boost?.boost ?? update.removed_chat_boost)?.source)?.user;
  }

  /** The identifier of the inline message whose button was pressed or that was chosen. */
  get inlineMessageId(): string | undefined {
    return (this.update.callback_query ?? this.update.chosen_inline_result)?.inline_message_id;
  }

  /** The identifier of the business connection through which the update came. */
  get businessConnectionId(): string | undefined {
    return this.msg?.business_connection_id ?? this.update.business_connection?.id ??
      this.update.deleted_business_messages?.business_connection_id;
  }

  /**
   * Aborted when the update need not be handled any further: its handler's time is up, its lease
   * is lost, or the drain deadline has passed. Otherwise it is never aborted.
   */
  get signal(): AbortSignal {
    return this[unitOfWork]?.signal ?? noSignal;
  }

  /**
   * The entities of the message's text or caption, each with its part of the text in `text`.
   *
   * ```ts
   * import { Bot } from "@tramline/tramline";
   *
   * const bot = new Bot("123456:a-token");
   * bot.on("::url", (ctx) => {
   *   for (const { text } of ctx.entities("url")) console.log(text);
   * });
   * ```
   *
   * @param types The type or types of entities to return; default: all
   */
  entities(): (MessageEntity & { text: string })[];
  /** The entities of some types, each with its part of the text in `text`. */
  entities<T extends MessageEntity["type"]>(
    types: MaybeArray<T>,
  ): (MessageEntity & { type: T; text: string })[];
  entities(types?: MaybeArray<string>): (MessageEntity & { text: string })[] {
    return entitiesOf(this.msg, types);
  }

  /** What the user has changed about the reaction, for updates of the kind `message_reaction`. */
  reactions(): Reactions {
    return reactionsOf(this.update.message_reaction);
  }

  /**
   * Reacts to the message with emoji or other reactions, in place of those that the bot had given;
   * with an empty list it takes them away. Bots that are not premium users have one reaction each.
   *
   * ```ts
   * import { Bot } from "@tramline/tramline";
   *
   * const bot = new Bot("123456:a-token");
   * bot.hears("thanks", (ctx) => ctx.react("👍"));
   * ```
   *
   * @param reaction An emoji or a reaction, or a list of them
   * @param other The remaining parameters of `setMessageReaction`
   * @param signal Cancels the request when it is aborted
   */
  react(
    reaction: MaybeArray<ReactionTypeEmoji["emoji"] | ReactionType>,
    other?: Other<RawApi, "setMessageReaction", "chat_id" | "message_id" | "reaction">,
    signal?: AbortSignal,
  ): Promise<true> {
    const reactions = [reaction].flat().map((one): ReactionType =>
      typeof one === "string" ? { type: "emoji", emoji: one } : one
    );
    return this.setMessageReaction(reactions, other, signal);
  }

  /**
   * Makes predicates for contexts.
   *
   * ```ts
   * import { Context } from "@tramline/tramline";
   *
   * const hasPhoto = Context.has.filterQuery(":photo");
   * const count = (contexts: Context[]) => contexts.filter(hasPhoto).length;
   * ```
   */
  static has: StaticHas = has;

  /** Whether the update matches a filter query, or one of several, as in `bot.on`. */
  has<Q extends FilterQuery>(filter: Q | Q[]): this is FilterCore<Q> {
    return Context.has.filterQuery(filter)(this);
  }

  /** Whether the text or caption matches, as in `bot.hears`. Sets `match`. */
  hasText(
    trigger: MaybeArray<string | RegExp>,
  ): this is FilterCore<":text" | ":caption"> & Matched {
    return Context.has.text(trigger)(this);
  }

  /** Whether the message begins with the command, as in `bot.command`. Sets `match`. */
  hasCommand(
    command: MaybeArray<StringWithCommandSuggestions>,
  ): this is FilterCore<":entities:bot_command"> & Matched<string> {
    return Context.has.command(command)(this);
  }

  /** Whether the reaction was added, as in `bot.reaction`. */
  hasReaction(
    reaction: MaybeArray<ReactionTypeEmoji["emoji"] | ReactionType>,
  ): this is FilterCore<"message_reaction"> {
    return Context.has.reaction(reaction)(this);
  }

  /** Whether the chat is of the type, as in `bot.chatType`. */
  hasChatType<T extends Chat["type"]>(chatType: MaybeArray<T>): this is ChatTypeCore<T> {
    return Context.has.chatType(chatType)(this);
  }

  /** Whether the data of the pressed button matches, as in `bot.callbackQuery`. Sets `match`. */
  hasCallbackQuery(
    trigger: MaybeArray<string | RegExp>,
  ): this is FilterCore<"callback_query:data"> & Matched {
    return Context.has.callbackQuery(trigger)(this);
  }

  /** Whether the game whose button was pressed matches, as in `bot.gameQuery`. Sets `match`. */
  hasGameQuery(
    trigger: MaybeArray<string | RegExp>,
  ): this is FilterCore<"callback_query:game_short_name"> & Matched {
    return Context.has.gameQuery(trigger)(this);
  }

  /** Whether the text of the inline query matches, as in `bot.inlineQuery`. Sets `match`. */
  hasInlineQuery(
    trigger: MaybeArray<string | RegExp>,
  ): this is FilterCore<"inline_query"> & Matched {
    return Context.has.inlineQuery(trigger)(this);
  }

  /** Whether the identifier of the result matches, as in `bot.chosenInlineResult`. Sets `match`. */
  hasChosenInlineResult(
    trigger: MaybeArray<string | RegExp>,
  ): this is FilterCore<"chosen_inline_result"> & Matched {
    return Context.has.chosenInlineResult(trigger)(this);
  }

  /** Whether the payload of the invoice matches, as in `bot.preCheckoutQuery`. Sets `match`. */
  hasPreCheckoutQuery(
    trigger: MaybeArray<string | RegExp>,
  ): this is FilterCore<"pre_checkout_query"> & Matched {
    return Context.has.preCheckoutQuery(trigger)(this);
  }

  /** Whether the payload of the invoice matches, as in `bot.shippingQuery`. Sets `match`. */
  hasShippingQuery(
    trigger: MaybeArray<string | RegExp>,
  ): this is FilterCore<"shipping_query"> & Matched {
    return Context.has.shippingQuery(trigger)(this);
  }
}

/** The shortcuts are installed on the prototype: see {@linkcode ContextShortcuts}. */
export interface Context extends ContextShortcuts {}

installShortcuts(Context.prototype);
