import { Bot, run } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { withoutUnhandledRejections } from "../updates/webhook_support.ts";
import { Gate, simulate, turn, until } from "./support.ts";

test("a running bot answers, and says that it runs until it is stopped", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  bot.on("message:text", (ctx) => ctx.reply(`You said ${ctx.msg.text}`));
  const runner = run(bot);
  assert.equal(runner.isRunning(), true);
  const task = runner.task();
  assert.ok(task instanceof Promise);
  const alice = sim.user();
  await alice.send("hello");
  assert.equal((await alice.nextReply()).text, "You said hello");
  const stopping = runner.stop();
  assert.equal(runner.isRunning(), false);
  assert.equal(runner.task(), undefined);
  await stopping;
  await task;
  assert.equal(sim.mainBot.pendingUpdates, 0);
});

test("updates of different chats are handled at the same time, and size counts them", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot);
  await sim.user().send("one");
  await sim.user().send("two");
  await gate.count(2);
  assert.equal(runner.size(), 2);
  gate.open("one", "two");
  await runner.stop();
  assert.equal(runner.size(), 0);
});

test("stop waits for the handlers that run, and for the updates that wait behind them", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  const done: string[] = [];
  bot.on("message:text", async (ctx) => {
    await gate.pass(ctx.msg.text);
    await ctx.reply("done");
    done.push(ctx.msg.text);
  });
  const runner = run(bot);
  const alice = sim.user();
  for (const text of ["one", "two", "three"]) await alice.send(text);
  await until(() => runner.size() === 3 && sim.mainBot.isPolling);
  const stopping = runner.stop();
  await alice.send("too late");
  gate.open("one", "two", "three");
  await stopping;
  assert.deepEqual(done, ["one", "two", "three"]);
  assert.equal(sim.mainBot.pendingUpdates, 1);
});

test("stop does not wait longer than drainSeconds, aborts what is left and says so", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  const aborted: unknown[] = [];
  bot.on("message:text", async (ctx) => {
    ctx.signal.addEventListener("abort", () => aborted.push(ctx.signal.reason));
    await gate.pass(ctx.msg.text);
  });
  const lines = await logged(async () => {
    const runner = run(bot, { drainSeconds: 0.01 });
    const alice = sim.user();
    for (const text of ["one", "two"]) await alice.send(text);
    await until(() => runner.size() === 2);
    await runner.stop();
  });
  assert.match(
    lines.join(),
    /warning: Stopped with 2 updates unfinished after 0.01 s: they are lost/,
  );
  assert.match(String(aborted[0]), /has stopped/);
  // The one that waited is not begun any more.
  gate.open("one", "two");
  for (let turn = 0; turn < 50; turn++) await null;
  assert.deepEqual(gate.arrived, ["one"]);
});

test("stopping twice, or after a failure, is harmless", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const runner = run(bot);
  await Promise.all([runner.stop(), runner.stop()]);
  await runner.stop();
  assert.equal(runner.isRunning(), false);
});

test("a stopped runner can be started again, and nothing comes twice", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const heard: string[] = [];
  bot.on("message:text", async (ctx) => {
    heard.push(ctx.msg.text);
    await ctx.reply("ok");
  });
  const runner = run(bot);
  const alice = sim.user();
  await alice.send("one");
  await alice.nextReply();
  await runner.stop();
  runner.start();
  runner.start();
  assert.equal(runner.isRunning(), true);
  await alice.send("two");
  await alice.nextReply();
  await runner.stop();
  assert.deepEqual(heard, ["one", "two"]);
});

test("a runner that is still stopping cannot be started, and says what to wait for", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot);
  await sim.user().send("one");
  await gate.count(1);
  const stopping = runner.stop();
  assert.throws(() => runner.start(), /still stopping. Await stop\(\)/);
  gate.open("one");
  await stopping;
});

test("a bot cannot be run twice, nor beside bot.start", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const runner = run(bot);
  assert.throws(() => run(bot), /already running, by run\(bot\)/);
  await assert.rejects(bot.start(), /already running, by run\(bot\)/);
  await runner.stop();
  const running = bot.start();
  assert.throws(() => run(bot), /already running, by bot\.start\(\)/);
  await bot.stop();
  await running;
  const again = run(bot);
  await again.stop();
});

test("what is not a bot is refused", () => {
  assert.throws(() => run(undefined as unknown as Bot), /must be a Bot, given undefined/);
  assert.throws(() => run({} as Bot), TypeError);
});

test("a token that Telegram does not know is logged and rejects the task, and nothing is unhandled", async () => {
  const { sim } = simulate();
  await using _ = sim;
  const bot = new Bot("123456:AAbbccddeeffgghhiijjkkllmmnnooppqqrr", { client: sim.client });
  await withoutUnhandledRejections(async () => {
    const lines = await logged(async () => {
      const runner = run(bot);
      await assert.rejects(runner.task()!, /Cannot start the bot: .*@BotFather.*401/);
      assert.equal(runner.isRunning(), false);
      assert.equal(runner.task(), undefined);
      await runner.stop();
      const ignored = run(bot);
      while (ignored.isRunning()) await turn();
    });
    assert.match(lines[0]!, /error: The bot has stopped: Cannot start the bot/);
  });
});

test("a network failure and a server error do not stop the bot", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  bot.on("message:text", (ctx) => ctx.reply("still here"));
  await logged(async () => {
    sim.failNext("getMe", "dropped");
    sim.failNext("deleteWebhook", "bad_gateway");
    sim.failNext("getUpdates", "dropped");
    sim.failNext("getUpdates", { error_code: 500, description: "Internal Server Error" });
    const runner = run(bot);
    const alice = sim.user();
    await alice.send("hello");
    assert.equal((await alice.nextReply()).text, "still here");
    await runner.stop();
  });
});

test("an active webhook is deleted at the start, and its updates are received", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  bot.on("message:text", (ctx) => ctx.reply("got it"));
  const origin = sim.serve(() => new Response(null, { status: 500 }));
  await bot.api.setWebhook(`${origin}/hook`);
  const alice = sim.user();
  await alice.send("hello");
  const runner = run(bot);
  assert.equal((await alice.nextReply()).text, "got it");
  await runner.stop();
});

test("a stop while the bot is still being asked for ends at once", async () => {
  const { sim, bot } = simulate({ clock: "manual", latencySeconds: 1 });
  await using _ = sim;
  const runner = run(bot);
  const task = runner.task();
  await sim.until(() => sim.calls.length === 1);
  await runner.stop();
  await task;
});

test("intake pauses while ten thousand updates are in hand, and goes on when half are done", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  let handled = 0;
  bot.on("message:text", async () => {
    if (handled++ === 0) await gate.pass("first");
  });
  const alice = sim.user();
  await alice.send("first");
  for (let n = 1; n < 10_500; n++) await alice.send("more");
  const runner = run(bot);
  await gate.count(1);
  await until(() => runner.size() > 9_700);
  for (let n = 0; n < 30; n++) await turn();
  assert.ok(runner.size() <= 10_000, `${runner.size()} updates in hand`);
  assert.ok(sim.mainBot.pendingUpdates >= 500);
  gate.open("first");
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  await runner.stop();
  assert.equal(handled, 10_500);
});
