import { Bot, run } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { Gate, simulate, until } from "./support.ts";

test("updates that Telegram delivers to runner.fetch are handled and answered", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  bot.on("message:text", (ctx) => ctx.reply(`You said ${ctx.msg.text}`));
  const runner = run(bot, { updater: "webhooks", secretToken: "secret" });
  await bot.api.setWebhook(`${sim.serve(runner.fetch)}/hook`, { secret_token: "secret" });
  const alice = sim.user();
  await alice.send("hello");
  assert.equal((await alice.nextReply()).text, "You said hello");
  assert.equal((await sim.nextDelivery()).status, 200);
  await runner.stop();
});

test("requests without the secret are turned away", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const runner = run(bot, { updater: "webhooks", secretToken: "secret" });
  const request = new Request("https://example.com", { method: "POST", body: '{"update_id":1}' });
  assert.equal((await runner.fetch(request)).status, 401);
  await runner.stop();
});

test("an update is confirmed only when it is handled", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot, { updater: "webhooks" });
  await bot.api.setWebhook(`${sim.serve(runner.fetch)}/hook`);
  await sim.user().send("one");
  await gate.count(1);
  assert.equal(sim.mainBot.pendingUpdates, 1);
  gate.open("one");
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  await runner.stop();
});

test("by webhook, too, a message and the press of a button under it are handled in order", async () => {
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
  const runner = run(bot, { updater: "webhooks" });
  await bot.api.setWebhook(`${sim.serve(runner.fetch)}/hook`);
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

test("a stop finishes what is in hand and leaves the rest to Telegram", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot, { updater: "webhooks" });
  await bot.api.setWebhook(`${sim.serve(runner.fetch)}/hook`);
  const [alice, bob] = [sim.user(), sim.user()];
  await alice.send("one");
  await gate.count(1);
  const stopping = runner.stop();
  await bob.send("two");
  const refused = await sim.nextDelivery();
  assert.equal(refused.status, 503);
  gate.open("one");
  await stopping;
  assert.equal((await sim.nextDelivery()).status, 200);
  assert.deepEqual(gate.arrived, ["one"]);
  assert.equal(sim.mainBot.pendingUpdates, 1);
});

test("a runner that was started again takes updates in again", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  bot.on("message:text", (ctx) => ctx.reply(`You said ${ctx.msg.text}`));
  const runner = run(bot, { updater: "webhooks" });
  await bot.api.setWebhook(`${sim.serve(runner.fetch)}/hook`);
  await runner.stop();
  runner.start();
  const alice = sim.user();
  await alice.send("hello");
  assert.equal((await alice.nextReply()).text, "You said hello");
  await runner.stop();
});

test("updates that come before the bot knows itself wait for that, in order", async () => {
  const { sim, bot } = simulate({ clock: "manual" });
  await using _ = sim;
  const heard: string[] = [];
  bot.on("message:text", (ctx) => void heard.push(ctx.msg.text));
  await bot.api.setWebhook("https://bot.example.com/hook");
  const [alice, bob] = [sim.user(), sim.user()];
  const asked = Promise.withResolvers<void>();
  bot.api.config.use(async (prev, method, payload, signal) => {
    if (method === "getMe") await asked.promise;
    return prev(method, payload, signal);
  });
  const runner = run(bot, { updater: "webhooks" });
  sim.serve(runner.fetch, "https://bot.example.com");
  await alice.send("one");
  await bob.send("two");
  asked.resolve();
  await sim.clock.advance(120);
  assert.deepEqual(heard.toSorted(), ["one", "two"]);
  await runner.stop();
});

test("an update whose handler fails is done: it is logged, and not delivered again", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  bot.on("message", () => {
    throw new Error("broken");
  });
  const lines = await logged(async () => {
    const runner = run(bot, { updater: "webhooks" });
    await bot.api.setWebhook(`${sim.serve(runner.fetch)}/hook`);
    await sim.user().send("hello");
    assert.equal((await sim.nextDelivery()).status, 200);
    await runner.stop();
  });
  assert.match(lines.join(), /error: Cannot handle update .*: broken/);
});

test("with a token that Telegram does not know the task rejects and requests are answered 503", async () => {
  const { sim } = simulate();
  await using _ = sim;
  const bot = new Bot("123456:AAbbccddeeffgghhiijjkkllmmnnooppqqrr", { client: sim.client });
  await logged(async () => {
    const runner = run(bot, { updater: "webhooks" });
    await assert.rejects(runner.task()!, /@BotFather/);
    assert.equal(runner.isRunning(), false);
    const body = JSON.stringify({ update_id: 1 });
    const answer = await runner.fetch(new Request("https://x.test", { method: "POST", body }));
    assert.equal(answer.status, 503);
  });
});
