import { sqliteStore } from "@tramline/tramline/sqlite";
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { Child } from "./child.ts";
import { inFolder } from "./sqlite_support.ts";

test("processes that start at once with a new file all get ready", async () => {
  await inFolder(async (folder) => {
    for (let round = 0; round < 3; round++) {
      const path = join(folder, `${round}.db`);
      const children = Array.from({ length: 3 }, () => new Child("sqlite_child.ts", "open", path));
      for (const child of children) assert.equal(await child.line(), "opened");
      await Promise.all(children.map((child) => child.ended()));
      const db = new DatabaseSync(path);
      const versions = db.prepare("SELECT version FROM tramline_schema").all();
      db.close();
      assert.equal(versions.length, 1);
    }
  });
});

test("a process that is killed while it creates its file leaves one that works", async (t) => {
  await inFolder(async (folder) => {
    let unfinished = 0;
    for (let kill = 0; kill < 6; kill++) {
      const child = new Child("sqlite_child.ts", "open many", join(folder, `${kill}-`));
      for (let opened = 0; opened < 3 + kill; opened++) await child.line();
      // Somewhere in the next ones: each is a few milliseconds of work.
      const until = performance.now() + Math.random() * 10;
      while (performance.now() < until);
      await child.kill();
      for (const name of await readdir(folder)) {
        if (!name.startsWith(`${kill}-`) || !name.endsWith(".db")) continue;
        const path = join(folder, name);
        if (!hasSchema(path)) unfinished++;
        const store = sqliteStore(path);
        await store.append(1, [{ id: 1, key: "chat", payload: "{}" }]);
        assert.equal((await store.stats()).updates, 1, name);
        await store.close();
      }
    }
    t.diagnostic(`${unfinished} of 6 kills hit an unfinished file`);
  });
});

function hasSchema(path: string): boolean {
  const db = new DatabaseSync(path);
  try {
    return db.prepare("SELECT 1 FROM sqlite_schema").get() !== undefined;
  } finally {
    db.close();
  }
}

test("after kill -9, whoever starts next has the lanes at once, not when the lease is over", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bot.db");
    const child = new Child("sqlite_child.ts", "own", path);
    const dead = Number(await child.line());
    await child.kill();
    const store = sqliteStore(path);
    const worker = await store.register({ leaseSeconds: 30 });
    const { lanes } = await store.claim(1, worker, { lanes: 1, suspects: 0 });
    assert.deepEqual(lanes.map(({ key, deaths }) => ({ key, deaths })), [{
      key: "chat",
      deaths: 1,
    }]);
    assert.equal(await store.heartbeat(dead), false);
    await store.close();
    assert.deepEqual(await readdir(folder), ["bot.db"]);
  });
});

test("a heartbeat takes over from a process that was killed, and from none that lives", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bot.db");
    const store = sqliteStore(path);
    const worker = await store.register({ leaseSeconds: 30 });
    const child = new Child("sqlite_child.ts", "own", path);
    await child.line();
    await store.heartbeat(worker);
    const limits = { lanes: 1, suspects: 0 };
    assert.deepEqual((await store.claim(1, worker, limits)).lanes, []);
    await child.kill();
    await store.heartbeat(worker);
    assert.equal((await store.claim(1, worker, limits)).lanes[0]?.key, "chat");
    await store.close();
  });
});

test("stores of one process are not taken for dead by each other", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bot.db");
    const [one, other] = [sqliteStore(path), sqliteStore(path)];
    const worker = await one.register({ leaseSeconds: 30 });
    const second = await other.register({ leaseSeconds: 30 });
    assert.equal(await other.heartbeat(second), true);
    assert.equal(await one.heartbeat(worker), true);
    assert.equal(await other.heartbeat(second), true);
    await one.release(worker);
    await one.close();
    await other.close();
  });
});
