import { TimeLimit } from "#src/updates/time_limit.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

test("what is deleted does not expire; the rest does, in order", async () => {
  const expired: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const limit = new TimeLimit<string>(0.005, (item) => {
    expired.push(item);
    if (item === "last") resolve();
  });
  for (const item of ["first", "deleted", "second", "last"]) limit.add(item);
  limit.delete("deleted");
  await promise;
  assert.deepEqual(expired, ["first", "second", "last"]);
});

test("what was added later has its full time", async () => {
  const seconds = 0.03;
  const added = new Map<string, number>();
  const { promise, resolve } = Promise.withResolvers<number>();
  const limit = new TimeLimit<string>(seconds, (item) => {
    if (item === "later") resolve(performance.now() - added.get(item)!);
  });
  const add = (item: string) => {
    added.set(item, performance.now());
    limit.add(item);
  };
  add("sooner");
  setTimeout(() => add("later"), 15);
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
    const limit = new TimeLimit<number>(3600, () => {});
    for (let item = 0; item < 10; item++) limit.add(item);
    assert.equal(running.size, 1);
    for (let item = 0; item < 10; item++) limit.delete(item);
    assert.equal(running.size, 0);
    limit.add(0);
    assert.equal(running.size, 1);
    limit.delete(0);
    assert.equal(running.size, 0);
  } finally {
    for (const timer of running) clearTimeout(timer as number);
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }
});
