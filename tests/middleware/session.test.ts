import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import {
  type Bot,
  type Context,
  MemorySessionStorage,
  session,
  type SessionFlavor,
  type StorageAdapter,
} from "@tramline/tramline";
import { inline, newBot, press, text, TextStorage } from "./support.ts";

interface Data {
  count: number;
}
type MyContext<S = Data> = Context & SessionFlavor<S>;

const initial = (): Data => ({ count: 0 });

function counter(): { bot: Bot<MyContext>; storage: TextStorage<Data> } {
  const bot = newBot<MyContext>();
  const storage = new TextStorage<Data>();
  bot.use(session({ initial, storage }));
  bot.command("count", (ctx) => void ctx.session.count++);
  bot.command("look", (ctx) => void ctx.session.count);
  bot.command("replace", (ctx) => void (ctx.session = { count: Number(ctx.match) }));
  bot.command("forget", (ctx: MyContext) => void (ctx.session = null));
  bot.command("fail", (ctx) => {
    ctx.session.count = -1;
    throw new Error("no luck");
  });
  return { bot, storage };
}

test("a session is read before the handlers and stored after them, for each chat", async () => {
  const { bot, storage } = counter();
  await bot.handleUpdate(text("/count"));
  await bot.handleUpdate(text("/count"));
  await bot.handleUpdate(text("/count", { chatId: 8 }));
  assert.deepEqual(Object.fromEntries(storage.rows), { 7: '{"count":2}', 8: '{"count":1}' });
});

test("an update without a chat uses the session of the user, which is that of the private chat", async () => {
  const bot = newBot<MyContext>();
  const storage = new TextStorage<Data>();
  bot.use(session({ initial, storage }));
  bot.use((ctx) => void ctx.session.count++);
  await bot.handleUpdate(text("hi"));
  await bot.handleUpdate(inline("hi"));
  await bot.handleUpdate(press("hi"));
  assert.deepEqual(Object.fromEntries(storage.rows), { 7: '{"count":3}' });
});

test("a session that nobody asked for, or that is as it was, is not stored", async () => {
  const { bot, storage } = counter();
  await bot.handleUpdate(text("other"));
  assert.deepEqual(storage.log, ["read 7"]);
  await bot.handleUpdate(text("/count"));
  storage.log.length = 0;
  await bot.handleUpdate(text("/look"));
  await bot.handleUpdate(text("/replace 1"));
  assert.deepEqual(storage.log, ["read 7", "read 7"]);
  await bot.handleUpdate(text("/replace 5"));
  assert.deepEqual(storage.log.slice(2), ["read 7", "write 7"]);
});

test("a new session is stored once somebody has seen it", async () => {
  const bot = newBot<MyContext<{ id: string }>>();
  const storage = new TextStorage<{ id: string }>();
  bot.use(session({ initial: () => ({ id: crypto.randomUUID() }), storage }));
  const seen: string[] = [];
  bot.command("id", (ctx) => void seen.push(ctx.session.id));
  await bot.handleUpdate(text("/id"));
  await bot.handleUpdate(text("/id"));
  assert.equal(seen[0], seen[1]);
  assert.deepEqual(storage.log, ["read 7", "write 7", "read 7"]);
});

test("a session that is set to null or undefined is deleted, if it was there", async () => {
  const { bot, storage } = counter();
  await bot.handleUpdate(text("/forget"));
  assert.deepEqual(storage.log, ["read 7"]);
  await bot.handleUpdate(text("/count"));
  await bot.handleUpdate(text("/forget"));
  assert.equal(storage.log.at(-1), "delete 7");
  assert.equal(storage.rows.size, 0);
});

test("what a handler that fails has changed is not stored", async () => {
  const { bot, storage } = counter();
  await bot.handleUpdate(text("/count"));
  await assert.rejects(bot.handleUpdate(text("/fail")), /no luck/);
  assert.deepEqual(Object.fromEntries(storage.rows), { 7: '{"count":1}' });
});

test("in memory, too, what a handler that fails has changed is not kept", async () => {
  const bot = newBot<MyContext>();
  bot.use(session({ initial }));
  let seen = 0;
  bot.use((ctx) => {
    seen = ++ctx.session.count;
    if (ctx.msg?.text === "fail") throw new Error("no luck");
  });
  await bot.handleUpdate(text("a"));
  await assert.rejects(bot.handleUpdate(text("fail")));
  await bot.handleUpdate(text("a"));
  assert.equal(seen, 2);
});

test("an error that a boundary has handled does not keep the session from being stored", async () => {
  const { bot, storage } = counter();
  bot.errorBoundary(() => {}).on("message", (ctx) => {
    ctx.session.count = 9;
    throw new Error("no luck");
  });
  await bot.handleUpdate(text("hi"));
  assert.deepEqual(Object.fromEntries(storage.rows), { 7: '{"count":9}' });
});

test("getSessionKey and prefix say what the session is kept under", async () => {
  const bot = newBot<MyContext>();
  const storage = new TextStorage<Data>();
  const getSessionKey = (ctx: Omit<MyContext, "session">) => Promise.resolve(ctx.msg?.text);
  bot.use(session({ initial, storage, getSessionKey, prefix: "words:" }));
  bot.on("message:text", (ctx) => void ctx.session.count++);
  await bot.handleUpdate(text("a"));
  assert.deepEqual([...storage.rows.keys()], ["words:a"]);
});

test("without a key, reading and writing ctx.session is an error that says so", async () => {
  const bot = newBot<MyContext>();
  bot.use(session({ initial, getSessionKey: () => undefined }));
  bot.command("read", (ctx) => void ctx.session);
  bot.command("write", (ctx) => void (ctx.session = initial()));
  await assert.rejects(
    bot.handleUpdate(text("/read")),
    /Cannot read the session: .* no session key/,
  );
  await assert.rejects(bot.handleUpdate(text("/write")), /Cannot write the session: .*undefined/);
  await bot.handleUpdate(text("other"));
});

test("without initial a new session is undefined", async () => {
  const bot = newBot<MyContext>();
  bot.use(session());
  let seen: unknown = "nothing";
  bot.use((ctx) => {
    seen = ctx.session;
    ctx.session ??= { count: 5 };
  });
  await bot.handleUpdate(text("a"));
  assert.equal(seen, undefined);
  await bot.handleUpdate(text("a"));
  assert.deepEqual(seen, { count: 5 });
});

test("two sessions on one bot do not share what they keep in memory", async () => {
  const bot = newBot<MyContext>();
  const seen: number[] = [];
  bot.use(session({ initial: () => ({ count: 100 }) }));
  bot.use((ctx, next) => {
    seen.push(++ctx.session.count);
    return next();
  });
  bot.use(session({ initial }));
  bot.use((ctx) => void seen.push(++ctx.session.count));
  await bot.handleUpdate(text("a"));
  await bot.handleUpdate(text("a"));
  assert.deepEqual(seen, [101, 1, 102, 2]);
});

test("updates that overlap share the session, so that none overwrites what another has stored", async () => {
  const { bot, storage } = counter();
  const slow = Promise.withResolvers<void>();
  const slowRuns = Promise.withResolvers<void>();
  bot.command("slow", async (ctx) => {
    void ctx.session.count;
    slowRuns.resolve();
    await slow.promise;
    ctx.session.count += 10;
  });
  const handling = bot.handleUpdate(text("/slow"));
  await slowRuns.promise;
  await Promise.all([bot.handleUpdate(text("/count")), bot.handleUpdate(text("/count"))]);
  assert.deepEqual(Object.fromEntries(storage.rows), { 7: '{"count":2}' });
  slow.resolve();
  await handling;
  assert.deepEqual(Object.fromEntries(storage.rows), { 7: '{"count":12}' });
  assert.equal(storage.log.filter((line) => line === "read 7").length, 1);
});

test("a handler may cause an update of its own chat and wait for it", async () => {
  const { bot, storage } = counter();
  bot.command("twice", async (ctx) => {
    ctx.session.count++;
    await bot.handleUpdate(text("/count"));
    assert.equal(ctx.session.count, 2);
  });
  await bot.handleUpdate(text("/twice"));
  assert.deepEqual(Object.fromEntries(storage.rows), { 7: '{"count":2}' });
});

test("overlapping writes of a session reach its storage one after the other", async () => {
  const bot = newBot<MyContext>();
  const written: number[] = [];
  const firstWrite = Promise.withResolvers<void>();
  const firstMayEnd = Promise.withResolvers<void>();
  const storage: StorageAdapter<Data> = {
    read: () => undefined,
    write(_, { count }) {
      written.push(count);
      firstWrite.resolve();
      return firstMayEnd.promise;
    },
    delete: () => {},
  };
  const slow = Promise.withResolvers<void>();
  bot.use(session({ initial, storage }));
  bot.command("slow", async (ctx) => {
    await slow.promise;
    ctx.session.count = 7;
  });
  bot.use((ctx) => void (ctx.session.count = 1));
  const last = bot.handleUpdate(text("/slow"));
  const first = bot.handleUpdate(text("a"));
  await firstWrite.promise;
  slow.resolve();
  await setImmediate();
  assert.deepEqual(written, [1]);
  firstMayEnd.resolve();
  await Promise.all([first, last]);
  assert.deepEqual(written, [1, 7]);
});

test("an error of the storage fails the update", async () => {
  const bot = newBot<MyContext>();
  const storage: StorageAdapter<Data> = {
    read: (key) => key === "8" ? Promise.reject(new Error("no disk")) : undefined,
    write: () => Promise.reject(new Error("disk full")),
    delete: () => {},
  };
  bot.use(session({ initial, storage }));
  bot.use((ctx) => void ctx.session.count++);
  await assert.rejects(bot.handleUpdate(text("a")), /disk full/);
  await assert.rejects(bot.handleUpdate(text("a", { chatId: 8 })), /no disk/);
});

test("wrong options are refused, with what was given", () => {
  const cases: [unknown, RegExp][] = [
    [
      { initial: { count: 0 } },
      /option initial must be a function.*keys count\. Write initial: \(\)/,
    ],
    [{ getSessionKey: "chat" }, /option getSessionKey must be a function, given "chat"/],
    [{ storage: Promise.resolve() }, /option storage must be .* given an instance of Promise/],
    [{ type: "multi", a: { initial: 5 } }, /option initial must be a function/],
  ];
  for (const [options, message] of cases) {
    assert.throws(() => session(options as never), { name: "TypeError", message });
  }
});

test("a memory storage can be shared and looked into", async () => {
  const bot = newBot<MyContext>();
  const storage = new MemorySessionStorage<Data>();
  bot.use(session({ initial, storage }));
  bot.use((ctx) => void ctx.session.count++);
  await bot.handleUpdate(text("a"));
  assert.deepEqual(storage.readAllEntries(), [["7", { count: 1 }]]);
});
