import type { Chat, User, UserFromGetMe } from "../api/types.ts";
import { BotAccount } from "./bot_account.ts";
import type { ApiCall } from "./calls.ts";
import { type ChatEvent, ChatState } from "./chat_state.ts";
import { makeVirtualChat, type VirtualChat } from "./chats.ts";
import type { VirtualClock } from "./clock.ts";
import type { FetchHandler } from "./endpoints.ts";
import { situation } from "./explain.ts";
import type { Fault, FaultRule } from "./faults.ts";
import { fetchInProcess } from "./in_process.ts";
import { learnFrom } from "./learn.ts";
import { memberOf } from "./members.ts";
import type { MethodName } from "./methods/call.ts";
import type { ChatOptions, Payload, Responder, SimulatorOptions } from "./options.ts";
import { listen, type ListenOptions, type SimulatorServer } from "./server.ts";
import type { WaitForOptions } from "./sight.ts";
import { makeSimulatedBot, type SimulatedBot, type SimulatorClient } from "./simulated_bot.ts";
import type { NewUpdate } from "./update_kinds.ts";
import { makeUser, type VirtualUser } from "./user.ts";
import type { DeliveryReport } from "./webhook_delivery.ts";
import { callFromReply } from "./webhook_reply.ts";
import { World } from "./world.ts";

/** The address of the simulator within the process; by RFC 2606 it exists nowhere else. */
const apiRoot = "https://telegram.invalid";

/**
 * Telegram's Bot API, simulated: for tests, examples and playing offline. A bot talks to it in this
 * process ({@linkcode Simulator.client}) or over HTTP ({@linkcode Simulator.listen}), and virtual users
 * talk to the bot.
 *
 * @example
 * ```ts
 * import { Bot } from "@tramline/tramline";
 * import { Simulator } from "@tramline/tramline/testing";
 *
 * await using sim = new Simulator();
 * const bot = new Bot(sim.token, { client: sim.client });
 * bot.command("start", (ctx) => ctx.reply("Hi!"));
 * void bot.start();
 *
 * const alice = sim.user({ first_name: "Alice" });
 * await alice.send("/start");
 * console.log((await alice.nextReply()).text); // Hi!
 * await bot.stop();
 * ```
 */
export class Simulator {
  readonly #world: World;
  readonly #servers: SimulatorServer[] = [];
  readonly #seenCalls = new Map<string, number>();
  #users = 0;
  #seenDeliveries = 0;

  /** The first bot; {@linkcode Simulator.bot} makes more. */
  readonly mainBot: SimulatedBot;
  /** The simulator's `fetch`: answers requests to the Bot API without a network. */
  readonly fetch: typeof globalThis.fetch;

  /**
   * Makes a Telegram with one bot.
   *
   * @param options All have defaults
   */
  constructor(options: SimulatorOptions = {}) {
    const world: World = new World({
      clock: options.clock ?? "real",
      seed: options.seed ?? 1,
      local: options.local ?? false,
      paceConnections: options.paceConnections ?? false,
      flood: options.flood,
      latencySeconds: options.latencySeconds ?? 0,
      timeoutSeconds: options.timeoutSeconds ?? 5,
      callFromWebhook: (botId, answer) => void callFromReply(world, botId, answer),
    });
    this.#world = world;
    this.fetch = (input, init) => fetchInProcess(world, input, init);
    this.mainBot = this.bot(options.botInfo);
  }

  /** The token of the first bot. */
  get token(): string {
    return this.mainBot.token;
  }

  /** What the first bot's client needs: `new Bot(sim.token, { client: sim.client })`. */
  get client(): SimulatorClient {
    return this.mainBot.client;
  }

  /** The time of the simulated world. */
  get clock(): VirtualClock {
    return this.#world.clock;
  }

  /** Every call that any bot has made, oldest first; those that run have no result yet. */
  get calls(): readonly ApiCall[] {
    return this.#world.calls;
  }

  /** Seconds that every call but `getUpdates` takes, by the simulator's clock. */
  get latencySeconds(): number {
    return this.#world.latencySeconds;
  }
  set latencySeconds(seconds: number) {
    this.#world.latencySeconds = seconds;
  }

  /**
   * Makes another bot, with a token of its own.
   *
   * @param info What getMe is to say. There are defaults
   * @param environment Telegram's test servers are a world of their own, under `/bot<token>/test/`
   */
  bot(info: Partial<UserFromGetMe> = {}, environment: "prod" | "test" = "prod"): SimulatedBot {
    const world = this.#world;
    const number = world.bots.size + 1;
    const id = info.id ?? 7_000_000_000 + number;
    const full: UserFromGetMe = {
      id,
      is_bot: true,
      first_name: number === 1 ? "Bot" : `Bot ${number}`,
      username: number === 1 ? "simulated_bot" : `simulated_${number}_bot`,
      can_join_groups: true,
      can_read_all_group_messages: true,
      supports_guest_queries: false,
      supports_inline_queries: true,
      can_connect_to_business: false,
      has_main_web_app: false,
      has_topics_enabled: false,
      allows_users_to_create_topics: false,
      can_manage_bots: false,
      supports_join_request_queries: false,
      ...info,
    };
    const account = new BotAccount(world, full, `${id}:AA${world.random.text(33)}`, environment);
    world.bots.set(id, account);
    return makeSimulatedBot(account, { apiRoot, fetch: this.fetch });
  }

  /** Makes a user. */
  user(info: Partial<User> = {}): VirtualUser {
    const number = ++this.#users;
    const user: User = {
      id: 1000 + number,
      is_bot: false,
      first_name: `User ${number}`,
      language_code: "en",
      ...info,
    };
    this.#world.users.set(user.id, { user, deactivated: false });
    return makeUser(this.#world, user, this.#world.bots.get(this.mainBot.id)!);
  }

  /** Makes a basic group of these users and the bot; the first user is its owner. */
  group(members: readonly VirtualUser[] = [], options: ChatOptions = {}): VirtualChat {
    return this.#chat("group", members, options);
  }

  /** Makes a supergroup of these users and the bot; the first user is its owner. */
  supergroup(members: readonly VirtualUser[] = [], options: ChatOptions = {}): VirtualChat {
    return this.#chat("supergroup", members, options);
  }

  /** Makes a channel with these subscribers; the first user is its owner. */
  channel(members: readonly VirtualUser[] = [], options: ChatOptions = {}): VirtualChat {
    return this.#chat("channel", members, { bot: "administrator", ...options });
  }

  #chat(
    type: "group" | "supergroup" | "channel",
    members: readonly VirtualUser[],
    { title, username, bot = "member", is_forum }: ChatOptions,
  ): VirtualChat {
    const world = this.#world;
    const id = world.newChatId(type);
    const chat = new ChatState({
      id,
      title: title ?? `${type[0]!.toUpperCase()}${type.slice(1)} ${world.chats.size + 1}`,
      ...(username !== undefined && { username }),
      ...(is_forum && { is_forum }),
      type,
    } as Chat);
    members.forEach(({ user }, index) => {
      chat.members.set(user.id, memberOf(user, index === 0 ? "creator" : "member"));
    });
    const account = world.bots.get(this.mainBot.id)!;
    if (bot !== "left") chat.members.set(account.id, memberOf(account.user, bot));
    world.chats.set(id, chat);
    return makeVirtualChat(world, chat);
  }

  /**
   * Delivers an update of any kind, as it is but for its id. Users and chats in it that the simulator
   * does not know come into being, so that the bot can answer.
   *
   * @param update The update without `update_id`: `{ message: { … } }`
   * @param bot The bot to receive it. Default: the first
   * @returns The update's id; `undefined` if Telegram would not have stored it
   */
  deliver(update: NewUpdate, bot: SimulatedBot = this.mainBot): number | undefined {
    const account = this.#world.bots.get(bot.id)!;
    learnFrom(this.#world, account, update);
    return account.receive(update)?.id;
  }

  /**
   * Answers a method in the simulator's place, for methods that it does not simulate and for answers
   * of your own. A responder that throws a `TelegramError` makes the call fail.
   *
   * @param method The method
   * @param responder Returns the result; `undefined` leaves the call to the simulator
   * @returns A function that takes the responder back
   */
  on<M extends MethodName>(method: M, responder: Responder<M>): () => void {
    const { responders } = this.#world;
    const respond = (call: ApiCall) => responder(call.payload as Payload<M>, call);
    responders.set(method, respond);
    return () => {
      if (responders.get(method) === respond) responders.delete(method);
    };
  }

  /**
   * Lets the next calls of a method go wrong.
   *
   * @param method The method; `"*"` is any but getUpdates
   * @param fault How it goes wrong
   * @param times How many calls. Default: 1
   */
  failNext(method: MethodName | "*", fault: Fault, times = 1): void {
    this.#world.faults.plan(method, fault, times);
  }

  /**
   * Asks `rule` about every call whether it goes wrong.
   *
   * @returns A function that takes the rule back
   */
  failWhen(rule: FaultRule): () => void {
    return this.#world.faults.addRule(rule);
  }

  /**
   * Tells `listener` of everything that happens in chats, as it happens.
   *
   * @returns A function that ends it
   */
  watch(listener: (event: ChatEvent) => void): () => void {
    this.#world.watchers.add(listener);
    return () => this.#world.watchers.delete(listener);
  }

  /** Serves the Bot API over HTTP, for bots in this process or in others. */
  async listen(options?: ListenOptions): Promise<SimulatorServer> {
    const server = await listen(this.#world, options);
    this.#servers.push(server);
    return server;
  }

  /**
   * Makes a web server of this process reachable for Telegram, without a network.
   *
   * @param handler What answers the requests: `(request) => runner.fetch(request)`
   * @param origin The address it gets. Default: one that is free
   * @returns The address, to be given to setWebhook
   */
  serve(handler: FetchHandler, origin?: string): string {
    const { endpoints } = this.#world;
    for (let n = 1; origin === undefined; n++) {
      const free = `https://bot-${n}.example.com`;
      if (!endpoints.has(free)) origin = free;
    }
    endpoints.serve(new URL(origin).origin, handler);
    return origin;
  }

  /**
   * The next call of a method that has been answered, in the order in which the calls came. One that
   * is there already is returned at once.
   *
   * @throws an error named `TimeoutError` that tells what happened instead
   */
  nextCall(method: MethodName, options: WaitForOptions = {}): Promise<ApiCall> {
    const { calls } = this.#world;
    return this.#until(
      `A call of ${method}`,
      () => {
        let index = this.#seenCalls.get(method) ?? 0;
        while (index < calls.length && calls[index]!.method !== method) index++;
        const call = calls[index];
        this.#seenCalls.set(method, call?.answered ? index + 1 : index);
        return call?.answered ? call : undefined;
      },
      options,
    );
  }

  /** Waits until the next attempt to deliver an update to the first bot's webhook has ended. */
  nextDelivery(options: WaitForOptions = {}): Promise<DeliveryReport> {
    const { deliveries } = this.#world.bots.get(this.mainBot.id)!;
    return this.#until(
      "A delivery to the webhook",
      () =>
        this.#seenDeliveries < deliveries.length ? deliveries[this.#seenDeliveries++] : undefined,
      options,
    );
  }

  /**
   * Waits until `condition` holds; it is asked again whenever something happens at Telegram.
   *
   * @throws an error named `TimeoutError` that tells what happened instead
   */
  async until(condition: () => boolean, options: WaitForOptions = {}): Promise<void> {
    await this.#until("The condition", () => condition() || undefined, options);
  }

  /**
   * Waits until nothing is under way: all updates are confirmed, and no call runs. What a bot does
   * between its calls is not seen; to wait for that, wait for what it shows, with `nextReply`.
   */
  idle(options?: WaitForOptions): Promise<void> {
    const { bots } = this.#world;
    return this.until(
      () =>
        this.#world.activeCalls === 0 &&
        [...bots.values()].every(({ queue, inFlight }) => queue.size === 0 && inFlight === 0),
      options,
    );
  }

  #until<T>(
    what: string,
    probe: () => T | undefined,
    { timeoutSeconds = this.#world.timeoutSeconds }: WaitForOptions,
  ): Promise<T> {
    const explain = () =>
      `${what} did not come within ${timeoutSeconds} s.\n${situation(this.#world)}`;
    return this.#world.changes.until(probe, { timeoutSeconds, explain });
  }

  /** Ends everything: servers, long polls, deliveries and timers. */
  async close(): Promise<void> {
    for (const account of this.#world.bots.values()) account.shutDown();
    this.#world.close();
    await Promise.all(this.#servers.map((server) => server.close()));
  }

  /** {@linkcode Simulator.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
