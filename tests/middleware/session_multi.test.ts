import assert from "node:assert/strict";
import { test } from "node:test";
import { type Context, session, type SessionFlavor } from "@tramline/tramline";
import { ada, newBot, text, TextStorage } from "./support.ts";

interface Data {
  chat: { topic: string };
  user: { name?: string };
  note?: string;
}
type MyContext = Context & SessionFlavor<Data>;

function multi() {
  const bot = newBot<MyContext>();
  const chats = new TextStorage<Data["chat"]>();
  const users = new TextStorage<Data["user"]>();
  bot.use(session({
    type: "multi",
    chat: { initial: () => ({ topic: "" }), storage: chats },
    user: {
      initial: () => ({}),
      storage: users,
      prefix: "user ",
      getSessionKey: (ctx) => ctx.from?.id === 8 ? undefined : ctx.from?.id.toString(),
    },
    note: {},
  }));
  return { bot, chats, users };
}

test("each part of a multi session has its own key and its own storage", async () => {
  const { bot, chats, users } = multi();
  bot.use((ctx) => {
    ctx.session.chat.topic = "trams";
    ctx.session.user.name = "Ada";
  });
  await bot.handleUpdate(text("hi", { chatId: -5 }));
  assert.deepEqual(Object.fromEntries(chats.rows), { "-5": '{"topic":"trams"}' });
  assert.deepEqual(Object.fromEntries(users.rows), { "user 7": '{"name":"Ada"}' });
});

test("only the parts that have changed are stored, and set to null they are deleted", async () => {
  const { bot, chats, users } = multi();
  bot.command("topic", (ctx) => void (ctx.session.chat.topic = ctx.match));
  bot.command("forget", (ctx: MyContext) => void (ctx.session.chat = null as never));
  await bot.handleUpdate(text("/topic trams"));
  assert.deepEqual(chats.log, ["read 7", "write 7"]);
  assert.deepEqual(users.log, ["read user 7"]);
  await bot.handleUpdate(text("/forget"));
  assert.equal(chats.log.at(-1), "delete 7");
});

test("parts without options of their own are kept in memory, apart from each other", async () => {
  const bot = newBot<Context & SessionFlavor<{ a?: number; b?: number }>>();
  bot.use(session({ type: "multi", a: {}, b: {} }));
  const seen: unknown[] = [];
  bot.use((ctx) => {
    seen.push(ctx.session.a, ctx.session.b);
    ctx.session.a = 1;
    ctx.session.b = 2;
  });
  await bot.handleUpdate(text("hi"));
  await bot.handleUpdate(text("hi"));
  assert.deepEqual(seen, [undefined, undefined, 1, 2]);
});

test("without a key for one part, only that part is out of reach", async () => {
  const { bot, chats } = multi();
  bot.use((ctx) => {
    ctx.session.chat.topic = "trams";
    assert.throws(() => ctx.session.user, /Cannot read the session/);
    assert.throws(() => ctx.session.user = {}, /Cannot write the session/);
  });
  await bot.handleUpdate(text("hi", { from: { ...ada, id: 8 } }));
  assert.equal(chats.rows.size, 1);
});

test("assigned as a whole, a multi session is assigned to its parts", async () => {
  const { bot, chats, users } = multi();
  bot.use((ctx) => {
    ctx.session = { chat: { topic: "a" }, user: { name: "b" } };
    assert.deepEqual({ ...ctx.session }, {
      chat: { topic: "a" },
      user: { name: "b" },
      note: undefined,
    });
  });
  await bot.handleUpdate(text("hi"));
  assert.deepEqual([...chats.rows.values(), ...users.rows.values()], [
    '{"topic":"a"}',
    '{"name":"b"}',
  ]);
});

test("if one part cannot be stored, the others still are, and the update fails", async () => {
  const { bot, chats, users } = multi();
  chats.write = () => Promise.reject(new Error("disk full"));
  bot.use((ctx) => {
    ctx.session.chat.topic = "trams";
    ctx.session.user.name = "Ada";
  });
  await assert.rejects(bot.handleUpdate(text("hi")), /disk full/);
  assert.equal(users.rows.size, 1);
});
