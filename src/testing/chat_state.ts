import type {
  Chat,
  ChatInviteLink,
  ChatMember,
  ChatPermissions,
  Message,
  ReactionType,
  ReplyKeyboardMarkup,
  User,
} from "../api/types.ts";
import { Changes } from "./changes.ts";

/** What a bot has told a user who pressed a button. */
export interface CallbackAnswer {
  /** The callback query that was answered. */
  callback_query_id: string;
  /** The text shown; empty if the button only stops spinning. */
  text: string;
  /** Is it shown as an alert that must be dismissed? */
  show_alert: boolean;
  /** The URL that is opened, if one is. */
  url?: string;
}

/** What happens in a chat, as `sim.watch` reports it. */
export type ChatEvent =
  & {
    /** The chat in which it happens. */
    chat: Chat;
    /** When, in seconds since 1970 with fractions, by the simulator's clock. */
    at: number;
  }
  & (
    | { type: "message" | "edit"; message: Message }
    | { type: "delete"; message: Message }
    | { type: "reaction"; message_id: number; from: User; reaction: ReactionType[] }
    | { type: "action"; from: User; action: string }
    | { type: "press"; from: User; text: string; message: Message }
    | { type: "answer"; to: User; answer: CallbackAnswer }
    | { type: "draft"; from: User; draft_id: number; text: string }
    | { type: "member"; user: User; member: ChatMember }
  );

type WithoutContext<T> = T extends unknown ? Omit<T, "chat" | "at"> : never;

/** A {@linkcode ChatEvent} that does not say yet where and when. */
export type NewChatEvent = WithoutContext<ChatEvent>;

/** A chat as Telegram keeps it. A private chat exists once for each pair of a bot and a user. */
export class ChatState {
  info: Chat;
  /** Messages as they are now, oldest first. */
  readonly messages = new Map<number, Message>();
  readonly members = new Map<number, ChatMember>();
  readonly reactions = new Map<number, Map<number, ReactionType[]>>();
  readonly topics = new Map<number, string>();
  readonly inviteLinks = new Map<string, ChatInviteLink>();
  readonly joinRequests = new Set<number>();
  /** The inline ids of messages that were sent through inline mode. */
  readonly inlineIds = new Map<number, string>();
  readonly changes = new Changes();
  pinned: number[] = [];
  permissions: ChatPermissions | undefined;
  description: string | undefined;
  /** The supergroup that this group has become. */
  migratedTo: number | undefined;
  /** The buttons below the text field. */
  keyboard: ReplyKeyboardMarkup | undefined;

  /** Set in a chat of a business account that the bot answers in its owner's name. */
  business: { connection: string; owner: User } | undefined;

  /** A private chat: may the bot write, and has the user blocked it? */
  started = false;
  blocked = false;

  /** What users have to see, in the order in which it happened. */
  readonly replies: Message[] = [];
  readonly edits: Message[] = [];
  readonly answers: { user: number; answer: CallbackAnswer }[] = [];
  readonly actions: { action: string; at: number }[] = [];

  readonly #votes = new Map<number, Map<number, number[]>>();
  #lastMessageId = 0;

  constructor(info: Chat) {
    this.info = info;
  }

  get id(): number {
    return this.info.id;
  }

  /** The votes in the poll of a message, by user. */
  votesOf(messageId: number): Map<number, number[]> {
    let votes = this.#votes.get(messageId);
    if (votes === undefined) this.#votes.set(messageId, votes = new Map());
    return votes;
  }

  /** An id for the next message. */
  newMessageId(): number {
    return ++this.#lastMessageId;
  }

  /** Keeps a message whose id was given elsewhere. */
  keep(message: Message): void {
    this.messages.set(message.message_id, message);
    if (message.message_id > this.#lastMessageId) this.#lastMessageId = message.message_id;
  }

  /** Is this user in the chat? */
  isMember(userId: number): boolean {
    const member = this.members.get(userId);
    return member !== undefined && member.status !== "left" && member.status !== "kicked" &&
      (member.status !== "restricted" || member.is_member);
  }

  isAdmin(userId: number): boolean {
    const status = this.members.get(userId)?.status;
    return status === "administrator" || status === "creator";
  }
}
