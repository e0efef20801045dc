import { type SqliteHandle, sqliteStore } from "@tramline/tramline/sqlite";
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { migrations } from "#src/store/sql/sqlite/migrations.ts";
import { migrate } from "#src/store/sql/sqlite/open.ts";
import { Child } from "./child.ts";
import { bot, inFolder, update } from "./sqlite_support.ts";

function versions(db: DatabaseSync): unknown[] {
  return db.prepare("SELECT version FROM tramline_schema").all()
    .map((row) => (row as { version: number }).version);
}

/** A database that a store has left with one update in it. */
async function databaseOfOne(path: string): Promise<DatabaseSync> {
  const store = sqliteStore(path);
  await store.append(bot, [update(1)]);
  await store.close();
  return new DatabaseSync(path);
}

test("whoever starts between any two steps of another's start, both are ready with one schema", async () => {
  await inFolder(async (folder) => {
    let step = 1;
    for (let overtook = true; overtook; step++) {
      const path = join(folder, `${step}.db`);
      const [db, second] = [new DatabaseSync(path), sqliteStore(path)];
      let opening: Promise<void> | undefined;
      let steps = 0;
      const first = sqliteStore({
        prepare: (sql) => db.prepare(sql) as ReturnType<SqliteHandle["prepare"]>,
        exec(sql) {
          // All that the other can do at this moment is done before this goes on.
          if (++steps === step) opening = second.open();
          db.exec(sql);
        },
        close: () => db.close(),
      });
      await first.open();
      overtook = opening !== undefined;
      await opening;
      assert.deepEqual(versions(db), [migrations.length], `step ${step}`);
      await first.append(bot, [update(1)]);
      assert.deepEqual((await second.append(bot, [update(1)])).known, [1], `step ${step}`);
      await second.close();
      await first.close();
    }
    assert.ok(step > 8, `only ${step} steps`);
  });
});

test("a process that is killed between any two steps of its first start leaves a file that works", async () => {
  await inFolder(async (folder) => {
    let step = 1;
    for (let isKilled = true; isKilled; step++) {
      const path = join(folder, `${step}.db`);
      const child = new Child("sqlite_child.ts", "die", path, `${step}`);
      isKilled = await child.line().then(() => false, () => true);
      assert.equal(await child.ended(), isKilled ? "SIGKILL" : null);
      const store = sqliteStore(path);
      await store.append(bot, [update(1)]);
      assert.equal((await store.stats()).updates, 1, `step ${step}`);
      await store.close();
    }
    assert.ok(step > 8, `only ${step} steps`);
  });
});

test("an older schema is brought up to date step by step, with all that it holds, and once", async () => {
  await inFolder(async (folder) => {
    const db = await databaseOfOne(join(folder, "bot.db"));
    const steps = [
      ...migrations,
      "CREATE TABLE tramline_first (x INTEGER); INSERT INTO tramline_first VALUES (1)",
      "ALTER TABLE tramline_first RENAME TO tramline_second",
    ];
    for (let start = 0; start < 2; start++) migrate(db as SqliteHandle, steps);
    assert.deepEqual(versions(db), [steps.length]);
    assert.equal(db.prepare("SELECT x FROM tramline_second").all().length, 1);
    assert.equal(db.prepare("SELECT id FROM tramline_inbox").all().length, 1);
    db.close();
  });
});

test("a step that fails leaves the schema as it was, those before it undone", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bot.db");
    const db = await databaseOfOne(path);
    const steps = [
      ...migrations,
      "DELETE FROM tramline_inbox",
      "ALTER TABLE not_there RENAME TO x",
    ];
    assert.throws(() => migrate(db as SqliteHandle, steps), /no such table/);
    assert.deepEqual(versions(db), [migrations.length]);
    db.close();
    const again = sqliteStore(path);
    assert.equal((await again.stats()).updates, 1);
    await again.close();
  });
});
