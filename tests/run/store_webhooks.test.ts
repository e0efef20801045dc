import { run, session, webhookCallback } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { allDone, anotherBot, simulateStored, wrapped } from "./store_support.ts";
import { fiftyCount, Gate, turn, until } from "./support.ts";

const initial = () => ({ count: 0 });

/** A message as Telegram posts it. */
function posted(id: number, text: string, chat = 7): Request {
  const from = { id: chat, is_bot: false, first_name: "A" };
  const message = { chat: { id: chat, type: "private", first_name: "A" }, from, message_id: id };
  const body = JSON.stringify({ update_id: id, message: { ...message, date: 0, text } });
  return new Request("https://bot.example.com", { method: "POST", body });
}

test("by webhook, fifty chats of twenty messages through a store: every session ends at 20, every reply is in order", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  bot.use(session({ initial }));
  bot.on("message:text", async (ctx) => {
    const { count } = ctx.session;
    await new Promise((resolve) => setTimeout(resolve, 8 * Math.random()));
    ctx.session.count = count + 1;
    await ctx.reply(`${ctx.session.count}: ${ctx.msg.text}`);
  });
  const runner = run(bot, { updater: "webhooks", store });
  await bot.api.setWebhook(`${sim.serve(runner.fetch)}/hook`);
  await fiftyCount(sim);
  await runner.stop();
  const { updates, dead, workers } = await store.stats();
  assert.deepEqual({ updates, dead, workers }, { updates: 0, dead: 0, workers: 0 });
});

test("with a store a webhook answers 200 as soon as the update is durable, though its handler still runs", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot, {
    updater: "webhooks",
    store: wrapped(store, async ({ method }, go) => {
      if (method === "append") await gate.pass("append");
      return await go();
    }),
  });
  let status: number | undefined;
  const answered = runner.fetch(posted(1, "one")).then((answer) => status = answer.status);
  await gate.count(1);
  await turn();
  assert.equal(status, undefined);
  gate.open("append");
  await answered;
  assert.equal(status, 200);
  await gate.count(2);
  assert.equal(runner.size(), 1);
  gate.open("one");
  await runner.stop();
  assert.equal((await store.stats()).updates, 0);
});

test("an update that the store does not take is answered 500, and handled when it comes again", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const heard: string[] = [];
  bot.on("message:text", (ctx) => void heard.push(ctx.msg.text));
  let isFull = true;
  await logged(async () => {
    const runner = run(bot, {
      updater: "webhooks",
      store: wrapped(store, ({ method }, go) => {
        return method === "append" && isFull ? Promise.reject(new Error("disk full")) : go();
      }),
    });
    assert.equal((await runner.fetch(posted(1, "one"))).status, 500);
    assert.equal((await runner.fetch(posted(1, "one"))).status, 500);
    isFull = false;
    assert.equal((await runner.fetch(posted(1, "one"))).status, 200);
    await runner.stop();
  });
  assert.deepEqual(heard, ["one"]);
});

test("an update that Telegram delivers again is answered 200 and handled once, across processes", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  const bots = [bot, anotherBot(sim), anotherBot(sim)];
  for (const bot of bots) bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const [first, second] = bots.slice(0, 2).map((bot) => run(bot, { updater: "webhooks", store }));
  const deliver = async (): Promise<void> => {
    for (const runner of [first!, second!, first!]) {
      assert.equal((await runner.fetch(posted(1, "in flight"))).status, 200);
      assert.equal((await runner.fetch(posted(2, "waiting"))).status, 200);
    }
  };
  await deliver();
  await gate.count(1);
  await deliver();
  gate.open("in flight", "waiting");
  await allDone(store);
  await deliver();
  await first!.stop();
  await second!.stop();
  const third = run(bots[2]!, { updater: "webhooks", store });
  assert.equal((await third.fetch(posted(1, "in flight"))).status, 200);
  await third.stop();
  assert.deepEqual(gate.arrived, ["in flight", "waiting"]);
});

test("updates whose keys are awaited keep the order in which they came, in the store, too", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const slowKey = Promise.withResolvers<string>();
  const heard: string[] = [];
  bot.on("message:text", (ctx) => void heard.push(ctx.msg.text));
  await bot.init();
  const runner = run(bot, {
    updater: "webhooks",
    store,
    orderingKey: (ctx) => ctx.msg?.text === "one" ? slowKey.promise : "key",
  });
  const answers = ["one", "two", "three"].map((text, index) => {
    return runner.fetch(posted(index + 1, text));
  });
  await until(() => runner.size() === 3);
  await turn();
  assert.deepEqual(heard, []);
  slowKey.resolve("key");
  for (const answer of answers) assert.equal((await answer).status, 200);
  await runner.stop();
  assert.deepEqual(heard, ["one", "two", "three"]);
});

test("a stopped webhook runner answers 503, finishes what it has accepted, and starts again", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot, { updater: "webhooks", store });
  assert.equal((await runner.fetch(posted(1, "one"))).status, 200);
  await gate.count(1);
  const stopping = runner.stop();
  assert.equal((await runner.fetch(posted(2, "two"))).status, 503);
  gate.open("one", "two");
  await stopping;
  assert.equal((await store.stats()).updates, 0);
  runner.start();
  await until(() => runner.isRunning());
  let status = 503;
  while (status === 503) status = (await runner.fetch(posted(2, "two"))).status;
  await runner.stop();
  assert.deepEqual(gate.arrived, ["one", "two"]);
});

test("a runner that is stopped while it starts takes nothing in", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const runner = run(bot, { updater: "webhooks", store });
  await runner.stop();
  assert.equal((await runner.fetch(posted(1, "one"))).status, 503);
  assert.equal((await store.stats()).updates, 0);
});

test("webhookCallback with a runner that has a store: accepted is answered, whatever the handler does", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", async (ctx) => {
    await gate.pass(ctx.msg.text);
    throw new Error("no luck");
  });
  await logged(async () => {
    const runner = run(bot, { updater: "webhooks", store, maxAttempts: 1 });
    const handle = webhookCallback(runner, "std/http", { timeoutSeconds: 60 });
    assert.equal((await handle(posted(1, "one"))).status, 200);
    assert.equal((await runner.fetch(posted(1, "one"))).status, 200);
    gate.open("one");
    await runner.stop();
  });
  assert.deepEqual(gate.arrived, ["one"]);
  assert.equal((await store.dead.list()).length, 1);
});

test("an update is safe although Telegram cannot be asked who the bot is; a stop does not wait for that", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  sim.failWhen(({ method }) => method.toLowerCase() === "getme" ? "dropped" : undefined);
  await logged(async () => {
    const runner = run(bot, { updater: "webhooks", store, drainSeconds: 0 });
    assert.equal((await runner.fetch(posted(1, "one"))).status, 200);
    await runner.stop();
  });
  assert.equal((await store.stats()).updates, 1);
  const stored = run(anotherBot(sim), {
    updater: "webhooks",
    orderingKey: () => "key",
    store,
    drainSeconds: 0,
  });
  await logged(async () => {
    const answer = stored.fetch(posted(2, "two"));
    await turn();
    await stored.stop();
    assert.equal((await answer).status, 500);
  });
});
