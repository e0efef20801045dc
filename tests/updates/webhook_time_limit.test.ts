import { type Timed, TimeLimit } from "#src/updates/time_limit.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

class Item implements Timed {
  place = -1;
  deadline = 0;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

test("what is deleted does not expire; the rest does", async () => {
  const expired: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const limit = new TimeLimit<Item>(0.005, ({ name }) => {
    expired.push(name);
    if (expired.length === 3) resolve();
  });
  const items = ["first", "deleted", "second", "last"].map((name) => new Item(name));
  for (const item of items) limit.add(item);
  limit.delete(items[1]!);
  limit.delete(items[1]!);
  await promise;
  assert.deepEqual(expired.sort(), ["first", "last", "second"]);
});

test("what was added later has its full time", async () => {
  const seconds = 0.03;
  const added = new Map<Item, number>();
  const { promise, resolve } = Promise.withResolvers<number>();
  const limit = new TimeLimit<Item>(seconds, (item) => {
    if (item.name === "later") resolve(performance.now() - added.get(item)!);
  });
  const add = (item: Item) => {
    added.set(item, performance.now());
    limit.add(item);
  };
  add(new Item("sooner"));
  setTimeout(() => add(new Item("later")), 15);
  const waited = await promise;
  assert.ok(waited >= seconds * 1000 - 1, `expired after ${waited} ms`);
});

test("no timer runs while nothing waits", () => {
  const running = new Set<unknown>();
  const { setTimeout, clearTimeout } = globalThis;
  globalThis.setTimeout = ((run: () => void, milliseconds: number) => {
    const timer = setTimeout(run, milliseconds);
    running.add(timer);
    return timer;
  }) as typeof setTimeout;
  globalThis.clearTimeout = (timer) => {
    running.delete(timer);
    clearTimeout(timer);
  };
  try {
    const limit = new TimeLimit<Item>(3600, () => {});
    const items = Array.from({ length: 10 }, (_, i) => new Item(`${i}`));
    for (const item of items) limit.add(item);
    assert.equal(running.size, 1);
    for (const item of items) limit.delete(item);
    assert.equal(running.size, 0);
    limit.add(items[0]!);
    assert.equal(running.size, 1);
    limit.delete(items[0]!);
    assert.equal(running.size, 0);
  } finally {
    for (const timer of running) clearTimeout(timer as number);
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }
});
