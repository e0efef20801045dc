import { type SqliteHandle, sqliteStore } from "@tramline/tramline/sqlite";
import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { bot, inFolder, update } from "./sqlite_support.ts";

const daySeconds = 24 * 3600;

test("what is safe is in the file, and a store that opens it goes on", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bot.db");
    const store = sqliteStore(path);
    await store.append(bot, [update(1), update(2)]);
    await store.writeSession(bot, { key: "chat", version: 0, data: "{}" });
    await store.close();
    assert.deepEqual(await readdir(folder), ["bot.db"], "nothing is left beside it");

    const again = sqliteStore(path);
    const worker = await again.register({ leaseSeconds: 30 });
    const { lanes } = await again.claim(bot, worker, { lanes: 1, suspects: 0 });
    assert.deepEqual(lanes[0]!.session, { version: 1, data: "{}" });
    assert.deepEqual(lanes[0]!.updates.map(({ id }) => id), [1, 2]);
    await again.release(worker);
    await again.close();
  });
});

test("the file has a write-ahead log, so that who reads it holds up nobody", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bot.db");
    const store = sqliteStore(path);
    await store.open();
    const reader = new DatabaseSync(path);
    assert.deepEqual({ ...reader.prepare("PRAGMA journal_mode").get() }, { journal_mode: "wal" });
    reader.exec("BEGIN");
    const count = reader.prepare("SELECT count(*) AS count FROM tramline_inbox");
    assert.deepEqual({ ...count.get() }, { count: 0 });
    await store.append(bot, [update(1)]);
    assert.deepEqual({ ...count.get() }, { count: 0 });
    reader.close();
    await store.close();
  });
});

test("commits wait for the disk unless the option says otherwise", async () => {
  for (const [synchronous, expected] of [[undefined, 2], ["full", 2], ["normal", 1]] as const) {
    const db = new DatabaseSync(":memory:");
    const store = sqliteStore(db as SqliteHandle, { synchronous });
    await store.open();
    assert.deepEqual({ ...db.prepare("PRAGMA synchronous").get() }, { synchronous: expected });
    await store.close();
  }
});

test("calls of one turn of the event loop share one commit, whichever promises they come from", async () => {
  const db = new DatabaseSync(":memory:");
  let commits = 0;
  const store = sqliteStore({
    prepare(sql) {
      const statement = db.prepare(sql) as ReturnType<SqliteHandle["prepare"]>;
      if (sql !== "COMMIT") return statement;
      return {
        run: () => (commits++, statement.run()),
        get: () => statement.get(),
        all: () => statement.all(),
      };
    },
    exec: (sql) => db.exec(sql),
    close: () => db.close(),
  });
  const worker = await store.register({ leaseSeconds: 30 });
  const all = Array.from({ length: 100 }, (_, id) => id);
  const inOneTurn = async <T>(call: (id: number) => Promise<T>): Promise<T[]> => {
    commits = 0;
    const results = await Promise.all(all.map(async (id) => {
      for (let promises = id % 7; promises > 0; promises--) await undefined;
      return await call(id);
    }));
    assert.equal(commits, 1);
    return results;
  };
  const appended = await inOneTurn((id) =>
    store.append(bot, [update(id, `chat ${id}`)], { worker, lanes: 1 })
  );
  const settled = await inOneTurn((id) => {
    const { lane, key } = appended[id]!.lanes[0]!;
    const sessions = [{ key, version: 0, data: "1" }];
    return store.complete(worker, { bot, lane, id, sessions, more: false });
  });
  assert.ok(settled.every(({ outcome }) => outcome === "done"));
  await store.close();
});

test("a live file is copied with VACUUM INTO", async () => {
  await inFolder(async (folder) => {
    const [path, copy] = [join(folder, "bot.db"), join(folder, "copy.db")];
    const store = sqliteStore(path);
    await store.append(bot, [update(1)]);
    const working = Promise.all(
      Array.from({ length: 100 }, (_, n) => store.append(bot, [update(n + 2, `chat ${n}`)])),
    );
    const db = new DatabaseSync(path);
    db.exec(`VACUUM INTO '${copy}'`);
    db.close();
    await working;
    await store.close();

    const copied = sqliteStore(copy);
    assert.ok((await copied.stats()).updates >= 1);
    assert.deepEqual((await copied.append(bot, [update(1)])).known, [1]);
    await copied.close();
  });
});

test("every statement of the way of an update goes by an index", async () => {
  const db = new DatabaseSync(":memory:");
  const prepared = new Set<string>();
  const handle: SqliteHandle = {
    prepare: (sql) => (prepared.add(sql), db.prepare(sql) as ReturnType<SqliteHandle["prepare"]>),
    exec: (sql) => db.exec(sql),
    close: () => db.close(),
  };
  const store = sqliteStore(handle);
  await store.open();
  prepared.clear();
  const worker = await store.register({ leaseSeconds: 30 });
  const claim = { worker, lanes: 1 };
  const { lanes: [lane] } = await store.append(bot, [update(1), update(2)], claim);
  await store.append(bot, [update(3), update(4, "other")]);
  const complete = (id: number, sessions: readonly string[]) => {
    const writes = sessions.map((key) => ({ key, version: 0, data: "1" }));
    return store.complete(worker, { bot, lane: lane!.lane, id, sessions: writes, more: id < 3 });
  };
  await complete(1, ["chat"]);
  await complete(2, ["elsewhere", "and there"]);
  await complete(3, []);
  const { lanes: [other] } = await store.claim(bot, worker, { lanes: 9, suspects: 9 });
  const failure = { bot, lane: other!.lane, id: 4, error: "no", more: false };
  await store.fail(worker, { ...failure, retryInSeconds: 0 });
  await store.claim(bot, worker, { lanes: 9, suspects: 9 });
  await store.release(worker, [other!.lane]);
  await store.claim(bot, worker, { lanes: 9, suspects: 9 });
  await store.fail(worker, { ...failure, retryInSeconds: undefined });
  await store.dead.retry(bot, 4);
  await store.heartbeat(worker);
  await store.readSessions(bot, ["chat"]);
  await store.expire(worker);

  const plans = [...prepared].filter((sql) => /^\s*(SELECT|INSERT|UPDATE|DELETE)/.test(sql))
    .map((sql) => {
      const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...Array(sql.split("?").length - 1).fill(0)) as { detail: string }[];
      return { sql, steps: steps.map(({ detail }) => detail) };
    });
  assert.ok(plans.length >= 20, `${plans.length} statements`);
  // One row each, or about so many as there are processes.
  const small = /^SCAN tramline_(rotation|worker|role)/;
  for (const { sql, steps } of plans) {
    for (const step of steps) {
      const isScan = /^SCAN (tramline_|head)/.test(step) && !small.test(step);
      const isSort = step.includes("TEMP B-TREE");
      assert.ok(!isScan && !isSort, `${step}\n${steps.join("\n")}\n${sql}`);
    }
  }
  await store.close();
});

test("the write-ahead log does not grow with the work", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bot.db");
    const store = sqliteStore(path, { synchronous: "normal" });
    let largest = 0;
    for (let first = 1; first < 30_000; first += 500) {
      const updates = Array.from({ length: 500 }, (_, n) => update(first + n, `${n % 50}`, 2000));
      await store.append(bot, updates);
      largest = Math.max(largest, (await stat(`${path}-wal`)).size);
    }
    assert.ok(largest < 40 * 1024 * 1024, `${largest} bytes`);
    assert.ok((await stat(path)).size > 55 * 1024 * 1024, "the database did");
    await store.close();
  });
});

test("lanes, sessions and dead letters are removed when their time is over, and not before", async () => {
  let now = 1_000_000_000_000;
  const store = sqliteStore(":memory:", { now: () => now, sessionDays: 30, deadLetterDays: 7 });
  const worker = await store.register({ leaseSeconds: 1000 * daySeconds });
  const claim = { worker, lanes: 2 };
  const { lanes } = await store.append(bot, [update(1, "plain"), update(2, "session")], claim);
  const [plain, session] = ["plain", "session"].map((key) =>
    lanes.find((lane) => lane.key === key)!
  );
  const failure = { bot, lane: plain!.lane, id: 1, error: "no", more: false };
  await store.fail(worker, { ...failure, retryInSeconds: undefined });
  const sessions = [{ key: "session", version: 0, data: "1" }];
  await store.complete(worker, { bot, lane: session!.lane, id: 2, sessions, more: false });

  const pass = async (days: number) => {
    now += days * daySeconds * 1000;
    await store.heartbeat(worker);
    const { dead, sessions } = await store.stats();
    return { dead, sessions };
  };
  assert.deepEqual(await pass(6), { dead: 1, sessions: 1 });
  assert.deepEqual(await pass(2), { dead: 0, sessions: 1 });
  assert.deepEqual(await pass(21), { dead: 0, sessions: 1 });
  // The second heartbeat begins at the first lane again.
  await pass(2);
  assert.deepEqual(await pass(0), { dead: 0, sessions: 0 });
  await store.close();
});

test("an idle lane without a session is removed after a day, a waiting one never", async () => {
  let now = 1_000_000_000_000;
  const db = new DatabaseSync(":memory:");
  const store = sqliteStore(db as SqliteHandle, { now: () => now });
  const worker = await store.register({ leaseSeconds: 1000 * daySeconds });
  await store.append(bot, [update(1, "waiting")]);
  const { lanes: [idle] } = await store.append(bot, [update(2, "idle")], { worker, lanes: 1 });
  const keys = () =>
    db.prepare("SELECT key FROM tramline_lane ORDER BY id").all().map(
      (row) => (row as { key: string }).key,
    );
  await store.complete(worker, { bot, lane: idle!.lane, id: 2, sessions: [], more: false });
  now += 0.9 * daySeconds * 1000;
  for (let beat = 0; beat < 2; beat++) await store.heartbeat(worker);
  assert.deepEqual(keys(), ["waiting", "idle"]);
  now += 0.2 * daySeconds * 1000;
  for (let beat = 0; beat < 2; beat++) await store.heartbeat(worker);
  assert.deepEqual(keys(), ["waiting"]);
  await store.close();
});
