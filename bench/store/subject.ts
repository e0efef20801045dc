import {
  Bot,
  type Context,
  run,
  type Runner,
  session,
  type SessionFlavor,
} from "@tramline/tramline";
import type { Store } from "@tramline/tramline";
import { botInfo, message, token } from "../lib/updates.ts";

/** Telegram, as far as it is needed: answers polls, in this process, with pages of 100 updates. */
export class Polls {
  readonly #pages: string[] = [];
  readonly #count: number;

  /**
   * @param count How many updates there are, with the ids from 1 on
   * @param chats How many chats they come from, by turns
   */
  constructor(count: number, chats: number) {
    this.#count = count;
    for (let first = 1; first <= count; first += 100) {
      const updates = Array.from({ length: Math.min(100, count - first + 1) }, (_, i) => {
        return message(first + i, 1 + (first + i) % chats, "Hello, how are you?");
      });
      this.#pages.push(JSON.stringify({ ok: true, result: updates }));
    }
  }

  /** Stands in for `fetch`. */
  readonly fetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    if (!String(url).endsWith("/getUpdates")) return answer(`{"ok":true,"result":true}`);
    const { offset, timeout } = JSON.parse(init!.body as string);
    if (offset <= this.#count && this.#count > 0) {
      return answer(this.#pages[Math.floor(offset / 100)]!);
    }
    const nothing = `{"ok":true,"result":[]}`;
    if (timeout === 0) return answer(nothing);
    const signal = init!.signal!;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(answer(nothing)), timeout * 1000);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    });
  };
}

function answer(text: string): Promise<Response> {
  return Promise.resolve(
    new Response(text, { headers: { "content-type": "application/json" } }),
  );
}

/** The bot that is measured: it counts the messages of each chat in a session. */
export class CountingBot {
  readonly #bot: Bot<Context & SessionFlavor<{ count: number }>>;
  readonly #done = Promise.withResolvers<void>();

  /**
   * @param count How many messages to wait for
   * @param polls Where they come from
   */
  constructor(count: number, polls: Polls) {
    this.#bot = new Bot(token, { botInfo, client: { fetch: polls.fetch as typeof fetch } });
    this.#bot.use(session({ initial: () => ({ count: 0 }) }));
    let left = count;
    this.#bot.on("message", (ctx) => {
      ctx.session.count++;
      if (--left === 0) this.#done.resolve();
    });
  }

  /** Runs until all messages are counted and that is committed; returns the seconds it took. */
  async work(store: Store): Promise<number> {
    await store.open();
    const began = performance.now();
    const runner: Runner = run(this.#bot, { store });
    await this.#done.promise;
    await runner.stop();
    return (performance.now() - began) / 1000;
  }
}

/** Throws unless every message was counted once. */
export async function verify(store: Store, count: number, chats: number): Promise<void> {
  const { updates } = await store.stats();
  const sessions = store.sessions<{ count: number }>(botInfo.id);
  let sum = 0;
  for (let chat = 1; chat <= chats; chat++) sum += (await sessions.read(String(chat)))?.count ?? 0;
  if (updates !== 0 || sum !== count) {
    throw new Error(`${updates} updates are left, and ${sum} of ${count} messages were counted.`);
  }
}
