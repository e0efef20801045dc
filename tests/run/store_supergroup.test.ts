import {
  Bot,
  type Context,
  lazySession,
  type MemoryStore,
  run,
  session,
  type SessionFlavor,
} from "@tramline/tramline";
import type { Simulator } from "@tramline/tramline/testing";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import {
  allDone,
  anotherBot,
  type Count,
  type CountingContext,
  simulateStored,
} from "./store_support.ts";
import { Gate, turn } from "./support.ts";

const initial = (): Count => ({ count: 0 });

/** Counts to 2 in a group, upgrades it, and returns what is counted next and what is left in the store. */
async function countAcrossUpgrade<C extends Context>(
  bot: Bot<C>,
  { sim, store }: { sim: Simulator; store: MemoryStore },
): Promise<{ next: string | undefined; left: unknown[]; moved: unknown[] }> {
  bot.hears("count", async (ctx) => {
    const counting = await (ctx as unknown as SessionFlavor<Count | { part: Count }>).session;
    const counted = "part" in counting ? counting.part : counting;
    await ctx.reply(`${++counted.count}`);
  });
  const runner = run(bot, { store });
  const alice = sim.user();
  const group = sim.group([alice]);
  for (const count of ["1", "2"]) {
    await alice.in(group).send("count");
    assert.equal((await alice.in(group).nextReply()).text, count);
  }
  const supergroup = group.upgrade();
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  await allDone(store);
  await alice.in(supergroup).send("count");
  const { text } = await alice.in(supergroup).nextReply();
  await allDone(store);
  await runner.stop();
  const of = async (id: number): Promise<unknown[]> => {
    const keys = [`${id}`, `p${id}`, `part:${id}`];
    const sessions = await store.readSessions(sim.mainBot.id, keys);
    return sessions.map(({ data }) => data && JSON.parse(data)).filter((data) => data);
  };
  return { next: text, left: await of(group.id), moved: await of(supergroup.id) };
}

const cases: Record<string, Parameters<typeof session>[0]> = {
  "by the default key": { initial },
  "by a key with a prefix": { initial, prefix: "p" },
  "in a part of a multi session": { type: "multi", part: { initial } } as never,
};

for (const [name, options] of Object.entries(cases)) {
  test(`a group that becomes a supergroup keeps its session ${name}`, async () => {
    const { sim, bot, store } = simulateStored();
    await using _ = sim;
    bot.use(session(options) as never);
    assert.deepEqual(await countAcrossUpgrade(bot, { sim, store }), {
      next: "3",
      left: [],
      moved: [{ count: 3 }],
    });
  });
}

test("a group that becomes a supergroup keeps its lazy session, though nobody reads it meanwhile", async () => {
  const { sim, store } = simulateStored();
  await using _ = sim;
  const bot = new Bot(sim.token, { client: sim.client });
  bot.use(lazySession({ initial, prefix: "p" }) as never);
  assert.deepEqual(await countAcrossUpgrade(bot, { sim, store }), {
    next: "3",
    left: [],
    moved: [{ count: 3 }],
  });
});

for (const first of ["migrate_to_chat_id", "migrate_from_chat_id"] as const) {
  test(`a group keeps its session also if the message with ${first} is handled first, and both at once`, async () => {
    const { sim, bot, store } = simulateStored();
    await using _ = sim;
    const gate = new Gate();
    const counts: number[] = [];
    bot.use(session({ initial }));
    bot.on("message:text", (ctx) => ctx.reply(`${++ctx.session.count}`));
    bot.on("message", async (ctx) => {
      counts.push(ctx.session.count);
      await gate.pass(ctx.msg.migrate_to_chat_id ? "migrate_to_chat_id" : "migrate_from_chat_id");
      // A change at that very moment belongs to the session wherever it goes.
      if (ctx.msg.migrate_from_chat_id) ctx.session.count += 10;
    });
    const runner = run(bot, { store });
    const alice = sim.user();
    const group = sim.group([alice]);
    await alice.in(group).send("count");
    await alice.in(group).nextReply();
    const supergroup = group.upgrade();
    await gate.count(2);
    gate.open(first);
    while ((await store.stats()).updates > 1) await new Promise((resolve) => setTimeout(resolve));
    gate.open("migrate_to_chat_id", "migrate_from_chat_id");
    await allDone(store);
    await alice.in(supergroup).send("count");
    assert.equal((await alice.in(supergroup).nextReply()).text, "12");
    await runner.stop();
    const sessions = store.sessions(sim.mainBot.id);
    assert.equal(await sessions.read(`${group.id}`), undefined);
    assert.deepEqual(counts.slice(0, 2), [1, 1]);
  });
}

type Use = (bot: Bot<CountingContext>) => void;

const ways: Record<string, { prefix: string; use: Use }> = {
  "a session": { prefix: "", use: (bot) => bot.use(session({ initial })) },
  "a lazy session": {
    prefix: "p",
    use: (bot) => bot.use(lazySession({ initial, prefix: "p" }) as never),
  },
};

for (const [name, { prefix, use }] of Object.entries(ways)) {
  for (const before of [0, 2]) {
    test(`what waits in a group while it becomes a supergroup counts in ${name} of the supergroup, ${before} counted before`, async () => {
      const { sim, bot, store } = simulateStored();
      await using _ = sim;
      const bots = [bot, anotherBot(sim)];
      for (const bot of bots) {
        use(bot);
        bot.on("message:text", async (ctx) => {
          const { count } = await ctx.session;
          await turn();
          (await ctx.session).count = count + 1;
        });
      }
      const alice = sim.user();
      const group = sim.group([alice]);
      const runAll = async (bot: Bot<CountingContext>): Promise<void> => {
        const runner = run(bot, { store });
        await sim.until(() => sim.mainBot.pendingUpdates === 0);
        await allDone(store);
        await runner.stop();
      };
      for (let n = 0; n < before; n++) await alice.in(group).send("count");
      await runAll(bots[0]!);
      for (let n = 0; n < 3; n++) await alice.in(group).send("count");
      const supergroup = group.upgrade();
      for (let n = 0; n < 3; n++) await alice.in(supergroup).send("count");
      await logged(() => runAll(bots[1]!));
      const sessions = store.sessions(sim.mainBot.id);
      assert.deepEqual(await sessions.read(`${prefix}${supergroup.id}`), { count: before + 6 });
      assert.equal(await sessions.read(`${prefix}${group.id}`), undefined);
    });
  }
}

test("what is replaced unread in a group that has become a supergroup is replaced there", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  bot.use(lazySession({ initial }) as never);
  bot.on("message:text", async (ctx) => {
    await gate.pass(ctx.msg.text);
    ctx.session = { count: 100 };
  });
  const runner = run(bot, { store });
  const alice = sim.user();
  const group = sim.group([alice]);
  await alice.in(group).send("replace");
  await gate.count(1);
  const supergroup = group.upgrade();
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  while ((await store.stats()).updates > 2) await turn();
  await logged(async () => {
    gate.open("replace");
    await allDone(store);
  });
  await runner.stop();
  const sessions = store.sessions(sim.mainBot.id);
  assert.deepEqual(await sessions.read(`${supergroup.id}`), { count: 100 });
  assert.equal(await sessions.read(`${group.id}`), undefined);
});

test("a supergroup that has a session already keeps it, and so does the group", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  bot.use(session({ initial }));
  bot.on("message:text", (ctx) => void ctx.session.count++);
  const sessions = store.sessions<Count>(sim.mainBot.id);
  const alice = sim.user();
  const group = sim.group([alice]);
  await alice.in(group).send("count");
  const supergroup = group.upgrade();
  await sessions.write(`${group.id}`, { count: 10 });
  await sessions.write(`${supergroup.id}`, { count: 20 });
  await alice.in(supergroup).send("count");
  const runner = run(bot, { store });
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  await allDone(store);
  await runner.stop();
  assert.deepEqual(await sessions.read(`${group.id}`), { count: 11 });
  assert.deepEqual(await sessions.read(`${supergroup.id}`), { count: 21 });
});

test("a group that becomes a supergroup leaves nothing in the store of a bot without sessions", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const runner = run(bot, { store });
  const group = sim.group([sim.user()]);
  group.upgrade();
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  await allDone(store);
  await runner.stop();
  assert.equal((await store.stats()).sessions, 0);
});
