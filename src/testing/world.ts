import type { Chat, Message, User } from "../api/types.ts";
import type { BotAccount } from "./bot_account.ts";
import type { ApiCall } from "./calls.ts";
import { Changes } from "./changes.ts";
import { type ChatEvent, ChatState, type NewChatEvent } from "./chat_state.ts";
import { SimulatorClock } from "./clock.ts";
import { Endpoints } from "./endpoints.ts";
import { FaultPlan } from "./faults.ts";
import { FileStore } from "./files.ts";
import { FloodControl, type FloodLimits } from "./flood.ts";
import { Random } from "./random.ts";
import type { Shared } from "./shared.ts";
import type { FormattedText } from "./text/formatted_text.ts";
import { seesMessage } from "./visibility.ts";
import type { EndpointAnswer } from "./webhook_delivery.ts";

/** A question that waits for a bot's answer, such as a button press. */
export interface PendingQuery {
  kind: "callback" | "inline" | "shipping" | "pre_checkout";
  botId: number;
  userId: number;
  /** The chat in which it was asked, if it was in one. */
  chat: ChatState | undefined;
  /** Too late after this time. */
  expires: number;
  /** What the bot has answered. */
  answer?: Record<string, unknown>;
  /** What the results of an inline query say, by their ids, once formatted. */
  texts?: Map<string, FormattedText>;
}

/** What a bot asks money for. */
export interface InvoiceState {
  botId: number;
  payload: string;
  currency: string;
  amount: number;
  is_flexible: boolean;
}

/** An invoice that was paid. */
export interface PaymentState {
  botId: number;
  userId: number;
  invoice: InvoiceState;
  refunded: boolean;
}

/** A user as Telegram keeps them. */
export interface UserState {
  user: User;
  deactivated: boolean;
}

/** What the world is made with. */
export interface WorldOptions {
  clock: "real" | "manual";
  seed: number;
  local: boolean;
  paceConnections: boolean;
  flood: FloodLimits | undefined;
  latencySeconds: number;
  timeoutSeconds: number;
  callFromWebhook: (botId: number, answer: EndpointAnswer) => void;
}

/** Who writes a message: a user or bot, a chat in its own name, or both. */
export interface Author {
  from?: User;
  sender_chat?: Chat;
}

/** Everything that is at Telegram: bots, users, chats, files, and what is under way. */
export class World implements Shared {
  readonly clock: SimulatorClock;
  readonly random: Random;
  readonly endpoints = new Endpoints();
  readonly changes = new Changes();
  readonly local: boolean;
  readonly paceConnections: boolean;
  readonly callFromWebhook: Shared["callFromWebhook"];
  readonly files: FileStore;
  readonly faults = new FaultPlan();
  readonly flood: FloodControl | undefined;
  /** How long every call takes. */
  latencySeconds: number;
  /** How long tests wait for something, in real time. */
  readonly timeoutSeconds: number;

  readonly bots = new Map<number, BotAccount>();
  readonly users = new Map<number, UserState>();
  /** Groups, supergroups and channels. */
  readonly chats = new Map<number, ChatState>();
  readonly queries = new Map<string, PendingQuery>();
  /** What is asked for, by chat and message, or by link. */
  readonly invoices = new Map<string, InvoiceState>();
  /** What was paid, by the id of the charge. */
  readonly payments = new Map<string, PaymentState>();
  /** Messages that were sent through inline mode, by their inline ids. */
  readonly inlineMessages = new Map<string, { chat: ChatState; message_id: number }>();
  readonly calls: ApiCall[] = [];
  /** Calls under way, except long polls that wait. */
  activeCalls = 0;
  readonly responders = new Map<string, (call: ApiCall) => unknown>();
  readonly watchers = new Set<(event: ChatEvent) => void>();

  constructor(options: WorldOptions) {
    this.clock = new SimulatorClock(options.clock);
    this.random = new Random(options.seed);
    this.files = new FileStore(this.random);
    this.local = options.local;
    this.paceConnections = options.paceConnections;
    this.callFromWebhook = options.callFromWebhook;
    this.latencySeconds = options.latencySeconds;
    this.timeoutSeconds = options.timeoutSeconds;
    this.flood = options.flood && new FloodControl(this.clock, options.flood);
  }

  /** The private chat of a bot and a user; it is made when it is first needed. */
  dialog(account: BotAccount, user: User): ChatState {
    let chat = account.dialogs.get(user.id);
    if (chat === undefined) {
      const { id, first_name, last_name, username } = user;
      chat = new ChatState({
        id,
        first_name,
        ...(last_name !== undefined && { last_name }),
        ...(username !== undefined && { username }),
        type: "private",
      });
      account.dialogs.set(id, chat);
    }
    return chat;
  }

  /** Has the bot met this user? */
  knows(account: BotAccount, userId: number): boolean {
    if (account.dialogs.has(userId)) return true;
    for (const chat of this.chats.values()) {
      if (chat.members.has(userId) && chat.isMember(account.id)) return true;
    }
    return false;
  }

  /** The user or bot of this id. */
  user(id: number): User | undefined {
    return this.users.get(id)?.user ?? this.bots.get(id)?.user;
  }

  /** Puts a message into a chat; {@linkcode announce} tells the bots. */
  post(chat: ChatState, author: Author, content: Partial<Message>): Message {
    const message = {
      message_id: chat.newMessageId(),
      ...author,
      chat: chat.info,
      date: this.clock.date(),
      ...content,
    } as Message;
    chat.keep(message);
    return message;
  }

  /** Tells the bots of a chat about a message of somebody else. */
  announce(chat: ChatState, message: Message, edited = false): void {
    const isPost = chat.info.type === "channel";
    const kind = isPost
      ? (edited ? "edited_channel_post" : "channel_post")
      : (edited ? "edited_message" : "message");
    for (const account of this.botsOf(chat)) {
      if (seesMessage(account.info, chat, message)) account.receive({ [kind]: message });
    }
  }

  /** The bots that are in a chat. */
  *botsOf(chat: ChatState): Generator<BotAccount> {
    for (const account of this.bots.values()) {
      if (chat.info.type === "private") {
        if (account.dialogs.get(chat.id) === chat) yield account;
      } else if (chat.members.has(account.id)) yield account;
    }
  }

  /** Tells those who watch what has happened in a chat. */
  emit(chat: ChatState, event: NewChatEvent): void {
    if (this.watchers.size > 0) {
      const full = { ...event, chat: chat.info, at: this.clock.now() } as ChatEvent;
      for (const watcher of this.watchers) watcher(full);
    }
    chat.changes.notify();
    this.changes.notify();
  }

  /** The id of a new group or channel: those of supergroups and channels begin with -100. */
  newChatId(type: "group" | "supergroup" | "channel"): number {
    const number = this.chats.size + 1;
    return type === "group" ? -4_000_000_000 - number : -1_002_000_000_000 - number;
  }

  /** A short id that no other query has. */
  newQueryId(): string {
    return `${this.random.integer(10 ** 9, 10 ** 10)}${this.random.integer(10 ** 8, 10 ** 9 - 1)}`;
  }

  /** Forgets what is timed, and ends every wait of a test. */
  close(): void {
    this.clock.close();
    const reason = "The simulator was closed while something was waited for.";
    this.changes.close(reason);
    for (const chat of this.chats.values()) chat.changes.close(reason);
    for (const account of this.bots.values()) {
      for (const chat of account.dialogs.values()) chat.changes.close(reason);
    }
  }
}
