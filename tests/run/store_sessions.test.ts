import {
  Bot,
  type Context,
  lazySession,
  run,
  session,
  type SessionFlavor,
} from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { allDone, type Count, simulateStored, wrapped } from "./store_support.ts";
import { Gate, turn, until } from "./support.ts";

const initial = (): Count => ({ count: 0 });
const ofUser = (ctx: Omit<Context, "session">) => ctx.from && `user ${ctx.from.id}`;

test("a session that nobody touched is not written, nor one that is as it was read", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const writes: number[] = [];
  bot.use(session({ initial }));
  bot.hears("touch", (ctx) => void ctx.session);
  bot.hears("change", (ctx) => void ctx.session.count++);
  bot.hears("forget", (ctx) => void ((ctx as { session: unknown }).session = null));
  const alice = sim.user();
  const runner = run(bot, {
    store: wrapped(store, async ({ method, args }, go) => {
      if (method === "complete") writes.push((args[1] as { sessions: unknown[] }).sessions.length);
      return await go();
    }),
  });
  const versions: unknown[] = [];
  for (
    const text of ["nothing", "touch", "touch", "change", "nothing", "touch", "forget", "nothing"]
  ) {
    await alice.send(text);
    await until(() => writes.length === versions.length + 1);
    await allDone(store);
    const [stored] = await store.readSessions(sim.mainBot.id, [`${alice.id}`]);
    versions.push(`${text} ${stored!.version} ${stored!.data}`);
  }
  await runner.stop();
  assert.deepEqual(versions, [
    "nothing 0 undefined",
    'touch 1 {"count":0}',
    'touch 1 {"count":0}',
    'change 2 {"count":1}',
    'nothing 2 {"count":1}',
    'touch 2 {"count":1}',
    "forget 3 undefined",
    "nothing 3 undefined",
  ]);
  assert.deepEqual(writes, [0, 1, 0, 1, 0, 0, 1, 0]);
});

test("the session comes with its lane: it is not read on its own", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const methods = new Set<string>();
  bot.use(session({ initial }));
  bot.on("message:text", (ctx) => ctx.reply(`${++ctx.session.count}`));
  const runner = run(bot, {
    store: wrapped(store, async ({ method }, go) => {
      methods.add(method);
      return await go();
    }),
  });
  const alice = sim.user();
  for (const count of ["1", "2", "3"]) {
    await alice.send("hello");
    assert.equal((await alice.nextReply()).text, count);
  }
  await runner.stop();
  assert.equal(methods.has("complete"), true);
  assert.equal(methods.has("readSessions"), false);
});

test("a lazy session of the store is read by who asks for it, kept, and deleted", async () => {
  const { sim, store } = simulateStored();
  await using _ = sim;
  type Lazy = Context & { session: Count | null | Promise<Count | null | undefined> | undefined };
  const lazy = new Bot<Lazy>(sim.token, { client: sim.client });
  lazy.use(lazySession({ initial, prefix: "lazy " }) as never);
  let reads = 0;
  lazy.hears("count", async (ctx) => {
    const counting = (await ctx.session)!;
    await ctx.reply(`${++counting.count}`);
  });
  lazy.hears("set", (ctx) => {
    ctx.session = { count: 70 };
    return ctx.reply("set");
  });
  lazy.hears("forget", (ctx) => {
    ctx.session = null;
    return ctx.reply("forgotten");
  });
  lazy.on("message", (ctx) => ctx.reply("nothing"));
  const runner = run(lazy, {
    store: wrapped(store, async ({ method }, go) => {
      if (method === "readSessions") reads++;
      return await go();
    }),
  });
  const alice = sim.user();
  const say = async (text: string): Promise<string | undefined> => {
    await alice.send(text);
    const { text: answer } = await alice.nextReply();
    await allDone(store);
    return answer;
  };
  assert.equal(await say("hello"), "nothing");
  assert.equal(reads, 0);
  const answers: (string | undefined)[] = [];
  for (const text of ["count", "count", "set", "count", "forget", "count"]) {
    answers.push(await say(text));
  }
  assert.deepEqual(answers, ["1", "2", "set", "71", "forgotten", "1"]);
  await runner.stop();
});

test("sessions of a user that two chats change at once are exact: conflicts run again, warned of once", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  let runs = 0;
  bot.use(session({ initial, getSessionKey: ofUser }));
  bot.on("message:text", async (ctx) => {
    runs++;
    const { count } = ctx.session;
    await turn();
    ctx.session.count = count + 1;
  });
  const alice = sim.user();
  const chats = Array.from({ length: 8 }, () => alice.in(sim.group([alice])));
  const lines = await logged(async () => {
    const runner = run(bot, { store });
    for (let n = 0; n < 10; n++) await Promise.all(chats.map((chat) => chat.send("hello")));
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    await allDone(store);
    await runner.stop();
  });
  const sessions = store.sessions(sim.mainBot.id);
  assert.deepEqual(await sessions.read(`user ${alice.id}`), { count: 80 });
  assert.ok(runs > 80, `${runs} runs`);
  assert.equal(lines.filter((line) => line.includes("changed by another update")).length, 1);
  assert.deepEqual(await store.dead.list(), []);
});

test("conflicts count as no failure: with one attempt allowed, sixty chats that write one session lose none", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  bot.use(session({ initial, getSessionKey: () => "all" }));
  bot.on("message:text", async (ctx) => {
    const { count } = ctx.session;
    await turn();
    ctx.session.count = count + 1;
  });
  await logged(async () => {
    const runner = run(bot, { store, maxAttempts: 1 });
    await Promise.all(Array.from({ length: 60 }, () => sim.user().send("hello")));
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    await allDone(store);
    await runner.stop();
  });
  assert.deepEqual(await store.dead.list(), []);
  assert.deepEqual(await store.sessions(sim.mainBot.id).read("all"), { count: 60 });
});

test("type multi: the part of the chat and that of the user are written together, each exact", async () => {
  const { sim, store } = simulateStored();
  await using _ = sim;
  type Data = { chat: Count; user: Count };
  const bot = new Bot<Context & SessionFlavor<Data>>(sim.token, { client: sim.client });
  bot.use(session({ type: "multi", chat: { initial }, user: { initial, getSessionKey: ofUser } }));
  bot.on("message:text", async (ctx) => {
    const { chat: { count: inChat }, user: { count: ofUser } } = ctx.session;
    await turn();
    ctx.session.chat.count = inChat + 1;
    ctx.session.user.count = ofUser + 1;
  });
  const alice = sim.user();
  const chats = Array.from({ length: 4 }, () => alice.in(sim.group([alice])));
  await logged(async () => {
    const runner = run(bot, { store });
    for (let n = 0; n < 10; n++) await Promise.all(chats.map((chat) => chat.send("hello")));
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    await allDone(store);
    await runner.stop();
  });
  const sessions = store.sessions(sim.mainBot.id);
  assert.deepEqual(await sessions.read(`user:user ${alice.id}`), { count: 40 });
  for (const { chat: { id } } of chats) {
    assert.deepEqual(await sessions.read(`chat:${id}`), { count: 10 });
  }
});

test("what somebody writes from outside while an update is handled is not overwritten", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  bot.use(session({ initial }));
  bot.on("message:text", async (ctx) => {
    const { count } = ctx.session;
    await gate.pass(`${count}`);
    ctx.session.count = count + 1;
  });
  const alice = sim.user();
  await logged(async () => {
    const runner = run(bot, { store });
    await alice.send("hello");
    await gate.count(1);
    await store.sessions<Count>(sim.mainBot.id).write(`${alice.id}`, { count: 10 });
    gate.open("0", "10");
    await gate.count(2);
    await runner.stop();
  });
  assert.deepEqual(gate.arrived, ["0", "10"]);
  assert.deepEqual(await store.sessions(sim.mainBot.id).read(`${alice.id}`), { count: 11 });
});

test("a storage of one's own is used beside a store, and what a handler writes too late is refused there, too", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const rows = new Map<string, Count>();
  const storage = {
    read: (key: string) => structuredClone(rows.get(key)),
    write: (key: string, value: Count) => void rows.set(key, structuredClone(value)),
    delete: (key: string) => void rows.delete(key),
  };
  const failures: string[] = [];
  bot.catch(({ error }) => {
    failures.push((error as Error).message);
    throw error;
  });
  bot.use(session({ initial, storage }));
  bot.on("message:text", async (ctx) => {
    ctx.session.count++;
    if (ctx.msg.text !== "slow") return;
    await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
    // It ends as if nothing had been.
  });
  const alice = sim.user();
  await logged(async () => {
    const runner = run(bot, { store, maxAttempts: 1, handlerTimeoutSeconds: 0.05 });
    for (const text of ["quick", "slow", "quick"]) await alice.send(text);
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    await allDone(store);
    await runner.stop();
  });
  assert.deepEqual([...rows], [[`${alice.id}`, { count: 2 }]]);
  assert.equal(failures.length, 1);
  assert.match(failures[0]!, /took longer than 0.05 s/);
  assert.equal((await store.stats()).sessions, 0);
});
