import { type LaneId, run, session, type WorkerId } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { allDone, anotherBot, simulateStored, wrapped } from "./store_support.ts";
import { Gate, turn, until } from "./support.ts";

const initial = () => ({ count: 0 });

test("a lease that is lost aborts the handler, refuses its calls and writes; the new owner handles the update", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const workers: WorkerId[] = [];
  const refused: Error[] = [];
  const begun = Promise.withResolvers<void>();
  bot.use(session({ initial }));
  bot.on("message:text", async (ctx) => {
    ctx.session.count = 100;
    begun.resolve();
    await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
    refused.push(ctx.signal.reason, await ctx.reply("from the old owner").catch((error) => error));
  });
  const other = anotherBot(sim);
  other.use(session({ initial }));
  other.on("message:text", (ctx) => ctx.reply(`new owner: ${++ctx.session.count}`));
  await logged(async () => {
    const runner = run(bot, {
      leaseSeconds: 1,
      store: wrapped(store, async ({ method }, go) => {
        const result = await go();
        if (method === "register") workers.push(result as WorkerId);
        // What it takes from now on would be taken from the other.
        return method === "claim" && workers.length > 1 ? { lanes: [] } : result;
      }),
    });
    const alice = sim.user();
    await alice.send("hello");
    await begun.promise;
    const second = run(other, { store });
    await store.expire(workers[0]!);
    assert.equal((await alice.nextReply()).text, "new owner: 1");
    await until(() => refused.length === 2);
    await runner.stop();
    await second.stop();
    assert.equal(alice.messages.length, 2);
    assert.deepEqual(await store.sessions(sim.mainBot.id).read(`${alice.id}`), { count: 1 });
  });
  assert.deepEqual(refused.map(({ name }) => name), ["LeaseLostError", "LeaseLostError"]);
  assert.deepEqual(await store.dead.list(), []);
});

test("a worker that is alone and has lost its lease goes on with its updates in a new life", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const workers: WorkerId[] = [];
  let tries = 0;
  bot.on("message:text", async (ctx) => {
    if (++tries === 1) {
      await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
    }
    await ctx.reply(`${tries}`);
  });
  await logged(async (lines) => {
    const runner = run(bot, {
      leaseSeconds: 1,
      store: wrapped(store, async ({ method }, go) => {
        // The new life begins when nothing is left of the old one that would look for work.
        if (method === "register" && workers.length > 0) await until(() => runner.size() === 0);
        const result = await go();
        if (method === "register") workers.push(result as WorkerId);
        return result;
      }),
    });
    const alice = sim.user();
    await alice.send("hello");
    await until(() => tries === 1);
    await store.expire(workers[0]!);
    assert.equal((await alice.nextReply()).text, "2");
    await runner.stop();
    assert.equal(workers.length, 2);
    assert.match(lines.join("\n"), /This worker has lost its lease of 1 s/);
  });
  assert.equal((await store.stats()).updates, 0);
});

test("what waits for a slot when the lease is lost is not begun by who has lost it", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const workers: WorkerId[] = [];
  const gate = new Gate();
  const begun: string[] = [];
  bot.on("message:text", async (ctx) => {
    begun.push(ctx.msg.text);
    if (begun.length === 1) await gate.pass("first");
  });
  const waiting = Promise.withResolvers<void>();
  await logged(async () => {
    const runner = run(bot, {
      leaseSeconds: 1,
      concurrency: 1,
      store: wrapped(store, async ({ method, args }, go) => {
        // More lanes than there are slots, as one gets when a lane comes back from waiting elsewhere.
        if (method === "append") args[2] = { ...(args[2] as object), lanes: 2 };
        const result = await go();
        if (method === "append") waiting.resolve();
        if (method === "register") workers.push(result as WorkerId);
        return result;
      }),
    });
    const appended = sim.user();
    await appended.send("one");
    await waiting.promise;
    await sim.user().send("two");
    await until(() => runner.size() === 2);
    await store.expire(workers[0]!);
    await until(() => workers.length === 2);
    gate.open("first");
    await allDone(store);
    await runner.stop();
  });
  assert.deepEqual(begun.slice().sort(), ["one", "one", "two"]);
});

test("heartbeats that fail for a while cost nothing while the lease holds, and calls wait when it does not", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  let isDown = false;
  let failed = 0;
  const gate = new Gate();
  bot.on("message:text", async (ctx) => {
    await gate.pass(ctx.msg.text);
    await ctx.reply("after the wait");
  });
  const lines = await logged(async () => {
    const runner = run(bot, {
      leaseSeconds: 1,
      store: wrapped(store, async ({ method }, go) => {
        if (method === "heartbeat" && isDown) {
          failed++;
          throw new Error("no connection");
        }
        return await go();
      }),
    });
    const alice = sim.user();
    await alice.send("one");
    await gate.count(1);
    isDown = true;
    await until(() => failed >= 2);
    gate.open("one");
    assert.equal((await alice.nextReply()).text, "after the wait");
    isDown = false;
    await runner.stop();
  });
  assert.equal(lines.filter((line) => line.includes("does not take the heartbeat")).length, 1);
  assert.equal((await store.stats()).updates, 0);
});

test("past its lease, with a store that does not answer, a call is refused; the update is handled again when it does", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  let isDown = false;
  let downSince = 0;
  const heard: string[] = [];
  const released: LaneId[] = [];
  bot.on("message:text", async (ctx) => {
    heard.push(ctx.msg.text);
    if (heard.length > 1) return await ctx.reply("at last");
    isDown = true;
    downSince = performance.now();
    await until(() => performance.now() > downSince + 1100);
    try {
      await ctx.reply("too late");
    } catch (error) {
      heard.push((error as Error).name);
      isDown = false;
      throw new Error("a failure that comes of it");
    }
  });
  await logged(async () => {
    const runner = run(bot, {
      leaseSeconds: 1,
      maxAttempts: 1,
      store: wrapped(store, async ({ method, args }, go) => {
        if (isDown) throw new Error("no connection");
        if (method === "release" && args[1] !== undefined) released.push(...args[1] as LaneId[]);
        return await go();
      }),
    });
    const alice = sim.user();
    await alice.send("one");
    assert.equal((await alice.nextReply()).text, "at last");
    await runner.stop();
  });
  assert.deepEqual(heard, ["one", "LeaseLostError", "one"]);
  assert.equal(released.length, 1);
  assert.deepEqual(await store.dead.list(), []);
});

test("a handler that computes for longer than the lease is named in a warning", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  let id = 0;
  bot.on("message:text", async (ctx) => {
    id = ctx.update.update_id;
    const end = performance.now() + 1300;
    while (performance.now() < end);
    await gate.pass("computed");
  });
  await logged(async (lines) => {
    const runner = run(bot, { store, leaseSeconds: 1 });
    await sim.user().send("compute");
    const said = () => lines.find((line) => line.includes("stood still"));
    await until(() => said() !== undefined);
    assert.match(
      said()!,
      /^warning: This process stood still for \d+ s, longer than its lease of 1 s/,
    );
    assert.ok(said()!.includes(`while handling update ${id}.`));
    gate.open("computed");
    await runner.stop();
  });
});

test("what another worker leaves behind is taken over", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const message = { chat: { id: 7, type: "private" }, message_id: 1, date: 0 };
  const dead = await store.register({ leaseSeconds: 60 });
  const update = (id: number) => ({ update_id: id, message: { ...message, text: `${id}` } });
  const rows = [1, 2, 3].map((id) => ({ id, key: "7", payload: JSON.stringify(update(id)) }));
  await store.append(sim.mainBot.id, rows, { worker: dead, lanes: 1 });
  const heard: string[] = [];
  bot.on("message:text", (ctx) => void heard.push(ctx.msg.text));
  const runner = run(bot, { store });
  await sim.until(() => sim.mainBot.isPolling);
  await turn();
  assert.deepEqual(heard, []);
  await store.expire(dead);
  await until(() => heard.length === 3);
  await runner.stop();
  assert.deepEqual(heard, ["1", "2", "3"]);
});
