import type {
  BotCommand,
  BusinessConnection,
  ChatAdministratorRights,
  MenuButton,
  User,
  UserFromGetMe,
} from "../api/types.ts";
import type { ChatState } from "./chat_state.ts";
import type { Params } from "./params.ts";
import { Polling } from "./polling.ts";
import type { Shared } from "./shared.ts";
import {
  defaultUpdates,
  type NewUpdate,
  readAllowedUpdates,
  type UpdateKind,
} from "./update_kinds.ts";
import { type StoredUpdate, UpdateQueue } from "./update_queue.ts";
import { type WebhookHost, WebhookSetter, type WebhookSettings } from "./webhook.ts";
import { type DeliveryHooks, type DeliveryReport, WebhookDelivery } from "./webhook_delivery.ts";

/** A bot as Telegram keeps it. */
export class BotAccount implements WebhookHost {
  readonly shared: Shared;
  info: UserFromGetMe;
  token: string;
  readonly environment: "prod" | "test";
  readonly queue: UpdateQueue;
  readonly polling: Polling;
  readonly webhook: WebhookSetter;
  settings: WebhookSettings | undefined;
  lastError: { date: number; message: string } | undefined;
  /** Every attempt to deliver an update to the webhook. */
  readonly deliveries: DeliveryReport[] = [];
  #delivery: WebhookDelivery | undefined;

  /** Private chats, by the user's id. */
  readonly dialogs = new Map<number, ChatState>();
  /** Business accounts that the bot works for, by connection, and their chats. */
  readonly connections = new Map<string, BusinessConnection>();
  readonly businessChats = new Map<string, ChatState>();
  readonly commands = new Map<string, BotCommand[]>();
  readonly texts = new Map<string, string>();
  readonly menuButtons = new Map<number, MenuButton>();
  readonly adminRights = new Map<string, ChatAdministratorRights>();
  /** When its session began; `close` is refused in the first ten minutes. */
  sessionBegan: number;
  loggedOut = false;

  constructor(shared: Shared, info: UserFromGetMe, token: string, environment: "prod" | "test") {
    this.shared = shared;
    this.info = info;
    this.token = token;
    this.environment = environment;
    this.queue = new UpdateQueue(shared.clock, shared.random);
    this.polling = new Polling(this.queue, shared.clock);
    this.webhook = new WebhookSetter(this);
    this.sessionBegan = shared.clock.now();
  }

  get id(): number {
    return this.info.id;
  }

  get local(): boolean {
    return this.shared.local;
  }

  /** The bot as the author of a message. */
  get user(): User {
    const { id, is_bot, first_name, last_name, username } = this.info;
    return { id, is_bot, first_name, ...(last_name !== undefined && { last_name }), username };
  }

  /** How many requests wait for the webhook's answer. */
  get inFlight(): number {
    return this.#delivery?.inFlight ?? 0;
  }

  /** Stores an update and sends it on its way. */
  receive(update: NewUpdate): StoredUpdate | undefined {
    if (this.loggedOut) return undefined;
    const stored = this.queue.add(update);
    if (stored === undefined) return undefined;
    this.polling.wake();
    this.#delivery?.wake();
    this.shared.changes.notify();
    return stored;
  }

  now(): number {
    return this.shared.clock.now();
  }

  serves(origin: string): boolean {
    return this.shared.endpoints.has(origin);
  }

  applyAllowedUpdates(params: Params): void {
    const value = params.jsonOrNothing("allowed_updates");
    this.queue.allowed = readAllowedUpdates(value) ?? this.queue.allowed;
  }

  /** What the bot receives; `undefined` stands for the default. */
  get allowedUpdates(): UpdateKind[] | undefined {
    return this.queue.allowed === defaultUpdates ? undefined : [...this.queue.allowed];
  }

  dropUpdates(): void {
    this.queue.deleteBefore(this.queue.nextId);
  }

  eraseWebhook(): void {
    this.polling.end("terminated by setWebhook request");
    this.#delivery?.close();
    this.#delivery = undefined;
    this.settings = undefined;
    this.shared.changes.notify();
  }

  openWebhook(settings: WebhookSettings): void {
    this.settings = settings;
    this.lastError = undefined;
    this.#delivery = new WebhookDelivery(
      this.queue,
      this.shared.clock,
      this.shared.random,
      this.#hooks(settings),
      {
        maxConnections: settings.maxConnections,
        paceConnections: this.shared.paceConnections,
      },
    );
    this.#delivery.wake();
  }

  #hooks(settings: WebhookSettings): DeliveryHooks {
    const { endpoints, clock, changes, callFromWebhook } = this.shared;
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (settings.authorization !== undefined) headers.authorization = settings.authorization;
    if (settings.secretToken !== "") {
      headers["x-telegram-bot-api-secret-token"] = settings.secretToken;
    }
    return {
      post: (body, signal) =>
        endpoints.request(settings.url, { method: "POST", headers, body, signal }, this.local),
      confirmed: (answer) => callFromWebhook(this.id, answer),
      report: (report) => {
        this.deliveries.push(report);
        if (report.error) this.lastError = { date: clock.date(), message: report.error };
        changes.notify();
      },
      gone: () => this.eraseWebhook(),
    };
  }

  /** Ends its connections to the outside. */
  shutDown(): void {
    this.polling.release();
    this.#delivery?.close();
  }
}
