import { run } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { Gate, simulate, turn, until } from "./support.ts";

test("updates of one chat are handled in order, one after the other, without any middleware for it", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", async (ctx) => {
    await gate.pass(ctx.msg.text);
    await ctx.reply(`after ${ctx.msg.text}`);
  });
  const runner = run(bot);
  const alice = sim.user();
  await alice.send("one");
  await alice.send("two");
  await until(() => runner.size() === 2);
  gate.open("two");
  assert.deepEqual(gate.arrived, ["one"]);
  gate.open("one");
  assert.equal((await alice.nextReply()).text, "after one");
  assert.equal((await alice.nextReply()).text, "after two");
  assert.deepEqual(gate.arrived, ["one", "two"]);
  await runner.stop();
});

test("a message and the press of a button under it are in order, too", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.command("menu", async (ctx) => {
    await ctx.reply("choose", {
      reply_markup: { inline_keyboard: [[{ text: "A", callback_data: "a" }]] },
    });
    await gate.pass("menu");
  });
  bot.on("callback_query", (ctx) => gate.pass(ctx.callbackQuery.data!));
  const runner = run(bot);
  const alice = sim.user();
  await alice.send("/menu");
  await alice.nextReply();
  const pressed = alice.press("A");
  await until(() => runner.size() === 2);
  assert.deepEqual(gate.arrived, ["menu"]);
  gate.open("menu", "a");
  await gate.count(2);
  await runner.stop();
  await pressed.catch(() => {});
});

test("a busy chat holds one slot, however much waits behind it, and delays no other chat", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.hears("slow", (ctx) => gate.pass(ctx.msg.text ?? ""));
  bot.on("message:text", (ctx) => ctx.reply("quick"));
  const runner = run(bot, { concurrency: 2 });
  const [alice, bob] = [sim.user(), sim.user()];
  for (let n = 0; n < 10; n++) await alice.send("slow");
  await until(() => runner.size() === 10);
  await bob.send("hello");
  assert.equal((await bob.nextReply()).text, "quick");
  gate.open("slow");
  await runner.stop();
  assert.equal(gate.arrived.length, 10);
});

test("never more updates are handled at once than the concurrency says, from the first fetch on", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  let running = 0;
  let most = 0;
  bot.on("message", async () => {
    most = Math.max(most, ++running);
    await turn();
    running--;
  });
  for (let n = 0; n < 40; n++) await sim.user().send("hello");
  const runner = run(bot, { concurrency: 7 });
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  await runner.stop();
  assert.equal(most, 7);
});

test("orderingKey says which updates must not overlap", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot, { orderingKey: (ctx) => ctx.msg?.text?.split(" ")[0] });
  const [alice, bob] = [sim.user(), sim.user()];
  await alice.send("red 1");
  await bob.send("red 2");
  await alice.send("blue 1");
  await until(() => runner.size() === 3);
  await gate.count(2);
  assert.deepEqual(gate.arrived, ["red 1", "blue 1"]);
  gate.open("red 1", "red 2", "blue 1");
  await runner.stop();
  assert.deepEqual(gate.arrived, ["red 1", "blue 1", "red 2"]);
});

test("updates without an ordering key are not ordered", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot, { orderingKey: () => undefined });
  const alice = sim.user();
  await alice.send("one");
  await alice.send("two");
  await gate.count(2);
  gate.open("one", "two");
  await runner.stop();
});

test("order is kept when keys are found out asynchronously, even if later ones are found sooner", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const slowKey = Promise.withResolvers<string>();
  const heard: string[] = [];
  bot.on("message:text", (ctx) => void heard.push(ctx.msg.text));
  const runner = run(bot, {
    orderingKey: (ctx) => ctx.msg?.text === "one" ? slowKey.promise : "key",
  });
  const alice = sim.user();
  for (const text of ["one", "two", "three"]) await alice.send(text);
  await until(() => runner.size() === 3);
  await turn();
  assert.deepEqual(heard, []);
  slowKey.resolve("key");
  await runner.stop();
  assert.deepEqual(heard, ["one", "two", "three"]);
});

test("an orderingKey that fails is logged, and the update is handled in the order of its chat", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const heard: string[] = [];
  bot.on("message:text", async (ctx) => {
    heard.push(`begin ${ctx.msg.text}`);
    await turn();
    heard.push(`end ${ctx.msg.text}`);
  });
  const lines = await logged(async () => {
    const runner = run(bot, {
      orderingKey: (ctx) => {
        if (ctx.msg?.text === "one") throw new Error("no key");
        return Promise.reject(new Error("no key either"));
      },
    });
    const alice = sim.user();
    await alice.send("one");
    await alice.send("two");
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    await runner.stop();
  });
  assert.deepEqual(heard, ["begin one", "end one", "begin two", "end two"]);
  assert.match(lines[0]!, /^error: orderingKey failed for update \d+.*no key/);
  assert.match(lines[1]!, /no key either/);
});

test("without the option, five hundred updates are handled at once, and no more", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const names = Array.from({ length: 520 }, (_, n) => `update ${n}`);
  for (const name of names) await sim.user().send(name);
  const runner = run(bot);
  await until(() => runner.size() === 520);
  assert.equal(gate.arrived.length, 500);
  gate.open(...names);
  await gate.count(520);
  await runner.stop();
});
