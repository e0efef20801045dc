import assert from "node:assert/strict";
import { test } from "node:test";
import { type Context, lazySession, type LazySessionFlavor } from "@tramline/tramline";
import { newBot, text, TextStorage } from "./support.ts";

interface Data {
  count: number;
}

function lazy() {
  const bot = newBot<Context & LazySessionFlavor<Data>>();
  const storage = new TextStorage<Data>();
  bot.use(lazySession({ initial: () => ({ count: 0 }), storage }));
  return { bot, storage };
}

test("a lazy session costs its storage nothing if nobody asks for it", async () => {
  const { bot, storage } = lazy();
  await bot.handleUpdate(text("hi"));
  assert.deepEqual(storage.log, []);
});

test("a lazy session is read once, when it is asked for, and stored if it has changed", async () => {
  const { bot, storage } = lazy();
  bot.use(async (ctx) => {
    const [one, other] = await Promise.all([ctx.session, ctx.session]);
    assert.equal(one, other);
    assert.equal(one, await ctx.session);
    if (ctx.msg?.text === "count") one.count++;
  });
  await bot.handleUpdate(text("count"));
  await bot.handleUpdate(text("look"));
  assert.deepEqual(storage.log, ["read 7", "write 7", "read 7"]);
  assert.deepEqual([...storage.rows.values()], ['{"count":1}']);
});

test("a lazy session can be assigned, also a promise, and is not read for that", async () => {
  const { bot, storage } = lazy();
  bot.command("value", async (ctx) => {
    ctx.session = { count: 5 };
    assert.deepEqual(await ctx.session, { count: 5 });
  });
  bot.command("promise", (ctx) => void (ctx.session = Promise.resolve({ count: 6 })));
  bot.command("fail", (ctx) => void (ctx.session = Promise.reject(new Error("no luck"))));
  bot.command("null", (ctx) => void (ctx.session = Promise.resolve(null as never)));
  await bot.handleUpdate(text("/value"));
  assert.deepEqual([...storage.rows.values()], ['{"count":5}']);
  await bot.handleUpdate(text("/promise"));
  assert.deepEqual([...storage.rows.values()], ['{"count":6}']);
  await assert.rejects(bot.handleUpdate(text("/fail")), /no luck/);
  assert.deepEqual([...storage.rows.values()], ['{"count":6}']);
  await bot.handleUpdate(text("/null"));
  assert.deepEqual(storage.log, ["write 7", "write 7", "delete 7"]);
});

test("what a handler that fails has changed in a lazy session is not stored", async () => {
  const { bot, storage } = lazy();
  bot.use(async (ctx) => {
    (await ctx.session).count++;
    throw new Error("no luck");
  });
  await assert.rejects(bot.handleUpdate(text("hi")), /no luck/);
  assert.deepEqual(storage.log, ["read 7"]);
});

test("without a key, reading and writing a lazy session is an error at once", async () => {
  const bot = newBot<Context & LazySessionFlavor<Data>>();
  bot.use(lazySession({ getSessionKey: () => Promise.resolve(undefined) }));
  bot.use((ctx) => {
    assert.throws(() => ctx.session, /Cannot read the session/);
    assert.throws(() => ctx.session = { count: 1 }, /Cannot write the session/);
  });
  await bot.handleUpdate(text("hi"));
});

test("updates that overlap share a lazy session", async () => {
  const { bot, storage } = lazy();
  const slow = Promise.withResolvers<void>();
  bot.command("slow", async (ctx) => {
    const session = await ctx.session;
    await slow.promise;
    session.count += 10;
  });
  bot.use(async (ctx) => {
    (await ctx.session).count++;
    slow.resolve();
  });
  await Promise.all([bot.handleUpdate(text("/slow")), bot.handleUpdate(text("hi"))]);
  assert.deepEqual([...storage.rows.values()], ['{"count":11}']);
});
