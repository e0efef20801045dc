import assert from "node:assert/strict";
import { test } from "node:test";
import { type Context, session, type SessionFlavor } from "@tramline/tramline";
import type { UnitOfWork } from "#src/context/unit_of_work.ts";
import { newBot, text } from "./support.ts";

interface Data {
  count: number;
}
type MyContext = Context & SessionFlavor<Data>;

/** Units of work of a store, as `run` would hand them out. */
function storeWith(rows: Map<string, unknown> = new Map()) {
  const staged: [string, unknown][] = [];
  const unit = (): UnitOfWork => {
    const users = new Map<string, object>();
    return {
      key: "7",
      wait: (pending) => pending,
      sessions: {
        read: (key) => structuredClone(rows.get(key)),
        write: (key, value) => void staged.push([key, structuredClone(value)]),
        reserve(key, user) {
          if (!users.has(key)) users.set(key, user);
          return users.get(key) === user;
        },
      },
    };
  };
  return { rows, staged, unit };
}

const initial = (): Data => ({ count: 0 });

test("without a storage of its own, a session lives in the store of the unit of work", async () => {
  const { staged, unit } = storeWith(new Map([["7", { count: 4 }]]));
  const bot = newBot<MyContext>();
  bot.use(session({ initial }));
  bot.command("count", (ctx) => void ctx.session.count++);
  bot.command("forget", (ctx: MyContext) => void (ctx.session = undefined));
  bot.command("fail", (ctx) => {
    ctx.session.count++;
    throw new Error("no luck");
  });
  await bot.handleUpdate(text("hi"), undefined, unit());
  await assert.rejects(bot.handleUpdate(text("/fail"), undefined, unit()));
  assert.deepEqual(staged, []);
  await bot.handleUpdate(text("/count"), undefined, unit());
  await bot.handleUpdate(text("/forget"), undefined, unit());
  assert.deepEqual(staged, [["7", { count: 5 }], ["7", undefined]]);
});

test("a session with a storage of its own leaves the store alone", async () => {
  const { staged, unit } = storeWith();
  const bot = newBot<MyContext>();
  const rows = new Map<string, Data>();
  const storage = {
    read: (key: string) => rows.get(key),
    write: (key: string, data: Data) => void rows.set(key, data),
    delete: (key: string) => void rows.delete(key),
  };
  bot.use(session({ initial, storage }));
  bot.use((ctx) => void ctx.session.count++);
  await bot.handleUpdate(text("hi"), undefined, unit());
  assert.deepEqual(staged, []);
  assert.deepEqual([...rows], [["7", { count: 1 }]]);
});

test("updates that overlap do not share a session of the store: it sees to that itself", async () => {
  const { staged, unit } = storeWith();
  const bot = newBot<MyContext>();
  bot.use(session({ initial }));
  const both = Promise.withResolvers<void>();
  let running = 0;
  bot.use(async (ctx) => {
    ctx.session.count++;
    if (++running === 2) both.resolve();
    await both.promise;
  });
  await Promise.all([
    bot.handleUpdate(text("a"), undefined, unit()),
    bot.handleUpdate(text("b"), undefined, unit()),
  ]);
  assert.deepEqual(staged, [["7", { count: 1 }], ["7", { count: 1 }]]);
});

test("the parts of a multi session have keys of their own in the store", async () => {
  const { staged, unit } = storeWith(new Map([["a:7", { count: 1 }]]));
  const bot = newBot<Context & SessionFlavor<{ a: Data; b: Data }>>();
  bot.use(session({ type: "multi", a: { initial }, b: { initial, prefix: "p" } }));
  bot.use((ctx) => {
    ctx.session.a.count++;
    ctx.session.b.count++;
  });
  await bot.handleUpdate(text("hi"), undefined, unit());
  assert.deepEqual(staged, [["a:7", { count: 2 }], ["b:p7", { count: 1 }]]);
});

test("two sessions that would share a key of the store are an error that says what to do", async () => {
  const { unit } = storeWith();
  const bot = newBot<MyContext>();
  bot.use(session({ initial }), session({ initial }));
  await assert.rejects(
    bot.handleUpdate(text("hi"), undefined, unit()),
    /two sessions under the key "7" of the store.*option prefix/,
  );
  const fixed = newBot<MyContext>();
  fixed.use(session({ initial }), session({ initial, prefix: "other " }));
  await fixed.handleUpdate(text("hi"), undefined, unit());
});
