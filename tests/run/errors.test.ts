import { run, sequentialize } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { Gate, simulate, turn, until } from "./support.ts";

test("an error goes to bot.catch, with its context, and the bot goes on", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const caught: string[] = [];
  bot.command("fail", () => Promise.reject(new Error("broken")));
  bot.on("message", (ctx) => ctx.reply("fine"));
  bot.catch((error) => void caught.push(`${error.error} at ${error.ctx.msg?.text}`));
  const lines = await logged(async () => {
    const runner = run(bot);
    const alice = sim.user();
    await alice.send("/fail");
    await alice.send("hello");
    assert.equal((await alice.nextReply()).text, "fine");
    await runner.stop();
  });
  assert.deepEqual(caught, ["Error: broken at /fail"]);
  assert.deepEqual(lines, []);
});

test("an error without bot.catch is logged with the update that it belongs to, and the bot goes on", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  bot.command("fail", () => {
    throw new Error("broken");
  });
  bot.on("message", (ctx) => ctx.reply("fine"));
  const alice = sim.user({ id: 4711 });
  const lines = await logged(async () => {
    const runner = run(bot);
    await alice.send("/fail");
    await alice.send("hello");
    assert.equal((await alice.nextReply()).text, "fine");
    await runner.stop();
  });
  assert.equal(lines.length, 1);
  assert.match(
    lines[0]!,
    /^error: Cannot handle update \d+ \(message, ordering key 4711\): broken$/,
  );
});

test("an error handler that fails is logged, and the bot goes on", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  bot.command("fail", () => {
    throw new Error("broken");
  });
  bot.on("message", (ctx) => ctx.reply("fine"));
  bot.catch(() => Promise.reject(new Error("the handler is broken, too")));
  const lines = await logged(async () => {
    const runner = run(bot);
    const alice = sim.user();
    await alice.send("/fail");
    await alice.send("hello");
    await alice.nextReply();
    await runner.stop();
  });
  assert.match(lines.join(), /the handler is broken, too/);
});

test("a handler that takes too long is aborted, its calls are refused, and it is logged", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const refused: unknown[] = [];
  bot.on("message", async (ctx) => {
    await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
    await ctx.reply("too late").catch((error) => refused.push(error));
  });
  const lines = await logged(async () => {
    const runner = run(bot, { handlerTimeoutSeconds: 0.05 });
    await sim.user().send("hello");
    await until(() => runner.size() === 1);
    while (runner.size() > 0) await turn();
    await runner.stop();
  });
  assert.match(lines[0]!, /^error: Handling update \d+ .* has taken 0.05 s: its signal is aborted/);
  assert.equal(refused.length, 1);
  assert.match(String(refused[0]), /took longer than 0.05 s/);
  assert.ok(!sim.calls.some(({ method }) => method === "sendMessage"));
});

test("an API call that is under way when the handler's time is up is aborted", async () => {
  const { sim, bot } = simulate({ clock: "manual", latencySeconds: 60 });
  await using _ = sim;
  bot.botInfo = sim.mainBot.info;
  const errors: unknown[] = [];
  bot.on("message", (ctx) => ctx.reply("never").catch((error) => errors.push(error)));
  await logged(async () => {
    const runner = run(bot, { handlerTimeoutSeconds: 0.05 });
    await sim.until(() => sim.calls.some(({ method }) => method === "deleteWebhook"));
    await sim.clock.advance(60);
    await sim.user().send("hello");
    while (errors.length === 0) await turn();
    await runner.stop();
  });
  assert.match(String(errors[0]), /aborted/);
});

test("the time in which a handler waits for sequentialize does not count", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.use(sequentialize(() => "one at a time"));
  bot.on("message:text", async (ctx) => {
    if (ctx.msg.text === "first") await gate.pass("first");
    await ctx.reply("in time");
  });
  const lines = await logged(async (lines) => {
    const runner = run(bot, { handlerTimeoutSeconds: 0.5 });
    const [alice, bob] = [sim.user(), sim.user()];
    await alice.send("first");
    await gate.count(1);
    await bob.send("second");
    await until(() => runner.size() === 2);
    // The first is over its time; the second has waited nearly as long.
    while (!lines.some((line) => line.includes("has taken 0.5 s"))) await turn();
    gate.open("first");
    assert.equal((await bob.nextReply()).text, "in time");
    await runner.stop();
  });
  assert.equal(lines.filter((line) => line.includes("has taken")).length, 1);
});
