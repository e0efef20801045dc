import { type SqliteHandle, sqliteStore } from "@tramline/tramline/sqlite";
import assert from "node:assert/strict";
import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { bot, inFolder, update } from "./sqlite_support.ts";

async function refused(path: string, message: RegExp): Promise<void> {
  const store = sqliteStore(path, { busySeconds: 0.2 });
  try {
    await assert.rejects(store.open(), message);
    await assert.rejects(store.append(bot, [update(1)]), message);
  } finally {
    await store.close();
  }
}

async function made(path: string): Promise<void> {
  const store = sqliteStore(path);
  await store.open();
  await store.close();
}

test("a newer schema is refused, and left as it is", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bot.db");
    await made(path);
    const db = new DatabaseSync(path);
    db.exec("UPDATE tramline_schema SET version = 1000");
    await refused(
      path,
      /^Error: Cannot open the SQLite store .*bot\.db: its schema has version 1000, and this Tramline knows versions up to \d+\. Use /,
    );
    assert.deepEqual({ ...db.prepare("SELECT version FROM tramline_schema").get() }, {
      version: 1000,
    });
    db.close();
  });
});

test("a file that is no database is refused", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "notes.txt");
    await writeFile(path, "These are my notes.\n".repeat(1000));
    await refused(path, /Cannot open the SQLite store .*notes\.txt: the file is something else/);
  });
});

test("a damaged file is told as such", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bot.db");
    await made(path);
    const file = await open(path, "r+");
    const { size } = await file.stat();
    await file.write(new Uint8Array(size - 4096).fill(0xaa), 0, size - 4096, 4096);
    await file.close();
    const store = sqliteStore(path);
    await assert.rejects(store.register({ leaseSeconds: 30 }), /the file is damaged\. Restore/);
    await store.close();
  });
});

test("a missing directory, and a directory in place of the file, are told", async () => {
  await inFolder(async (folder) => {
    await refused(join(folder, "missing", "bot.db"), /there is no directory .*missing\. Create it/);
    await mkdir(join(folder, "bot.db"));
    await refused(join(folder, "bot.db"), /it is a directory\. Name a file in it/);
  });
});

test("what can be repaired is repaired for the same store: it opens at the next call", async () => {
  await inFolder(async (folder) => {
    const store = sqliteStore(join(folder, "sub", "bot.db"));
    await assert.rejects(store.append(bot, [update(1)]), /there is no directory/);
    await mkdir(join(folder, "sub"));
    await store.append(bot, [update(1)]);
    assert.equal((await store.stats()).updates, 1);
    await store.close();
  });
});

test("a database that cannot be written is refused", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bot.db");
    await made(path);
    const store = sqliteStore(new DatabaseSync(path, { readOnly: true }));
    await assert.rejects(store.append(bot, [update(1)]), /it must be writable\. Allow/);
    await store.close();
  });
});

test("a file that another program has locked is waited for, then told, and works afterwards", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bot.db");
    const store = sqliteStore(path, { busySeconds: 0.2 });
    await store.open();
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    await assert.rejects(
      store.append(bot, [update(1)]),
      /Cannot use the SQLite store .*bot\.db: another program holds its lock, longer than `busySeconds`\. Nothing was written/,
    );
    assert.equal((await store.stats()).updates, 0, "reading needs no lock");
    const kept = store.append(bot, [update(1)]);
    other.exec("COMMIT");
    assert.deepEqual(await kept, { known: [], lanes: [] });
    other.close();
    await store.close();
  });
});

test("a full disk fails what does not fit, and nothing else", async () => {
  await inFolder(async (folder) => {
    const db = new DatabaseSync(join(folder, "bot.db"));
    const store = sqliteStore(db as SqliteHandle);
    await store.open();
    const { page_count: pages } = db.prepare("PRAGMA page_count").get() as { page_count: number };
    db.exec(`PRAGMA max_page_count = ${pages + 20}`);
    const ids = Array.from({ length: 60 }, (_, index) => index + 1);
    const results = await Promise.allSettled(
      ids.map((id) => store.append(bot, [update(id, `chat ${id}`, 4000)])),
    );
    const kept = ids.filter((_, index) => results[index]!.status === "fulfilled");
    assert.ok(kept.length > 3 && kept.length < ids.length, `${kept.length} fitted`);
    for (const result of results) {
      if (result.status === "rejected") {
        assert.match(
          String(result.reason),
          /is full\. Nothing of this call was written, and nothing was acknowledged/,
        );
      }
    }
    assert.equal((await store.stats()).updates, kept.length);

    db.exec("PRAGMA max_page_count = 100000");
    const again = await store.append(bot, ids.map((id) => update(id, `chat ${id}`)));
    assert.deepEqual(again.known, kept);
    await store.close();
  });
});

test("a call that fails does not take its neighbours with it", async () => {
  const store = sqliteStore(":memory:");
  const broken = { id: 2, key: "chat", payload: {} as string };
  const results = await Promise.allSettled([
    store.append(bot, [update(1)]),
    store.append(bot, [broken]),
    store.append(bot, [update(3)]),
  ]);
  assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  const worker = await store.register({ leaseSeconds: 30 });
  const { lanes } = await store.claim(bot, worker, { lanes: 1, suspects: 0 });
  assert.deepEqual(lanes[0]!.updates.map(({ id }) => id), [1, 3]);
  await store.close();
});

test("the start of a store that cannot be used fails all that wait for it, at once", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bot.db");
    await made(path);
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    const store = sqliteStore(path, { busySeconds: 0.5 });
    const begun = performance.now();
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, id) => store.append(bot, [update(id)])),
    );
    assert.ok(results.every(({ status }) => status === "rejected"));
    // One after the other they would take 10 seconds.
    assert.ok(performance.now() - begun < 5000);
    other.close();
    await store.close();
  });
});

test("a closed store refuses calls; closing waits for those before it", async () => {
  await inFolder(async (folder) => {
    const store = sqliteStore(join(folder, "bot.db"));
    const kept = store.append(bot, [update(1)]);
    const closed = store.close();
    assert.deepEqual(await kept, { known: [], lanes: [] });
    await assert.rejects(store.append(bot, [update(2)]), /it is closed/);
    await assert.rejects(store.open(), /it is closed/);
    await Promise.all([closed, store.close()]);
  });
});

test("what is neither a path nor a database is refused at once", () => {
  for (const database of ["", undefined, 7, {}]) {
    assert.throws(() => sqliteStore(database as string), /^TypeError: Cannot make an SQLite store/);
  }
});
