import { run } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { allDone, simulateStored } from "./store_support.ts";
import { Gate, turn, until } from "./support.ts";

/** A lock that is taken when the test opens the gate for its key, and notes what happens. */
function gatedLock() {
  const gate = new Gate();
  const events: string[] = [];
  let heedsSignal = true;
  return {
    gate,
    events,
    ignoreSignals: () => heedsSignal = false,
    async acquire(key: string, { signal }: { signal: AbortSignal }): Promise<() => void> {
      events.push(`wants ${key}`);
      const aborted = new Promise((_, reject) => {
        if (heedsSignal) signal.addEventListener("abort", () => reject(signal.reason));
      });
      try {
        await Promise.race([gate.pass(key), aborted]);
      } catch (error) {
        events.push(`gives up ${key}`);
        throw error;
      }
      events.push(`has ${key}`);
      return () => void events.push(`releases ${key}`);
    },
  };
}

for (const withStore of [false, true]) {
  const where = withStore ? "with a store" : "without a store";

  test(`${where}, a lock is held around the handler of each update, inside its lane, under its key`, async () => {
    const { sim, bot, store } = simulateStored();
    await using _ = sim;
    const lock = gatedLock();
    bot.on("message:text", async (ctx) => {
      lock.events.push(`begins ${ctx.msg.text}`);
      await turn();
      lock.events.push(`ends ${ctx.msg.text}`);
    });
    const runner = run(bot, { lock, ...(withStore && { store }) });
    const alice = sim.user({ id: 7 });
    for (const text of ["one", "two"]) await alice.send(text);
    await lock.gate.count(1);
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    assert.deepEqual(lock.events, ["wants 7"]);
    lock.gate.open("7");
    await runner.stop();
    const round = (text: string) => [
      "wants 7",
      "has 7",
      `begins ${text}`,
      `ends ${text}`,
      "releases 7",
    ];
    assert.deepEqual(lock.events, [...round("one"), ...round("two")]);
  });

  test(`${where}, a lock is released when the handler fails`, async () => {
    const { sim, bot, store } = simulateStored();
    await using _ = sim;
    const lock = gatedLock();
    lock.gate.open("7");
    bot.on("message:text", () => {
      throw new Error("no luck");
    });
    await logged(async () => {
      const runner = run(bot, { lock, ...(withStore && { store, maxAttempts: 1 }) });
      await sim.user({ id: 7 }).send("hello");
      await until(() => lock.events.length === 3);
      await runner.stop();
    });
    assert.deepEqual(lock.events, ["wants 7", "has 7", "releases 7"]);
  });

  test(`${where}, an update that waits for a lock holds no slot`, async () => {
    const { sim, bot, store } = simulateStored();
    await using _ = sim;
    const lock = gatedLock();
    lock.gate.open("8");
    bot.on("message:text", (ctx) => ctx.reply("hello"));
    const runner = run(bot, { lock, concurrency: 1, ...(withStore && { store }) });
    const [alice, bob] = [sim.user({ id: 7 }), sim.user({ id: 8 })];
    await alice.send("hello");
    await lock.gate.count(1);
    await bob.send("hello");
    assert.equal((await bob.nextReply()).text, "hello");
    lock.gate.open("7");
    assert.equal((await alice.nextReply()).text, "hello");
    await runner.stop();
  });

  test(`${where}, waiting for a lock ends at the deadline of a stop`, async () => {
    const { sim, bot, store } = simulateStored();
    await using _ = sim;
    const lock = gatedLock();
    bot.on("message:text", (ctx) => void lock.events.push(`handles ${ctx.msg.text}`));
    await logged(async () => {
      const runner = run(bot, { lock, drainSeconds: 0.02, ...(withStore && { store }) });
      await sim.user({ id: 7 }).send("hello");
      await lock.gate.count(1);
      await sim.until(() => sim.mainBot.pendingUpdates === 0);
      await runner.stop();
      await until(() => lock.events.includes("gives up 7"));
    });
    assert.deepEqual(lock.events, ["wants 7", "gives up 7"]);
    assert.equal((await store.stats()).updates, withStore ? 1 : 0);
  });

  test(`${where}, a lock that comes after the stop is given back, and nothing is handled under it`, async () => {
    const { sim, bot, store } = simulateStored();
    await using _ = sim;
    const lock = gatedLock();
    lock.ignoreSignals();
    bot.on("message:text", (ctx) => void lock.events.push(`handles ${ctx.msg.text}`));
    await logged(async () => {
      const runner = run(bot, { lock, drainSeconds: 0.02, ...(withStore && { store }) });
      await sim.user({ id: 7 }).send("hello");
      await lock.gate.count(1);
      await sim.until(() => sim.mainBot.pendingUpdates === 0);
      await runner.stop();
      lock.gate.open("7");
      await until(() => lock.events.includes("releases 7"));
    });
    assert.deepEqual(lock.events, ["wants 7", "has 7", "releases 7"]);
  });
}

test("a lock that cannot be had is a failure of the update, which is tried again", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  let asked = 0;
  const lock = {
    acquire: () => ++asked === 1 ? Promise.reject(new Error("no lock")) : Promise.resolve(() => {}),
  };
  bot.on("message:text", (ctx) => ctx.reply("hello"));
  const alice = sim.user();
  await logged(async () => {
    const runner = run(bot, { lock, store });
    await alice.send("hello");
    assert.equal((await alice.nextReply()).text, "hello");
    await allDone(store);
    await runner.stop();
  });
  assert.equal(asked, 2);
});

test("an update without an ordering key takes no lock", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const lock = gatedLock();
  bot.on("message:text", (ctx) => ctx.reply("hello"));
  const runner = run(bot, { lock, store, orderingKey: () => undefined });
  const alice = sim.user();
  await alice.send("hello");
  assert.equal((await alice.nextReply()).text, "hello");
  await runner.stop();
  assert.deepEqual(lock.events, []);
});
