import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { env } from "node:process";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { createClient } from "redis";
import { lockContract } from "@tramline/tramline/testing";
import { type RedisLockOptions, RedisUserLock } from "../../examples/redis_lock.ts";

const url = env.REDIS_URL ?? "redis://127.0.0.1:6379";
const skip = await whyNot();
const { signal } = new AbortController();

async function whyNot(): Promise<string | false> {
  const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: 5000 } });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.ping();
    await client.close();
    return false;
  } catch (error) {
    return `no Redis answers at ${url}: ${error}`;
  }
}

/** Removes what stays in Redis for good, except here. */
async function forget(prefix: string): Promise<void> {
  const client = await createClient({ url }).connect();
  await client.del(`${prefix}tickets`);
  await client.close();
}

/** Something that closes itself when its test is over. */
interface Context {
  after(end: () => Promise<void>): void;
}

async function connect(
  t: Context,
  options: RedisLockOptions & { prefix: string },
): Promise<RedisUserLock> {
  const lock = await RedisUserLock.connect({ url, ...options });
  t.after(async () => {
    await lock.close();
    await forget(options.prefix);
  });
  return lock;
}

const cases = lockContract(async () => {
  const prefix = `test-${randomUUID()}:`;
  const [lock, other] = await Promise.all([
    RedisUserLock.connect({ url, prefix }),
    RedisUserLock.connect({ url, prefix }),
  ]);
  return {
    lock,
    reopen: () => other,
    async dispose() {
      await Promise.all([lock.close(), other.close(), forget(prefix)]);
    },
  };
});
for (const { name, skip: reason, run } of cases) {
  test(`RedisUserLock: ${name}`, { skip: skip || (reason ?? false) }, run);
}

test("a lock of a process that is gone is free when its lease ends", { skip }, async (t) => {
  const prefix = `test-${randomUUID()}:`;
  const gone = await RedisUserLock.connect({ url, prefix, leaseSeconds: 0.5 });
  await gone.acquire("a", { signal });
  void gone.acquire("a", { signal }).catch(() => {});
  const lock = await connect(t, { prefix, leaseSeconds: 0.5 });
  const waiting = lock.acquire("a", { signal: AbortSignal.timeout(60_000) });
  await gone.close();
  await (await waiting)();
});

test("a lock is renewed for as long as it is held", { skip }, async (t) => {
  const prefix = `test-${randomUUID()}:`;
  const lost: string[] = [];
  const options = { prefix, leaseSeconds: 3, onLost: (key: string) => void lost.push(key) };
  const lock = await connect(t, options);
  const client = await createClient({ url }).connect();
  t.after(() => client.close());
  const release = await lock.acquire("a", { signal });
  let renewals = 0;
  for (let last = 3000; renewals < 2;) {
    const left = await client.pTTL(`${prefix}held:a`);
    assert.ok(left > 0, "the lock is held");
    if (left > last) renewals++;
    last = left;
    await setTimeout(10);
  }
  await release();
  assert.equal(await client.exists(`${prefix}held:a`), 0);
  assert.deepEqual(lost, []);
});

test("who loses a lock while it is held is told, and takes it from nobody", { skip }, async (t) => {
  const prefix = `test-${randomUUID()}:`;
  const { promise: lost, resolve: onLost } = Promise.withResolvers<string>();
  const lock = await connect(t, { prefix, leaseSeconds: 0.3, onLost });
  const other = await connect(t, { prefix });
  const client = await createClient({ url }).connect();
  t.after(() => client.close());
  const release = await lock.acquire("a", { signal });
  await client.del(`${prefix}held:a`);
  const releaseOther = await other.acquire("a", { signal });
  assert.equal(await lost, "a");
  await release();
  assert.equal(await client.exists(`${prefix}held:a`), 1);
  await releaseOther();
});

test("locks leave nothing in Redis but the number of the last ticket", { skip }, async (t) => {
  const prefix = `test-${randomUUID()}:`;
  const lock = await connect(t, { prefix });
  const client = await createClient({ url }).connect();
  t.after(() => client.close());
  const abort = new AbortController();
  const release = await lock.acquire("a", { signal });
  const waiting = lock.acquire("a", { signal: abort.signal }).catch(() => "aborted");
  await lock.acquire("b", { signal }).then((release) => release());
  abort.abort();
  assert.equal(await waiting, "aborted");
  await release();
  assert.deepEqual(await client.keys(`${prefix}*`), [`${prefix}tickets`]);
});
