import { run, session } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { allDone, hurried, simulateStored, wrapped } from "./store_support.ts";
import { Gate, turn, until } from "./support.ts";

test("an update that fails is tried three times while its lane waits in order, then set aside with its error", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const [alice, bob] = [sim.user(), sim.user()];
  const heard: string[] = [];
  bot.on("message:text", async (ctx) => {
    if (ctx.chat.id === bob.id) return await ctx.reply("quick");
    heard.push(ctx.msg.text);
    if (ctx.msg.text === "bad") throw new Error("no luck");
  });
  const { store: hurrying, waits } = hurried(store);
  await logged(async (lines) => {
    const runner = run(bot, { store: hurrying });
    for (const text of ["good", "bad", "after", "later"]) await alice.send(text);
    await until(() => heard.includes("bad"));
    await bob.send("hello");
    await bob.nextReply();
    await allDone(store);
    await runner.stop();
    assert.match(lines.join("\n"), /warning: Cannot handle update .*try 2 of 3.*no luck/);
    assert.match(lines.join("\n"), /error: Update \d+ is set aside as a dead letter.*no luck/);
  });
  assert.deepEqual(heard, ["good", "bad", "bad", "bad", "after", "later"]);
  const [letter, ...others] = await store.dead.list();
  assert.deepEqual(others, []);
  assert.equal(letter!.failures, 3);
  assert.equal(letter!.deaths, 0);
  assert.equal(letter!.key, `${alice.id}`);
  assert.match(letter!.error, /^Error: no luck\n/);
  assert.equal(JSON.parse(letter!.payload).message.text, "bad");
  assert.equal(waits.length, 2);
  assert.ok(waits[0]! > 0.5 && waits[0]! <= 1, `${waits}`);
  assert.ok(waits[1]! > 2 && waits[1]! <= 4, `${waits}`);
});

test("an update that failed waits about a second, in its lane, and is then tried again", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const heard: string[] = [];
  let failedAt = 0;
  let retriedAt = 0;
  bot.on("message:text", (ctx) => {
    heard.push(ctx.msg.text);
    if (heard.length === 2) retriedAt = performance.now();
    if (heard.length > 1) return;
    failedAt = performance.now();
    throw new Error("no luck");
  });
  await logged(async () => {
    const runner = run(bot, { store });
    const alice = sim.user();
    for (const text of ["one", "two"]) await alice.send(text);
    await until(() => heard.length === 3);
    await runner.stop();
  });
  assert.deepEqual(heard, ["one", "one", "two"]);
  assert.ok(retriedAt - failedAt > 500, `${retriedAt - failedAt} ms`);
});

test("updates that fail at once are tried again at different times", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const failed = new Set<number>();
  bot.on("message:text", (ctx) => {
    if (failed.has(ctx.chat.id)) return;
    failed.add(ctx.chat.id);
    throw new Error("no luck");
  });
  const { store: hurrying, waits } = hurried(store);
  await logged(async () => {
    for (let n = 0; n < 20; n++) await sim.user().send("hello");
    const runner = run(bot, { store: hurrying });
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    await allDone(store);
    await runner.stop();
  });
  assert.equal(waits.length, 20);
  assert.ok(waits.every((wait) => wait > 0.5 && wait <= 1), `${waits}`);
  assert.equal(new Set(waits).size, 20);
});

test("with maxAttempts 1 an update that fails is set aside at once, and can be tried again by hand", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const heard: string[] = [];
  let isBroken = true;
  bot.on("message:text", (ctx) => {
    heard.push(ctx.msg.text);
    if (ctx.msg.text === "bad" && isBroken) throw "no luck";
  });
  await logged(async () => {
    const runner = run(bot, { store, maxAttempts: 1 });
    const alice = sim.user();
    for (const text of ["bad", "good"]) await alice.send(text);
    await until(() => heard.length === 2);
    await allDone(store);
    const [letter] = await store.dead.list();
    assert.equal(letter!.error, "no luck");
    isBroken = false;
    assert.equal(await store.dead.retry(sim.mainBot.id, letter!.id), true);
    await until(() => heard.length === 3);
    await runner.stop();
  });
  assert.deepEqual(heard, ["bad", "good", "bad"]);
  assert.deepEqual(await store.dead.list(), []);
});

test("if bot.catch returns, the update is done, once, and its session is as it was before", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const caught: unknown[] = [];
  const heard: string[] = [];
  bot.catch(({ error }) => void caught.push((error as Error).message));
  // The failure comes from in front of the session, which has been saved by then.
  bot.use(async (ctx, next) => {
    await next();
    if (ctx.msg?.text === "bad") throw new Error("no luck");
  });
  bot.use(session({ initial: () => ({ count: 0 }) }));
  bot.on("message:text", (ctx) => {
    heard.push(`${ctx.msg.text} ${++ctx.session.count}`);
  });
  const runner = run(bot, { store });
  const alice = sim.user();
  for (const text of ["good", "bad", "again"]) await alice.send(text);
  await until(() => heard.length === 3);
  await runner.stop();
  assert.deepEqual(heard, ["good 1", "bad 2", "again 2"]);
  assert.deepEqual(caught, ["no luck"]);
  assert.deepEqual(await store.dead.list(), []);
  assert.deepEqual(await store.sessions(sim.mainBot.id).read(`${alice.id}`), { count: 2 });
});

test("if bot.catch throws, the update has failed with what it threw, and is tried again from its old session", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  bot.catch(() => {
    throw new TypeError("from the catch");
  });
  bot.use(session({ initial: () => ({ count: 0 }) }));
  const counts: number[] = [];
  bot.on("message:text", (ctx) => {
    counts.push(++ctx.session.count);
    throw new Error("from the handler");
  });
  const { store: hurrying } = hurried(store);
  await logged(async () => {
    const runner = run(bot, { store: hurrying, maxAttempts: 2 });
    await sim.user().send("hello");
    await until(() => counts.length === 2);
    await allDone(store);
    await runner.stop();
  });
  assert.deepEqual(counts, [1, 1]);
  const [letter] = await store.dead.list();
  assert.match(letter!.error, /^TypeError: from the catch/);
});

test("whatever a handler throws, it is a dead letter and no crash", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const things: unknown[] = [undefined, null, 5, Symbol("a symbol"), Object.create(null), () => {}];
  bot.on("message:text", (ctx) => {
    throw things[Number(ctx.msg.text)];
  });
  await logged(async () => {
    const runner = run(bot, { store, maxAttempts: 1 });
    const alice = sim.user();
    for (const index of things.keys()) await alice.send(`${index}`);
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    await allDone(store);
    await runner.stop();
  });
  assert.equal((await store.dead.list()).length, things.length);
});

test("an update in the store that cannot be read is a dead letter, and its lane goes on", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const heard: string[] = [];
  bot.on("message:text", (ctx) => void heard.push(ctx.msg.text));
  const alice = sim.user();
  const key = `${alice.id}`;
  const message = { chat: alice.chat, from: alice.user, message_id: 1, date: 0, text: "good" };
  const payloads = ["{", '"text"', "null", "5", JSON.stringify({ update_id: 5, message })];
  await store.append(
    sim.mainBot.id,
    payloads.map((payload, index) => ({ id: index + 1, key, payload })),
  );
  await logged(async () => {
    const runner = run(bot, { store });
    await allDone(store);
    await runner.stop();
  });
  assert.deepEqual(heard, ["good"]);
  const letters = await store.dead.list();
  assert.deepEqual(letters.map(({ payload }) => payload), payloads.slice(0, 4));
  for (const { error } of letters) assert.match(error, /The stored update is not JSON/);
});

test("a store that does not take what is done is asked again; the handler does not run again", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  bot.use(session({ initial: () => ({ count: 0 }) }));
  bot.on("message:text", (ctx) => ctx.reply(`${++ctx.session.count}`));
  let refusals = 0;
  const alice = sim.user();
  const lines = await logged(async () => {
    const runner = run(bot, {
      store: wrapped(store, async ({ method }, go) => {
        if (method !== "complete" || ++refusals > 4) return await go();
        // The last time it is only the answer that is lost.
        if (refusals === 4) await go();
        throw new Error("no connection");
      }),
    });
    for (const text of ["one", "two", "three"]) await alice.send(text);
    for (const count of ["1", "2", "3"]) assert.equal((await alice.nextReply()).text, count);
    await runner.stop();
  });
  assert.equal(alice.messages.length, 6);
  assert.equal((await store.stats()).updates, 0);
  assert.equal(lines.filter((line) => line.includes("Cannot store what became")).length, 1);
});

test("a store that cannot be read for a moment makes no update fail", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  bot.use(session({ initial: () => ({ count: 0 }), prefix: "counts:" }));
  bot.on("message:text", (ctx) => ctx.reply(`${++ctx.session.count}`));
  let refusals = 0;
  const alice = sim.user();
  await logged(async () => {
    const runner = run(bot, {
      maxAttempts: 1,
      store: wrapped(store, async ({ method }, go) => {
        const isRefused = ["readSessions", "claim"].includes(method) && ++refusals <= 4;
        return isRefused ? await Promise.reject(new Error("no connection")) : await go();
      }),
    });
    for (let n = 1; n <= 3; n++) {
      await alice.send("hello");
      assert.equal((await alice.nextReply()).text, `${n}`);
    }
    await runner.stop();
  });
  assert.deepEqual(await store.dead.list(), []);
});

test("a call that a timer makes after its update is done goes out; a session it changes is not written", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  bot.use(session({ initial: () => ({ count: 0 }) }));
  bot.on("message:text", (ctx) => {
    ctx.session.count++;
    void gate.pass("reminder").then(() => {
      ctx.session.count = 100;
      return ctx.reply("reminder");
    });
  });
  const runner = run(bot, { store });
  const alice = sim.user();
  await alice.send("remind me");
  await gate.count(1);
  await allDone(store);
  await turn();
  gate.open("reminder");
  assert.equal((await alice.nextReply()).text, "reminder");
  await runner.stop();
  assert.deepEqual(await store.sessions(sim.mainBot.id).read(`${alice.id}`), { count: 1 });
});
