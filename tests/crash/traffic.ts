import { Random } from "#src/testing/random.ts";
import type { Simulator, VirtualUser } from "@tramline/tramline/testing";

/** A reply, as it has arrived at Telegram. */
export interface Reply {
  /** The message it answers, counted from 1 within its chat. */
  readonly message: number;
  /** What the session said: the how-manieth message this is. */
  readonly count: number;
  /** The process that sent it. */
  readonly life: number;
  /** That process was dead already: its last call was still on the wire. */
  readonly late: boolean;
  /** The process that had answered the same message before was alive. */
  readonly repeatsLiving: boolean;
}

/** One user with the bot. */
export interface Chat {
  readonly user: VirtualUser;
  sent: number;
  readonly replies: Reply[];
  /** Messages that have a reply. */
  readonly answered: Set<number>;
}

/** Options of {@linkcode Traffic}. */
export interface TrafficOptions {
  readonly seed: number;
  readonly chats: number;
  /** Messages that wait for a reply, at any time. */
  readonly inFlight: number;
  /** Whether a process is known to be dead. */
  readonly isDead: (life: number) => boolean;
}

/** Users who write to the bot, and the replies that reach them: whenever one comes, another writes. */
export class Traffic {
  readonly chats: readonly Chat[];
  readonly #random: Random;
  readonly #byId: Map<number, Chat>;
  readonly #sim: Simulator;
  readonly #repliesOf = new Map<number, number>();
  readonly #inFlight: number;
  #sending = true;
  #hasGap = false;

  constructor(sim: Simulator, { seed, chats, inFlight, isDead }: TrafficOptions) {
    this.#sim = sim;
    this.#random = new Random(seed);
    this.#inFlight = inFlight;
    this.chats = Array.from({ length: chats }, () => {
      return { user: sim.user(), sent: 0, replies: [], answered: new Set<number>() };
    });
    this.#byId = new Map(this.chats.map((chat) => [chat.user.id, chat]));
    sim.on("sendMessage", ({ chat_id, text }, { payload }) => {
      const chat = this.#byId.get(Number(chat_id));
      const said = /^#(\d+): message (\d+)$/.exec(text);
      if (chat === undefined || said === null) return undefined;
      const [, count, message] = said.map(Number);
      const life = Number(payload.life);
      const last = chat.replies.at(-1);
      const repeatsLiving = last?.message === message && !isDead(last!.life);
      this.#note(chat, {
        message: message!,
        count: count!,
        life,
        late: isDead(life),
        repeatsLiving,
      });
      return undefined;
    });
  }

  /** Messages that were sent. */
  get sent(): number {
    return this.chats.reduce((sum, { sent }) => sum + sent, 0);
  }

  /** Messages that have no reply yet. */
  get waiting(): number {
    return this.chats.reduce((sum, { sent, answered }) => sum + sent - answered.size, 0);
  }

  /** Replies that came, repeated ones among them. */
  get received(): number {
    return this.chats.reduce((sum, { replies }) => sum + replies.length, 0);
  }

  /** Replies that came a second time, or more often. */
  get repeats(): number {
    return this.chats.reduce((sum, chat) => sum + chat.replies.length - chat.answered.size, 0);
  }

  /** Whether a reply has come before that to an earlier message: then something is lost. */
  get hasGap(): boolean {
    return this.#hasGap;
  }

  /** How many replies a process has sent. */
  repliesOf(life: number): number {
    return this.#repliesOf.get(life) ?? 0;
  }

  /** Sends the first messages. */
  async begin(): Promise<void> {
    for (let i = 0; i < this.#inFlight; i++) await this.#send();
  }

  /**
   * Lets everything through that was sent, by one more message of each user: when these are answered,
   * what was sent before is done, and not only answered. Meanwhile nobody writes anew.
   */
  async letThrough(): Promise<void> {
    this.#sending = false;
    for (const chat of this.chats) await this.#send(chat);
    await this.until(() => this.waiting === 0);
    this.#sending = true;
    await this.begin();
  }

  /** From now on nobody writes. */
  end(): void {
    this.#sending = false;
  }

  /** Resolves when `condition` holds, or something is lost and it may never hold. */
  async until(condition: () => boolean): Promise<void> {
    await this.#sim.until(() => this.#hasGap || condition());
  }

  /** Resolves when every message has a reply and Telegram keeps none. */
  async answered(): Promise<void> {
    await this.until(() => this.waiting === 0 && this.#sim.mainBot.pendingUpdates === 0);
  }

  #note(chat: Chat, reply: Reply): void {
    if (reply.message > chat.answered.size + 1) this.#hasGap = true;
    const isFirst = !chat.answered.has(reply.message);
    chat.replies.push(reply);
    chat.answered.add(reply.message);
    this.#repliesOf.set(reply.life, this.repliesOf(reply.life) + 1);
    if (isFirst && this.#sending) void this.#send();
  }

  async #send(chat = this.#anyChat()): Promise<void> {
    await chat.user.send(`message ${++chat.sent}`);
  }

  #anyChat(): Chat {
    return this.chats[this.#random.integer(0, this.chats.length - 1)]!;
  }
}

/**
 * What is wrong with a chat's replies; empty if nothing is. Of each message there must be a reply, in
 * order, with the right count. One may come again only if its process died with it in flight: then it
 * is the last of that process in this chat, and the next one of the chat comes from another.
 *
 * @param counts Whether the counts of the session are looked at. Default: `true`
 */
export function faultsOf(
  { user, sent, replies }: Chat,
  { counts = true }: { counts?: boolean } = {},
): string[] {
  const faults: string[] = [];
  let last: Reply | undefined;
  for (const reply of replies) {
    const { message, count, life, late, repeatsLiving } = reply;
    const done = last?.message ?? 0;
    if (counts && count !== message) faults.push(`message ${message} has count ${count}`);
    // Sent before the process died, and read by the simulator after another had gone on.
    if (late && message <= done) continue;
    if (message === done) {
      if (life === last!.life) faults.push(`message ${message} was answered twice by life ${life}`);
      if (repeatsLiving) {
        faults.push(`message ${message} came again while life ${last!.life} lived`);
      }
    } else if (message !== done + 1) {
      faults.push(`message ${message} (life ${life}) follows ${done} (life ${last?.life})`);
    }
    last = reply;
  }
  if ((last?.message ?? 0) !== sent) {
    faults.push(`${sent} were sent, the last reply is to ${last?.message}`);
  }
  return faults.map((fault) => `chat ${user.id}: ${fault}`);
}
