import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Context,
  type Enhance,
  enhanceStorage,
  MemorySessionStorage,
  session,
  type SessionFlavor,
} from "@tramline/tramline";
import { newBot, text, TextStorage } from "./support.ts";

const hour = 3_600_000;

/** Runs something at another time. */
async function later<T>(milliseconds: number, action: () => T): Promise<Awaited<T>> {
  const { now } = Date;
  Date.now = () => now() + milliseconds;
  try {
    return await action();
  } finally {
    Date.now = now;
  }
}

test("a memory storage reads, writes, deletes and lists", () => {
  const storage = new MemorySessionStorage<number>();
  storage.write("a", 1);
  storage.write("b", 2);
  assert.equal(storage.read("a"), 1);
  assert.equal(storage.read("c"), undefined);
  assert.equal(storage.has("b"), true);
  assert.deepEqual(storage.readAllKeys(), ["a", "b"]);
  assert.deepEqual(storage.readAllValues(), [1, 2]);
  assert.deepEqual(storage.readAll(), [1, 2]);
  storage.delete("a");
  assert.deepEqual(storage.readAllEntries(), [["b", 2]]);
  assert.equal(storage.has("a"), false);
});

test("in a memory storage, sessions expire after the given time without a write", async () => {
  const storage = new MemorySessionStorage<number>(hour);
  storage.write("a", 1);
  storage.write("b", 1);
  await later(hour - 1000, () => {
    assert.equal(storage.read("a"), 1);
    storage.write("b", 2);
  });
  await later(hour + 1000, () => {
    assert.deepEqual(storage.readAllEntries(), [["b", 2]]);
    assert.equal(storage.read("a"), undefined);
    assert.equal(storage.has("a"), false);
  });
  assert.equal(storage.read("a"), undefined);
});

test("a memory storage hands out copies of plain data, and everything else as it is", () => {
  class Money {
    cents = 5;
  }
  const storage = new MemorySessionStorage<unknown>();
  const plain = {
    at: new Date(5),
    tags: new Map([["a", new Set([1, 2n])]]),
    list: [null, { x: NaN }],
  };
  storage.write("plain", plain);
  assert.deepEqual(storage.read("plain"), plain);
  assert.notEqual(storage.read("plain"), plain);
  const rich = { money: new Money() };
  storage.write("rich", rich);
  assert.equal(storage.read("rich"), rich);
});

test("changes inside Dates, Maps, Sets and instances of classes are noticed", async () => {
  class Money {
    cents = 0;
  }
  const initial = () => ({ date: new Date(0), map: new Map(), set: new Set(), money: new Money() });
  const changes: ((session: ReturnType<typeof initial>) => unknown)[] = [
    ({ date }) => date.setTime(5),
    ({ map }) => map.set("a", 1),
    ({ set }) => set.add("a"),
    ({ money }) => money.cents++,
  ];
  for (const change of changes) {
    const bot = newBot<Context & SessionFlavor<ReturnType<typeof initial>>>();
    let stored: unknown;
    const storage = {
      read: initial,
      write: (_: string, value: unknown) => void (stored = value),
      delete: () => {},
    };
    bot.use(session({ initial, storage }));
    bot.use((ctx) => void change(ctx.session));
    await bot.handleUpdate(text("hi"));
    const expected = initial();
    change(expected);
    assert.deepEqual(stored, expected);
  }
});

test("an enhanced storage wraps data as it always was: v, __d and e", async () => {
  const storage = new TextStorage<Enhance<string>>();
  const plain = enhanceStorage<string>({ storage });
  await plain.write("a", "data");
  assert.deepEqual(JSON.parse(storage.rows.get("a")!), { __d: "data" });
  const enhanced = enhanceStorage<string>({
    storage,
    migrations: { 2: String, 1.5: String },
    millisecondsToLive: hour,
  });
  const before = Date.now();
  await enhanced.write("a", "data");
  const { v, __d, e, ...rest } = JSON.parse(storage.rows.get("a")!);
  assert.deepEqual([v, __d, rest], [2, "data", {}]);
  assert.ok(e >= before + hour && e <= Date.now() + hour);
  assert.equal(await enhanced.read("a"), "data");
  await enhanced.delete("a");
  assert.equal(await enhanced.read("a"), undefined);
});

test("in an enhanced storage, sessions expire and are deleted when they are next read", async () => {
  const storage = new TextStorage<Enhance<string>>();
  const enhanced = enhanceStorage<string>({ storage, millisecondsToLive: hour });
  await enhanced.write("a", "data");
  await later(hour - 1000, async () => assert.equal(await enhanced.read("a"), "data"));
  await later(hour + 1000, async () => {
    assert.equal(await enhanced.has!("a"), false);
    assert.equal(storage.rows.size, 0);
  });
});

test("migrations bring data from any version to the newest, in the order of their numbers", async () => {
  const storage = new TextStorage<unknown>();
  const step = (name: string) => (old: string) => `${old} ${name}`;
  const enhanced = enhanceStorage<string>({
    storage: storage as never,
    migrations: {
      10: step("10"),
      2: step("2"),
      10.5: step("10.5"),
      [-1]: step("-1"),
      0: step("0"),
    },
  });
  const cases: [unknown, string][] = [
    ["unwrapped", "unwrapped -1 0 2 10 10.5"],
    [{ __d: "no version" }, "no version -1 0 2 10 10.5"],
    [{ v: 2, __d: "two" }, "two 10 10.5"],
    [{ v: 10.2, __d: "between" }, "between 10.5"],
    [{ v: 10.5, __d: "newest" }, "newest"],
    [{ v: 99, __d: "future" }, "future"],
  ];
  for (const [stored, expected] of cases) {
    storage.rows.set("a", JSON.stringify(stored));
    assert.equal(await enhanced.read("a"), expected);
  }
  assert.throws(
    () => enhanceStorage({ storage: storage as never, migrations: { one: String } as never }),
    {
      name: "RangeError",
      message: /versions of its migrations must be numbers, given "one"/,
    },
  );
});

test("a migrated session is stored in its new form once somebody has seen it", async () => {
  interface Data {
    pets: { name: string }[];
  }
  const storage = new TextStorage<Enhance<Data>>();
  storage.rows.set("7", '{"petNames":["Rex"]}');
  const bot = newBot<Context & SessionFlavor<Data>>();
  const migrate = (old: { petNames: string[] }): Data => ({
    pets: old.petNames.map((name) => ({ name })),
  });
  bot.use(session({
    initial: () => ({ pets: [] }),
    storage: enhanceStorage({ storage, migrations: { 1: migrate } }),
  }));
  bot.command("look", (ctx) => assert.deepEqual(ctx.session, { pets: [{ name: "Rex" }] }));
  await bot.handleUpdate(text("hi"));
  assert.deepEqual(storage.log, ["read 7"]);
  await bot.handleUpdate(text("/look"));
  assert.deepEqual(JSON.parse(storage.rows.get("7")!), { v: 1, __d: { pets: [{ name: "Rex" }] } });
  storage.log.length = 0;
  await bot.handleUpdate(text("/look"));
  assert.deepEqual(storage.log, ["read 7"]);
});

test("an enhanced storage lists what its storage can list, unwrapped and up to date", async () => {
  const storage = new MemorySessionStorage<Enhance<string>>();
  storage.write("a", { __d: "a" });
  storage.write("b", { v: 1, __d: "b" });
  storage.write("c", { __d: "c", e: 1 });
  const enhanced = enhanceStorage<string>({
    storage,
    migrations: { 1: (old: string) => `${old}!` },
  });
  const list = async <T>(items: Iterable<T> | AsyncIterable<T>): Promise<T[]> => {
    const all: T[] = [];
    for await (const item of items) all.push(item);
    return all;
  };
  assert.deepEqual(await list(enhanced.readAllKeys!()), ["a", "b", "c"]);
  assert.deepEqual(await list(enhanced.readAllValues!()), ["a!", "b"]);
  assert.deepEqual(await list(enhanced.readAllEntries!()), [["a", "a!"], ["b", "b"]]);
  assert.equal(
    enhanceStorage({ storage: new TextStorage<Enhance<string>>() }).readAllKeys,
    undefined,
  );
});
