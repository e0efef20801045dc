import type { UserFromGetMe } from "../api/types.ts";
import type { BotAccount } from "./bot_account.ts";
import type { DeliveryReport } from "./webhook_delivery.ts";

/** What a bot's client needs to talk to the simulator within the process. */
export interface SimulatorClient {
  /** An address that exists only for {@linkcode SimulatorClient.fetch}. */
  apiRoot: string;
  /** Answers requests in this process. */
  fetch: typeof globalThis.fetch;
}

let make: (account: BotAccount, client: SimulatorClient) => SimulatedBot;

/** Makes the face of what Telegram keeps. */
export function makeSimulatedBot(account: BotAccount, client: SimulatorClient): SimulatedBot {
  return make(account, client);
}

/** A bot of the simulator, from Telegram's side. */
export class SimulatedBot {
  readonly #account: BotAccount;
  /** To be given to `new Bot(token, { client })`. */
  readonly client: SimulatorClient;

  static {
    make = (account, client) => new SimulatedBot(account, client);
  }

  private constructor(account: BotAccount, client: SimulatorClient) {
    this.#account = account;
    this.client = client;
  }

  /** The token. */
  get token(): string {
    return this.#account.token;
  }

  /** The bot's user id. */
  get id(): number {
    return this.#account.id;
  }

  /** What `getMe` answers. */
  get info(): UserFromGetMe {
    return this.#account.info;
  }

  /** Is a long poll waiting? */
  get isPolling(): boolean {
    return this.#account.polling.waiting;
  }

  /** How many updates wait to be confirmed. */
  get pendingUpdates(): number {
    return this.#account.queue.size;
  }

  /** The `update_id` that the next update will get. */
  get nextUpdateId(): number {
    return this.#account.queue.nextId;
  }

  /** Every attempt so far to deliver an update to the bot's webhook. */
  get deliveries(): readonly DeliveryReport[] {
    return this.#account.deliveries;
  }

  /** Gives the bot another token, as BotFather does; the old one is refused from now on. */
  revokeToken(): void {
    const { shared, id } = this.#account;
    this.#account.token = `${id}:AA${shared.random.text(33)}`;
  }

  /**
   * Empties the queue and lets the ids of updates begin anew, lower or higher, as happens after a
   * week without updates.
   *
   * @param nextId The next id; without it a random one
   */
  restartUpdateIds(nextId?: number): void {
    this.#account.queue.restart(nextId);
  }
}
