import { run, type Runner, session, type WorkerId } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { allDone, anotherBot, simulateStored, wrapped } from "./store_support.ts";
import { Gate, turn, until } from "./support.ts";

const initial = () => ({ count: 0 });

test("a stop finishes what was accepted, also what had no slot yet", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot, { store, concurrency: 2 });
  for (let n = 0; n < 10; n++) await sim.user().send("hello");
  await gate.count(2);
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  const stopping = runner.stop();
  assert.equal(runner.isRunning(), false);
  gate.open("hello");
  await stopping;
  assert.equal(gate.arrived.length, 10);
  assert.equal((await store.stats()).updates, 0);
  assert.equal((await store.stats()).workers, 0);
});

test("what is not handled at the deadline waits in the store, and the next run handles it, in order", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  const aborted: string[] = [];
  const refused: string[] = [];
  bot.use(session({ initial }));
  bot.on("message:text", async (ctx) => {
    ctx.session.count++;
    ctx.signal.addEventListener("abort", () => aborted.push(ctx.msg.text));
    await gate.pass(ctx.msg.text);
    await ctx.reply(ctx.msg.text).catch((error) => {
      refused.push(error.message);
      throw error;
    });
  });
  const [alice, bob] = [sim.user(), sim.user()];
  const lines = await logged(async () => {
    const runner = run(bot, { store, drainSeconds: 0.05 });
    for (const text of ["one", "two", "three"]) await alice.send(text);
    await bob.send("quick");
    await gate.count(2);
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    gate.open("quick");
    await bob.nextReply();
    await runner.stop();
  });
  assert.match(
    lines.join("\n"),
    /Stopped with 3 updates unfinished after 0.05 s: they wait in the/,
  );
  assert.deepEqual(aborted, ["one"]);
  assert.equal((await store.stats()).updates, 3);
  assert.equal((await store.stats()).ready, 1);
  gate.open("one", "two", "three");
  await until(() => refused.length === 1);
  assert.match(refused[0]!, /The bot has stopped/);
  const again = anotherBot(sim);
  again.use(session({ initial }));
  again.on("message:text", (ctx) => ctx.reply(`again ${ctx.msg.text} ${++ctx.session.count}`));
  const second = run(again, { store });
  for (const reply of ["again one 1", "again two 2", "again three 3"]) {
    assert.equal((await alice.nextReply()).text, reply);
  }
  await second.stop();
  assert.equal(bob.messages.length, 2);
  assert.deepEqual(await store.dead.list(), []);
});

test("to stop twice is to stop once, and a stopped runner starts again on its store", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  bot.use(session({ initial }));
  bot.on("message:text", (ctx) => ctx.reply(`${++ctx.session.count}`));
  const runner = run(bot, { store });
  const alice = sim.user();
  await alice.send("hello");
  assert.equal((await alice.nextReply()).text, "1");
  await Promise.all([runner.stop(), runner.stop()]);
  await runner.stop();
  assert.equal(runner.task(), undefined);
  await alice.send("hello again");
  runner.start();
  assert.equal((await alice.nextReply()).text, "2");
  await runner.stop();
  assert.equal(sim.mainBot.pendingUpdates, 0);
  assert.equal((await store.stats()).updates, 0);
});

test("an update that waits for its next try does not hold up a stop, and is tried at the next start", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  let tries = 0;
  bot.on("message:text", async (ctx) => {
    if (++tries === 1) throw new Error("no luck");
    await ctx.reply(`try ${tries}`);
  });
  const alice = sim.user();
  await logged(async () => {
    const runner = run(bot, { store, drainSeconds: 60 });
    await alice.send("hello");
    await until(() => tries === 1);
    while ((await store.stats()).owned > 0) await turn();
    await runner.stop();
    assert.equal((await store.stats()).updates, 1);
    runner.start();
    assert.equal((await alice.nextReply()).text, "try 2");
    await runner.stop();
  });
});

test("two runs on one store: one polls, both handle; order and sessions hold, and at a stop the other takes over", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const bots = [bot, anotherBot(sim)];
  const handled = [0, 0];
  bots.forEach((bot, index) => {
    bot.use(session({ initial }));
    bot.on("message:text", async (ctx) => {
      handled[index]!++;
      const { count } = ctx.session;
      await turn();
      ctx.session.count = count + 1;
      await ctx.reply(`${count + 1}: ${ctx.msg.text}`);
    });
  });
  const users = Array.from({ length: 20 }, () => sim.user());
  const expectReplies = async (from: number, to: number): Promise<void> => {
    for (const user of users) {
      for (let n = from; n <= to; n++) {
        assert.equal((await user.nextReply()).text, `${n}: message ${n}`);
      }
    }
  };
  const send = async (from: number, to: number): Promise<void> => {
    for (let n = from; n <= to; n++) {
      await Promise.all(users.map((user) => user.send(`message ${n}`)));
    }
  };
  await logged(async (lines) => {
    const runners: Runner[] = bots.map((bot) => run(bot, { store, concurrency: 4 }));
    await sim.until(() => sim.mainBot.isPolling);
    await send(1, 10);
    await expectReplies(1, 10);
    assert.ok(handled[0]! > 0 && handled[1]! > 0, `handled ${handled}`);
    // Whoever polls is the first: the other was told to wait when it started.
    assert.equal(lines.filter((line) => line.includes("Another worker has the role")).length, 1);
    assert.doesNotMatch(lines.join("\n"), /Another poller/);
    const alone = runners[0]!.stop();
    await send(11, 20);
    await expectReplies(11, 20);
    await alone;
    await runners[1]!.stop();
    assert.doesNotMatch(lines.join("\n"), /Another poller/);
  });
  assert.equal(handled[0]! + handled[1]!, 400);
  assert.equal(sim.mainBot.pendingUpdates, 0);
  for (const user of users) {
    assert.deepEqual(await store.sessions(sim.mainBot.id).read(`${user.id}`), { count: 20 });
  }
});

test("a poller that drains for long lets the other poll meanwhile, and leaves it alone at its end", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const other = anotherBot(sim);
  other.on("message:text", (ctx) => ctx.reply("from the other"));
  const [alice, bob] = [sim.user(), sim.user()];
  await logged(async (lines) => {
    let hasResigned = false;
    const first = run(bot, {
      store: wrapped(store, ({ method }, go) => {
        hasResigned ||= method === "resign";
        return go();
      }),
    });
    await alice.send("slow");
    await gate.count(1);
    await sim.until(() => sim.mainBot.isPolling && sim.mainBot.pendingUpdates === 0);
    const second = run(other, { store });
    await until(() => lines.some((line) => line.includes("Another worker has the role")));
    const stopping = first.stop();
    await bob.send("hello");
    assert.equal((await bob.nextReply()).text, "from the other");
    await sim.until(() => sim.mainBot.isPolling);
    assert.equal(hasResigned, true);
    gate.open("slow");
    await stopping;
    assert.equal(sim.mainBot.isPolling, true);
    await second.stop();
    assert.doesNotMatch(lines.join("\n"), /Another poller|409/);
  });
});

test("a worker that has lost its role leaves the new poller alone when it stops", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const other = anotherBot(sim);
  for (const one of [bot, other]) one.on("message:text", (ctx) => ctx.reply("hello"));
  const workers: WorkerId[] = [];
  const alice = sim.user();
  await logged(async (lines) => {
    const waiting = () =>
      lines.filter((line) => line.includes("Another worker has the role")).length;
    const polls = () => sim.calls.filter(({ method }) => method === "getUpdates").length;
    let hasChanged = false;
    const first = run(bot, {
      leaseSeconds: 1,
      store: wrapped(store, async ({ method }, go) => {
        // Else it might have the role again before the other asks for it.
        if (method === "register" && workers.length > 0) await until(() => hasChanged);
        const result = await go();
        if (method === "register") workers.push(result as WorkerId);
        return result;
      }),
    });
    await alice.send("hello");
    await alice.nextReply();
    await sim.until(() => sim.mainBot.isPolling && sim.mainBot.pendingUpdates === 0);
    const second = run(other, {
      store: wrapped(store, async ({ method }, go) => {
        const result = await go();
        hasChanged ||= method === "elect" && result === true;
        return result;
      }),
    });
    await until(() => waiting() === 1);
    await store.expire(workers[0]!);
    await until(() => waiting() === 2);
    await sim.until(() => sim.mainBot.isPolling);
    const before = polls();
    await first.stop();
    assert.equal(polls(), before);
    assert.equal(sim.mainBot.isPolling, true);
    await second.stop();
  });
});

test("a retry that nobody is left for is taken by another worker", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  bot.on("message:text", () => {
    throw new Error("no luck");
  });
  const other = anotherBot(sim);
  other.on("message:text", (ctx) => ctx.reply("from the other"));
  const alice = sim.user();
  await logged(async () => {
    const first = run(bot, { store });
    await alice.send("hello");
    await until(() => first.size() === 0 && sim.mainBot.pendingUpdates === 0);
    await first.stop();
    const second = run(other, { store });
    assert.equal((await alice.nextReply()).text, "from the other");
    await allDone(store);
    await second.stop();
  });
});
