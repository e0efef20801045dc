import { run, session } from "@tramline/tramline";
import type { Update } from "@tramline/tramline/types";
import assert from "node:assert/strict";
import { test } from "node:test";
import { StoredHandling } from "#src/run/stored_handling.ts";
import { logged } from "../log_support.ts";
import { allDone, hurried, simulateStored } from "./store_support.ts";
import { Gate, until } from "./support.ts";

test("a handler whose time is up is aborted, can neither call nor write, has failed, and its lane goes on", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const refused: unknown[] = [];
  bot.use(session({ initial: () => ({ count: 0 }) }));
  bot.hears("slow", async (ctx) => {
    ctx.session.count = 100;
    await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
    await ctx.reply("too late").catch((error) => refused.push(error.message));
  });
  bot.on("message:text", (ctx) => ctx.reply(`${++ctx.session.count}`));
  const alice = sim.user();
  await logged(async () => {
    const runner = run(bot, { store, maxAttempts: 1, handlerTimeoutSeconds: 0.05 });
    await alice.send("slow");
    await alice.send("quick");
    assert.equal((await alice.nextReply()).text, "1");
    await runner.stop();
  });
  assert.equal(refused.length, 1);
  assert.match(`${refused}`, /took longer than 0.05 s/);
  const [letter] = await store.dead.list();
  assert.match(letter!.error, /^TimeoutError: Handling update .* took longer than 0.05 s/);
  assert.deepEqual(await store.sessions(sim.mainBot.id).read(`${alice.id}`), { count: 1 });
});

test("a handler that ends well, but after its time, has failed and is tried again", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  let tries = 0;
  bot.on("message:text", async (ctx) => {
    if (++tries > 1) return;
    await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
  });
  const { store: hurrying } = hurried(store);
  await logged(async () => {
    const runner = run(bot, { store: hurrying, maxAttempts: 2, handlerTimeoutSeconds: 0.05 });
    await sim.user().send("hello");
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    await allDone(store);
    await runner.stop();
  });
  assert.equal(tries, 2);
  assert.deepEqual(await store.dead.list(), []);
});

test("a handler that does not end at all has failed some seconds after its time; what it does later is refused", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  bot.botInfo = sim.mainBot.info;
  const gate = new Gate();
  const refused: string[] = [];
  const heard: string[] = [];
  bot.use(session({ initial: () => ({ count: 0 }) }));
  bot.on("message:text", async (ctx) => {
    heard.push(ctx.msg.text);
    ctx.session.count++;
    if (heard.length > 1) return;
    await gate.pass("stuck");
    ctx.session.count = 100;
    await ctx.reply("too late").catch((error) => refused.push(error.message));
  });
  const alice = sim.user();
  const { user: from, chat } = alice;
  const updates = ["stuck", "next"].map((text, index) => ({
    update_id: index + 1,
    message: { message_id: index + 1, date: 0, chat, from, text },
  })) as Update[];
  await logged(async () => {
    const handling = new StoredHandling(bot, {
      store: hurried(store).store,
      handlerTimeoutSeconds: 0.02,
      graceSeconds: 0.02,
    });
    await handling.open();
    await handling.accept(updates);
    await allDone(store);
    assert.deepEqual(heard, ["stuck", "stuck", "next"]);
    gate.open("stuck");
    await until(() => refused.length === 1);
    await handling.close();
  });
  assert.match(refused[0]!, /took longer than 0.02 s/);
  assert.deepEqual(alice.messages, []);
  assert.deepEqual(await store.sessions(sim.mainBot.id).read(`${alice.id}`), { count: 2 });
  assert.deepEqual(await store.dead.list(), []);
});
