import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryUserLock } from "@tramline/tramline";
import { lockContract } from "@tramline/tramline/testing";

for (const { name, skip, run } of lockContract(() => ({ lock: new MemoryUserLock() }))) {
  test(`MemoryUserLock: ${name}`, { skip: skip ?? false }, run);
}

const { signal } = new AbortController();

test("a lock is forgotten when nobody holds it and nobody waits", async () => {
  const lock = new MemoryUserLock();
  const release = await lock.acquire("a", { signal });
  const abort = new AbortController();
  const waiting = [
    lock.acquire("a", { signal: abort.signal }).catch(() => "aborted"),
    lock.acquire("a", { signal }).then((release) => release()),
  ];
  await lock.acquire("b", { signal }).then((release) => release());
  assert.equal(lock.size, 1);
  abort.abort();
  release();
  assert.deepEqual(await Promise.all(waiting), ["aborted", undefined]);
  assert.equal(lock.size, 0);
});

test("a signal for many locks keeps nothing of those that were had", async () => {
  let listeners = 0;
  class CountingSignal extends EventTarget {
    readonly aborted = false;
    override addEventListener(): void {
      listeners++;
    }
    override removeEventListener(): void {
      listeners--;
    }
  }
  const lock = new MemoryUserLock();
  const signal = new CountingSignal() as unknown as AbortSignal;
  const first = await lock.acquire("a", { signal });
  const second = lock.acquire("a", { signal });
  assert.equal(listeners, 1);
  first();
  (await second)();
  assert.equal(listeners, 0);
});

test("a lock that thousands wait for is had by one after the other", async () => {
  const lock = new MemoryUserLock();
  let holders = 0;
  const all = Array.from({ length: 20_000 }, async () => {
    const release = await lock.acquire("a", new AbortController());
    assert.equal(++holders, 1);
    await null;
    holders--;
    release();
  });
  await Promise.all(all);
  assert.equal(lock.size, 0);
});

test("a lock can be given back and asked for again in one go, behind those that wait", async () => {
  const lock = new MemoryUserLock();
  const order: string[] = [];
  const release = await lock.acquire("a", { signal });
  const waiting = lock.acquire("a", { signal }).then((release) => (order.push("waiting"), release));
  release();
  const again = lock.acquire("a", { signal }).then((release) => (order.push("again"), release));
  (await waiting)();
  (await again)();
  assert.deepEqual(order, ["waiting", "again"]);
});
