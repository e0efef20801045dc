import process from "node:process";
import { MemoryStore, run, session, type WebhookRunner } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { allDone, hurried, type StoreMethod, wrapped } from "../run/store_support.ts";
import { turn } from "../run/support.ts";
import { isInOrder, Mortal, type Seen, upTo, type Way } from "./mortal.ts";

const botInfo = { id: 42, is_bot: true, first_name: "Bot", username: "a_bot" };
const token = `42:${"A".repeat(35)}`;

/** Random numbers that a seed repeats (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** An update as Telegram posts it. */
function posted(id: number, chat: number, text: string): Request {
  const from = { id: chat, is_bot: false, first_name: "A" };
  const message = { chat: { id: chat, type: "private" }, from, message_id: id, date: 0, text };
  const body = JSON.stringify({ update_id: id, message });
  return new Request("https://bot.example.com", { method: "POST", body });
}

/** Without those that a bot needs to start, and the heartbeat, whose loss ends a life. */
const mayGetLost: readonly StoreMethod[] = [
  "append",
  "claim",
  "complete",
  "fail",
  "readSessions",
  "release",
  "retain",
];

/**
 * Two or three workers on one store, with handlers that take random times and fail at random, and that
 * die, lose their lease or lose calls at random, while updates are posted to whichever is there, some twice.
 */
async function play(seed: number): Promise<void> {
  const random = randomOf(seed);
  const maybe = (percent: number): boolean => random(100) < percent;
  const store = new MemoryStore();
  const sent = new Map<number, number[]>();
  const way: Way = {
    token,
    fetch: (async (input: RequestInfo | URL, init?: RequestInit) => {
      const method = `${input}`.split("/").at(-1);
      if (method !== "sendMessage") return Response.json({ ok: true, result: botInfo });
      const { chat_id, text } = JSON.parse(`${init!.body}`);
      sent.set(chat_id, [...sent.get(chat_id) ?? [], Number(text)]);
      await turn();
      return Response.json({ ok: true, result: { message_id: 1, date: 0, chat: { id: chat_id } } });
    }) as typeof globalThis.fetch,
  };
  // An update in flight may be at hand each time, and five deaths would bury it.
  let deathsLeft = random(5);
  let lossesLeft = random(3);
  const losses = lossesLeft;
  let isOver = false;
  // On its way to the store, a call may get lost, or its answer.
  const isNoisy = maybe(30);
  const line = wrapped(hurried(store).store, async ({ method }, go) => {
    const isLost = isNoisy && mayGetLost.includes(method) && maybe(3);
    if (isLost && maybe(50)) throw new Error("The call is lost.");
    const answer = await go();
    if (isLost) throw new Error("The answer is lost.");
    return answer;
  });
  const lives = new Set<{ life: Mortal; runner: WebhookRunner }>();
  const ends: Promise<void>[] = [];

  function begin(): void {
    const deathAt = maybe(60) ? 1 + random(60) : Infinity;
    const deathWhen = maybe(50) ? "before" : "after";
    const life = new Mortal(way, line, (number, when) => {
      return number >= deathAt && when === deathWhen && deathsLeft-- > 0;
    });
    life.bot.use(session({ initial: (): Seen => ({ seen: [] }) }));
    life.bot.on("message:text", async (ctx) => {
      const { seen } = ctx.session;
      for (let turns = random(4); turns > 0; turns--) await turn();
      await ctx.reply(ctx.msg.text);
      if (maybe(5)) throw new Error("no luck");
      ctx.session.seen = [...seen, Number(ctx.msg.text)];
    });
    const runner = run(life.bot, {
      updater: "webhooks",
      store: life.store,
      drainSeconds: 0,
      concurrency: 1 + random(4),
      // Nobody is to be given up here.
      maxAttempts: 1000,
      leaseSeconds: 1,
    });
    const one = { life, runner };
    lives.add(one);
    void life.death.then(async () => {
      lives.delete(one);
      ends.push(runner.stop());
      for (let turns = random(5); turns > 0; turns--) await turn();
      await life.expire();
      if (!isOver) begin();
    });
  }

  async function deliver(id: number, chat: number, text: string): Promise<void> {
    for (let times = maybe(10) ? 2 : 1; times > 0;) {
      const [one] = [...lives].slice(random(Math.max(1, lives.size)));
      const answer = await one?.runner.fetch(posted(id, chat, text));
      if (answer?.status === 200) times--;
      else await turn();
    }
  }

  const count = 2 + random(2);
  for (let n = 0; n < count; n++) begin();
  const [chats, messages] = [1 + random(6), 1 + random(10)];
  let nextId = 1;
  await Promise.all(
    upTo(chats).map(async (chat) => {
      for (const n of upTo(messages)) {
        await deliver(nextId++, chat, `${n}`);
        if (maybe(30)) await turn();
        if (maybe(5) && lossesLeft-- > 0) await [...lives][0]?.life.expire();
      }
    }),
  );
  await allDone(store);
  isOver = true;
  await Promise.all([...ends, ...[...lives].map(({ runner }) => runner.stop())]);
  // Who has lost its lease before its time may say something before it hears of that.
  for (const chat of upTo(chats)) {
    const kept = await store.sessions<Seen>(botInfo.id).read(`${chat}`);
    assert.deepEqual(kept?.seen, upTo(messages), `chat ${chat}`);
    const texts = sent.get(chat) ?? [];
    if (losses === 0) assert.ok(isInOrder(texts, messages), `chat ${chat} was sent ${texts}`);
  }
  assert.deepEqual(await store.dead.list(), []);
  const { updates, owned, ready } = await store.stats();
  assert.deepEqual({ updates, owned, ready }, { updates: 0, owned: 0, ready: 0 });
}

const firstSeed = Number(process.env.SEED ?? 1);
const sequences = Number(process.env.RUNS ?? 60);

test("workers that die, lose their lease and fail at random lose nothing, double nothing and keep the order", async () => {
  await logged(async () => {
    for (let seed = firstSeed; seed < firstSeed + sequences; seed++) {
      try {
        await play(seed);
      } catch (error) {
        throw new Error(`Seed ${seed} fails; SEED=${seed} RUNS=1 repeats it.`, { cause: error });
      }
    }
  });
});
