import {
  Bot,
  type Context,
  run,
  sequentialize,
  session,
  type SessionFlavor,
  webhookCallback,
} from "@tramline/tramline";
import { Simulator } from "@tramline/tramline/testing";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { fiftyCount, Gate, simulate, turn, until } from "./support.ts";

type CountingContext = Context & SessionFlavor<{ count: number }>;
type Stop = () => Promise<void>;

for (const isSequentialized of [false, true]) {
  const how = "fifty chats of twenty messages, handled in random times" +
    (isSequentialized ? ", with sequentialize" : "");

  test(`${how}: every session ends at 20, every reply is in order`, async () => {
    await using sim = new Simulator({ timeoutSeconds: 60 });
    const server = await sim.listen();
    const bot = new Bot<CountingContext>(sim.token, { client: { apiRoot: server.url } });
    if (isSequentialized) bot.use(sequentialize((ctx) => ctx.chatId?.toString()));
    bot.use(session({ initial: () => ({ count: 0 }) }));
    bot.on("message:text", async (ctx) => {
      // Read, wait, write back: any two at once would lose a count.
      const { count } = ctx.session;
      await new Promise((resolve) => setTimeout(resolve, 8 * Math.random()));
      ctx.session.count = count + 1;
      await ctx.reply(`${ctx.session.count}: ${ctx.msg.text}`);
    });
    const runner = run(bot);
    await fiftyCount(sim);
    await runner.stop();
    assert.equal(sim.mainBot.pendingUpdates, 0);
  });
}

const ways: Record<string, (bot: Bot<CountingContext>, sim: Simulator) => Promise<Stop>> = {
  "bot.start": (bot) => {
    const running = bot.start();
    return Promise.resolve(async () => {
      await bot.stop();
      await running;
    });
  },
  run: (bot) => {
    const runner = run(bot);
    return Promise.resolve(() => runner.stop());
  },
  "run, confirm handled": (bot) => {
    const runner = run(bot, { confirm: "handled" });
    return Promise.resolve(() => runner.stop());
  },
  "run by webhook": async (bot, sim) => {
    const runner = run(bot, { updater: "webhooks" });
    await bot.api.setWebhook(sim.serve(runner.fetch));
    return () => runner.stop();
  },
  webhookCallback: async (bot, sim) => {
    await bot.api.setWebhook(sim.serve(webhookCallback(bot)));
    return () => Promise.resolve();
  },
};

for (const [way, start] of Object.entries(ways)) {
  test(`${way}: with nothing but a session, every update of a chat is in order, and no write is lost`, async () => {
    await using sim = new Simulator({ timeoutSeconds: 60 });
    const bot = new Bot<CountingContext>(sim.token, { client: sim.client });
    bot.use(session({ initial: () => ({ count: 0 }) }));
    bot.on("message:text", async (ctx) => {
      const { count } = ctx.session;
      // The sooner an update came, the longer it takes: without order, all would turn round.
      for (let turns = 10 - count; turns > 0; turns--) await turn();
      ctx.session.count = count + 1;
      await ctx.reply(`${ctx.session.count}: ${ctx.msg.text}`);
    });
    const stop = await start(bot, sim);
    const users = [sim.user(), sim.user(), sim.user()];
    for (let n = 1; n <= 10; n++) {
      for (const user of users) await user.send(`message ${n}`);
    }
    for (const user of users) {
      for (let n = 1; n <= 10; n++) {
        assert.equal((await user.nextReply()).text, `${n}: message ${n}`);
      }
    }
    await sim.until(() => sim.mainBot.pendingUpdates === 0 || way === "bot.start");
    await stop();
    assert.equal(sim.mainBot.pendingUpdates, 0);
  });
}

test("confirm handled: at most a hundred updates are in hand, so that no more can come again", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const names = Array.from({ length: 130 }, (_, n) => `update ${n}`);
  for (const name of names) await sim.user().send(name);
  const runner = run(bot, { confirm: "handled" });
  await gate.count(100);
  // Handled, but kept: the first is not, and the offset cannot pass it.
  gate.open(...names.slice(1));
  await until(() => runner.size() === 1);
  assert.equal(sim.mainBot.pendingUpdates, 130);
  assert.equal(gate.arrived.length, 100);
  gate.open(names[0]!);
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  await runner.stop();
  assert.deepEqual(gate.arrived, names);
});

test("bot.start: Telegram keeps every update until it is handled, so that a crash loses none", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const alice = sim.user();
  for (const text of ["one", "two"]) await alice.send(text);
  const running = bot.start();
  gate.open("one");
  await gate.count(2);
  // Killed now, "two" is not lost, and at most the unfinished batch repeats.
  assert.equal(sim.mainBot.pendingUpdates, 2);
  const stopping = bot.stop();
  gate.open("two");
  await stopping;
  await running;
  assert.equal(sim.mainBot.pendingUpdates, 0);
});

test("run: what is in hand is confirmed already, so that a crash loses it", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot);
  await sim.user().send("one");
  await gate.count(1);
  await sim.until(() => sim.mainBot.isPolling);
  assert.equal(sim.mainBot.pendingUpdates, 0);
  gate.open("one");
  await runner.stop();
});

test("confirm handled: Telegram keeps every update until it is handled, so that a crash loses none", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot, { confirm: "handled" });
  const [alice, bob] = [sim.user(), sim.user()];
  await alice.send("one");
  await bob.send("two");
  await gate.count(2);
  gate.open("two");
  await until(() => runner.size() === 1);
  assert.equal(sim.mainBot.pendingUpdates, 2);
  gate.open("one");
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  await runner.stop();
  assert.deepEqual(gate.arrived, ["one", "two"]);
});

test("confirm handled: what is not handled in time at a stop comes again at the next start, and only that", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const [alice, bob] = [sim.user(), sim.user()];
  await logged(async () => {
    const runner = run(bot, { confirm: "handled", drainSeconds: 0.01 });
    await alice.send("quick");
    await bob.send("slow");
    await gate.count(2);
    gate.open("quick");
    await until(() => runner.size() === 1);
    await runner.stop();
    assert.equal(sim.mainBot.pendingUpdates, 1);
    gate.open("slow");
    runner.start();
    await gate.count(3);
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    await runner.stop();
  });
  assert.deepEqual(gate.arrived, ["quick", "slow", "slow"]);
});

test("confirm handled: what is handled while the bot stops is confirmed, and comes no more", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot, { confirm: "handled" });
  await sim.user().send("one");
  await gate.count(1);
  const stopping = runner.stop();
  gate.open("one");
  await stopping;
  assert.equal(sim.mainBot.pendingUpdates, 0);
});
