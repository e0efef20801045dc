import type { Chat, Message, Poll, ShippingAddress, ShippingOption, User } from "../api/types.ts";
import {
  checkMayAct,
  currentMessage,
  editAsUser,
  type MessageTarget,
  reactAsUser,
  sendAsUser,
} from "./actions.ts";
import type { BotAccount } from "./bot_account.ts";
import type { CallbackAnswer, ChatState } from "./chat_state.ts";
import { askShipping, type InvoiceTarget, pay } from "./checkout.ts";
import { contentOf, type UserContent } from "./content.ts";
import type { MediaKind } from "./files.ts";
import { chooseResult, type InlineAnswer, inlineQuery } from "./inline_mode.ts";
import { type MediaDetails, storeMedia } from "./media.ts";
import { block, join, leave, requestToJoin } from "./membership.ts";
import { type ChatPlace, findBot, findChat, findGroup } from "./places.ts";
import { pressButton } from "./press.ts";
import { Sight, type WaitForOptions } from "./sight.ts";
import { transcriptOf } from "./transcript.ts";
import { vote } from "./votes.ts";
import type { World } from "./world.ts";

/** Options of {@linkcode VirtualUser.send}. */
export interface UserSendOptions {
  /** The message to which this is a reply. */
  reply_to?: MessageTarget;
}

/** Options of {@linkcode VirtualUser.sendFile}. */
export interface UserFileOptions extends UserSendOptions, Omit<MediaDetails, "thumbnail"> {
  /** The file's name. There is a default. */
  name?: string;
  /** The media type, for example `image/png`. Default: what the name suggests. */
  type?: string;
  /** The text below the file. */
  caption?: string;
}

/** Options of {@linkcode VirtualUser.inlineQuery}. */
export interface InlineQueryOptions extends WaitForOptions {
  /** The `next_offset` of an answer, to ask for more. */
  offset?: string;
  /** The kind of chat in which the query is typed. */
  chat_type?: "sender" | Chat["type"];
}

/** A user, all of whose selves in different chats are one. */
interface Person {
  readonly world: World;
  readonly user: User;
  readonly mainBot: BotAccount;
  readonly selves: Map<number, VirtualUser>;
}

let make: (person: Person, place: ChatPlace) => VirtualUser;

/** Makes a user in the private chat with a bot. */
export function makeUser(world: World, user: User, mainBot: BotAccount): VirtualUser {
  return make({ world, user, mainBot, selves: new Map() }, mainBot);
}

/**
 * A virtual user in a chat: what they do there, and what they see. The chat is the private one with the
 * simulator's (first) bot; {@linkcode VirtualUser.in} leads into others.
 *
 * @example
 * ```ts
 * import { Simulator } from "@tramline/tramline/testing";
 *
 * await using sim = new Simulator();
 * const alice = sim.user({ first_name: "Alice" });
 * const group = sim.group([alice]);
 * await alice.send("/start");
 * await alice.in(group).send("Hello, everybody");
 * ```
 */
export class VirtualUser {
  readonly #person: Person;
  readonly #place: ChatPlace;
  readonly #sight: Sight;

  static {
    make = (person, place) => new VirtualUser(person, place);
  }

  private constructor(person: Person, place: ChatPlace) {
    this.#person = person;
    this.#place = place;
    this.#sight = new Sight(person.world, person.user, () => this.#chat);
    person.selves.set(place.id, this);
  }

  /** The user, as bots see them. */
  get user(): User {
    return this.#person.user;
  }

  /** The user's id. */
  get id(): number {
    return this.user.id;
  }

  /** The chat, as bots see it. */
  get chat(): Chat {
    return this.#chat.info;
  }

  /** The messages that are in the chat now: edits applied, deleted ones gone. */
  get messages(): Message[] {
    return [...this.#chat.messages.values()];
  }

  /** The chat as text, a line for each message with the buttons below it. */
  get transcript(): string {
    return transcriptOf(this.#chat);
  }

  /**
   * This user in another chat: a group, a channel, or the private chat with another bot. The same
   * place gives the same object, with what it has seen already.
   */
  in(place: ChatPlace): VirtualUser {
    const { selves, world } = this.#person;
    const self = selves.get(place.id);
    if (self !== undefined) return self;
    findChat(world, this.user, place);
    return make(this.#person, place);
  }

  /**
   * Sends a message. Commands, links, mentions and the like in a text are marked as Telegram does.
   *
   * @param content A text, or any content: `{ location: { latitude, longitude } }`
   * @returns The message as the bot receives it
   */
  async send(content: UserContent, { reply_to }: UserSendOptions = {}): Promise<Message> {
    return await sendAsUser(this.#world, this.#active, this.user, content, reply_to);
  }

  /**
   * Sends a file; the bot can download it with getFile.
   *
   * @param kind As what: `"photo"`, `"document"`, `"voice"`, …
   * @param bytes The content. Photos and films are not looked into
   */
  async sendFile(
    kind: MediaKind,
    bytes: Uint8Array<ArrayBuffer>,
    { name = "", type = "", caption, reply_to, ...details }: UserFileOptions = {},
  ): Promise<Message> {
    const { text, entities } = caption === undefined ? {} : contentOf(caption);
    const content = {
      ...storeMedia(this.#world.files, kind, { name, type, bytes }, details),
      ...(text !== undefined && { caption: text }),
      ...(entities !== undefined && { caption_entities: entities }),
    };
    return await this.send(content, reply_to && { reply_to });
  }

  /** Sends a photo: {@linkcode VirtualUser.sendFile} of that kind. */
  sendPhoto(bytes: Uint8Array<ArrayBuffer>, options?: UserFileOptions): Promise<Message> {
    return this.sendFile("photo", bytes, options);
  }

  /** Sends a document: {@linkcode VirtualUser.sendFile} of that kind. */
  sendDocument(bytes: Uint8Array<ArrayBuffer>, options?: UserFileOptions): Promise<Message> {
    return this.sendFile("document", bytes, options);
  }

  /**
   * Edits a message of this user.
   *
   * @returns The message as it is now
   */
  async edit(message: MessageTarget, content: UserContent): Promise<Message> {
    return await editAsUser(this.#world, this.#active, message, content);
  }

  /**
   * Presses a button by its text: the newest inline button of that text, else a button of the reply
   * keyboard. What the bot does about it is told by {@linkcode VirtualUser.nextAnswer},
   * {@linkcode VirtualUser.nextReply} and {@linkcode VirtualUser.nextEdit}.
   *
   * @param text The button's text
   * @param on The message whose button is meant, if not the newest that has one
   * @throws {Error} if there is no such button, or it is not one that the bot hears of
   */
  async press(text: string, on?: MessageTarget): Promise<void> {
    const chat = this.#active;
    const message = on && currentMessage(chat, on);
    const content = pressButton(this.#world, chat, this.user, text, message);
    if (content !== undefined) await this.send(content);
  }

  /**
   * Reacts to a message. A bot hears of it if it has asked for `message_reaction`, in groups only as an
   * administrator.
   *
   * @param emoji The emoji; none takes the reactions back
   */
  async react(message: MessageTarget, ...emoji: string[]): Promise<void> {
    await reactAsUser(this.#world, this.#active, this.user, message, emoji);
  }

  /**
   * Votes in a poll.
   *
   * @param options The texts of the options; none takes the vote back
   * @returns The poll as it is now
   */
  async vote(message: MessageTarget, ...options: string[]): Promise<Poll> {
    const chat = this.#active;
    return await vote(this.#world, chat, this.user, currentMessage(chat, message), options);
  }

  /**
   * The next message of a bot in this chat, in the order in which they came. One that is there
   * already is returned at once, so nothing is missed between two calls.
   *
   * @throws an error named `TimeoutError` that tells what happened instead
   */
  nextReply(options?: WaitForOptions): Promise<Message> {
    return this.#sight.nextReply(options);
  }

  /**
   * The next edit that a bot makes in this chat: the message as it is after the edit.
   *
   * @throws an error named `TimeoutError` that tells what happened instead
   */
  nextEdit(options?: WaitForOptions): Promise<Message> {
    return this.#sight.nextEdit(options);
  }

  /**
   * The next answer of a bot to a button that this user pressed here.
   *
   * @throws an error named `TimeoutError` that tells what happened instead
   */
  nextAnswer(options?: WaitForOptions): Promise<CallbackAnswer> {
    return this.#sight.nextAnswer(options);
  }

  /**
   * Types an inline query, `@bot text`, and waits for the results. Inline mode has no chat, so the bot
   * is the one of the private chat, in other chats the first.
   *
   * @throws an error named `TimeoutError` if the bot does not answer
   */
  inlineQuery(text: string, options: InlineQueryOptions = {}): Promise<InlineAnswer> {
    const { offset = "", chat_type, timeoutSeconds = this.#world.timeoutSeconds } = options;
    const query = { query: text, offset, chat_type };
    return inlineQuery(this.#world, this.user, this.#bot, query, timeoutSeconds);
  }

  /**
   * Chooses one of the results of an inline query: it is sent to this chat in the user's name, and the
   * bot receives a `chosen_inline_result`.
   *
   * @returns The message
   */
  async chooseResult(answer: InlineAnswer, resultId: string): Promise<Message> {
    return await chooseResult(this.#world, this.user, this.#active, answer, resultId);
  }

  /**
   * Pays an invoice: asks the bot with a pre-checkout query and, if it agrees, sends the message about
   * the payment.
   *
   * @param invoice The message with the invoice, or a link that createInvoiceLink has made
   * @returns The message with `successful_payment`
   * @throws {Error} with the bot's words if it refuses
   */
  async pay(invoice: InvoiceTarget, { timeoutSeconds }: WaitForOptions = {}): Promise<Message> {
    const patience = timeoutSeconds ?? this.#world.timeoutSeconds;
    return await this.send(await pay(this.#world, this.user, invoice, patience));
  }

  /**
   * Asks the bot what it costs to ship what an invoice is for.
   *
   * @throws {Error} with the bot's words if it does not ship there
   */
  askShipping(
    invoice: InvoiceTarget,
    address: ShippingAddress,
    { timeoutSeconds = this.#world.timeoutSeconds }: WaitForOptions = {},
  ): Promise<ShippingOption[]> {
    return askShipping(this.#world, this.user, invoice, address, timeoutSeconds);
  }

  /** Joins a group or channel. */
  join(chat: ChatPlace): void {
    join(this.#world, findGroup(this.#world, chat), this.user);
  }

  /** Leaves a group or channel. */
  leave(chat: ChatPlace): void {
    leave(this.#world, findGroup(this.#world, chat), this.user);
  }

  /** Asks to be let in; bots that are administrators receive a `chat_join_request`. */
  requestToJoin(chat: ChatPlace): void {
    requestToJoin(this.#world, findGroup(this.#world, chat), this.user);
  }

  /** Blocks the bot: it may not write any more, and is told so. */
  block(): void {
    block(this.#world, this.#bot, this.user, true);
  }

  /** Takes {@linkcode VirtualUser.block} back. */
  unblock(): void {
    block(this.#world, this.#bot, this.user, false);
  }

  /** Deletes the account: bots that write to it are told that the user is deactivated. */
  deleteAccount(): void {
    this.#world.users.get(this.id)!.deactivated = true;
  }

  get #world(): World {
    return this.#person.world;
  }

  get #chat(): ChatState {
    return findChat(this.#world, this.user, this.#place);
  }

  /** The chat, if the user can do something in it. */
  get #active(): ChatState {
    checkMayAct(this.#chat, this.user);
    return this.#chat;
  }

  get #bot(): BotAccount {
    return findBot(this.#world, this.#place) ?? this.#person.mainBot;
  }
}
