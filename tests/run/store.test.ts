import { run, sequentialize, session } from "@tramline/tramline";
import { type SqliteHandle, sqliteStore } from "@tramline/tramline/sqlite";
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { allDone, anotherBot, simulateStored, wrapped } from "./store_support.ts";
import { fiftyCount, Gate, turn, until } from "./support.ts";

test("fifty chats of twenty messages through a store: every session ends at 20, every reply is in order", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  bot.use(session({ initial: () => ({ count: 0 }) }));
  bot.on("message:text", async (ctx) => {
    // Read, wait, write back: any two at once would lose a count.
    const { count } = ctx.session;
    await new Promise((resolve) => setTimeout(resolve, 8 * Math.random()));
    ctx.session.count = count + 1;
    await ctx.reply(`${ctx.session.count}: ${ctx.msg.text}`);
  });
  const runner = run(bot, { store });
  const users = await fiftyCount(sim);
  await runner.stop();
  assert.equal(sim.mainBot.pendingUpdates, 0);
  const { updates, owned, ready, dead, workers } = await store.stats();
  assert.deepEqual({ updates, owned, ready, dead, workers }, {
    updates: 0,
    owned: 0,
    ready: 0,
    dead: 0,
    workers: 0,
  });
  for (const user of users) {
    assert.deepEqual(await store.sessions(sim.mainBot.id).read(`${user.id}`), { count: 20 });
  }
});

test("polling confirms an update only when the store has it, though its handler still runs", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot, {
    store: wrapped(store, async ({ method }, go) => {
      if (method === "append") await gate.pass("append");
      return await go();
    }),
  });
  await sim.user().send("one");
  await gate.count(1);
  await turn();
  assert.deepEqual(gate.arrived, ["append"]);
  assert.equal(sim.mainBot.pendingUpdates, 1);
  gate.open("append");
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  await gate.count(2);
  assert.equal(runner.size(), 1);
  gate.open("one");
  await runner.stop();
});

test("while the store takes nothing, Telegram keeps the updates; then each is handled once", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const heard: string[] = [];
  bot.on("message:text", (ctx) => void heard.push(ctx.msg.text));
  let refusals = 0;
  const lines = await logged(async () => {
    const runner = run(bot, {
      store: wrapped(store, async ({ method }, go) => {
        if (method === "append" && refusals < 3) {
          refusals++;
          assert.ok(sim.mainBot.pendingUpdates > 0);
          throw new Error("disk full");
        }
        return await go();
      }),
    });
    const alice = sim.user();
    for (const text of ["one", "two", "three"]) await alice.send(text);
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    await runner.stop();
  });
  assert.deepEqual(heard, ["one", "two", "three"]);
  assert.match(lines.join("\n"), /updates are not safe, Telegram keeps them.*disk full/);
});

test("an update that comes again is not handled again, whether it waits, is in flight or done", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot, { store });
  const alice = sim.user();
  for (const text of ["done", "in flight", "waiting"]) await alice.send(text);
  gate.open("done");
  await gate.count(2);
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  const first = sim.mainBot.nextUpdateId - 3;
  for (let id = first; id < first + 3; id++) {
    const again = { id, key: `${alice.id}`, payload: '{"update_id":0}' };
    assert.deepEqual((await store.append(sim.mainBot.id, [again])).known, [id]);
  }
  gate.open("in flight", "waiting");
  await runner.stop();
  assert.deepEqual(gate.arrived, ["done", "in flight", "waiting"]);
});

test("what Telegram delivers again after a restart is not handled again", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const heard: string[] = [];
  bot.on("message:text", (ctx) => void heard.push(ctx.msg.text));
  // The confirming poll never arrives.
  let confirms = false;
  bot.api.config.use((prev, method, payload, signal) => {
    const offset = (payload as { offset?: number }).offset ?? 0;
    if (method === "getUpdates" && offset > 0 && !confirms) {
      return Promise.reject(new Error("down"));
    }
    return prev(method, payload, signal);
  });
  await logged(async () => {
    const runner = run(bot, { store });
    for (const text of ["one", "two"]) await sim.user().send(text);
    await until(() => heard.length === 2);
    await runner.stop();
    assert.equal(sim.mainBot.pendingUpdates, 2);
    confirms = true;
    runner.start();
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    await runner.stop();
  });
  assert.deepEqual(heard.toSorted(), ["one", "two"]);
});

test("with a store, too, a slow chat holds one slot and delays no other", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  bot.hears("slow", (ctx) => gate.pass(ctx.msg.text ?? ""));
  bot.on("message:text", (ctx) => ctx.reply("quick"));
  const runner = run(bot, { store, concurrency: 2 });
  const [alice, bob] = [sim.user(), sim.user()];
  for (let n = 0; n < 20; n++) await alice.send("slow");
  await gate.count(1);
  for (let n = 0; n < 5; n++) {
    await bob.send("hello");
    assert.equal((await bob.nextReply()).text, "quick");
  }
  assert.equal(gate.arrived.length, 1);
  gate.open("slow");
  await runner.stop();
  assert.equal(gate.arrived.length, 20);
});

test("with a store, too, never more updates are handled at once than the concurrency says", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  let running = 0;
  let most = 0;
  bot.on("message", async () => {
    most = Math.max(most, ++running);
    await turn();
    running--;
  });
  const users = Array.from({ length: 40 }, () => sim.user());
  for (const user of users) await user.send("hello");
  const runner = run(bot, { store, concurrency: 7 });
  for (const user of users) await user.send("hello again");
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  await allDone(store);
  await runner.stop();
  assert.equal(most, 7);
});

test("an update that waits in sequentialize leaves its slot to what waits in the store", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  const heard: string[] = [];
  bot.on("message:text", async (ctx, next) => {
    heard.push(ctx.msg.text);
    if (ctx.msg.text === "first") await gate.pass("before the key");
    await next();
  });
  bot.use(sequentialize((ctx) => ctx.msg?.text === "free" ? undefined : "one key"));
  bot.on("message:text", async (ctx) => {
    if (ctx.msg.text === "holds the key") await gate.pass("holds the key");
  });
  const runner = run(bot, { store, concurrency: 2 });
  await sim.user().send("holds the key");
  await sim.user().send("first");
  await gate.count(2);
  // Both slots are taken, so this one is left in the store.
  await sim.user().send("free");
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  assert.deepEqual(heard, ["holds the key", "first"]);
  gate.open("before the key");
  await until(() => heard.includes("free"));
  gate.open("holds the key");
  await runner.stop();
});

test("with a store, updates without an ordering key are not ordered, and those with one are", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot, {
    store,
    orderingKey: (ctx) => ctx.msg?.text?.startsWith("key") ? "key" : undefined,
  });
  const alice = sim.user();
  for (const text of ["one", "two", "key 1"]) await alice.send(text);
  await sim.user().send("key 2");
  await gate.count(3);
  await until(() => runner.size() >= 3 && sim.mainBot.pendingUpdates === 0);
  assert.deepEqual(gate.arrived.toSorted(), ["key 1", "one", "two"]);
  gate.open("one", "two", "key 1", "key 2");
  await runner.stop();
  assert.equal(gate.arrived.at(-1), "key 2");
});

test("updates without an ordering key leave nothing behind in the database", async () => {
  const { sim, bot } = simulateStored();
  await using _ = sim;
  const handle = new DatabaseSync(":memory:");
  const store = sqliteStore(handle as SqliteHandle);
  const dice = new Set<string>();
  bot.on("message:text", (ctx) => void dice.add(ctx.msg.text));
  const runner = run(bot, {
    store,
    orderingKey: (ctx) => ctx.message?.text === "ordered" ? "7" : undefined,
  });
  const alice = sim.user();
  for (let n = 0; n < 20; n++) await alice.send(`${n}`);
  await alice.send("ordered");
  await until(() => dice.size === 21);
  await allDone(store);
  await runner.stop();
  const keys = handle.prepare("SELECT key FROM tramline_lane").all().map((row) => row["key"]);
  assert.deepEqual(keys, ["7"]);
  await store.close();
});

test("a store that cannot be opened stops the bot with its error, and nothing is fetched", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  await sim.user().send("one");
  await logged(async () => {
    const runner = run(bot, {
      store: wrapped(store, ({ method }, go) => {
        return method === "open" ? Promise.reject(new Error("no such disk")) : go();
      }),
    });
    await assert.rejects(runner.task()!, /no such disk/);
  });
  assert.equal(sim.mainBot.pendingUpdates, 1);
  assert.equal(sim.calls.some(({ method }) => method === "getUpdates"), false);
});

test("options that are for a store, or against one, say so", async () => {
  const { sim, store } = simulateStored();
  await using _ = sim;
  const bot = anotherBot(sim);
  const cases: [object, RegExp][] = [
    [{ store, confirm: "handled" }, /confirm and store are both given.*Leave out confirm/],
    [{ maxAttempts: 2 }, /maxAttempts is for a store, and there is none/],
    [{ leaseSeconds: 10 }, /leaseSeconds is for a store, and there is none/],
    [{ store, maxAttempts: 0 }, /maxAttempts must be a whole number, 1 or more, given/],
    [{ store, leaseSeconds: 0.5 }, /leaseSeconds must be 1 or more, given/],
    [{ store: "bot.db" }, /store must be a Store.*given "bot.db"/],
    [{ store, lock: {} }, /lock must be a UserLock/],
  ];
  for (const [options, message] of cases) assert.throws(() => run(bot, options), message);
});
