import { run, session } from "@tramline/tramline";
import { type SqliteHandle, sqliteStore } from "@tramline/tramline/sqlite";
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { inFolder } from "../store/sqlite_support.ts";
import { until } from "./support.ts";
import { allDone, type Count, simulateStored } from "./store_support.ts";

/** A database of one's own whose size can be limited, as a disk limits it. */
function limitedDatabase(path: string): { handle: SqliteHandle; leave: (pages: number) => void } {
  const db = new DatabaseSync(path);
  return {
    handle: db as SqliteHandle,
    leave(pages) {
      const { page_count: used } = db.prepare("PRAGMA page_count").get() as { page_count: number };
      db.exec(`PRAGMA max_page_count = ${used + pages}`);
    },
  };
}

test("by polling, a full disk loses nothing: Telegram keeps what does not fit until there is room", async () => {
  await inFolder(async (folder) => {
    const { sim, bot } = simulateStored();
    await using _ = sim;
    bot.use(session({ initial: (): Count => ({ count: 0 }) }));
    bot.on("message:text", (ctx) => ctx.reply(`#${++ctx.session.count}`));
    const { handle, leave } = limitedDatabase(join(folder, "bot.db"));
    const store = sqliteStore(handle);
    await store.open();
    leave(12);
    const alice = sim.user();
    const lines = await logged(async (lines) => {
      for (let i = 0; i < 60; i++) await alice.send("x".repeat(2000));
      const runner = run(bot, { store });
      await until(() => lines.some((line) => /updates are not safe/.test(line)));
      assert.ok(sim.mainBot.pendingUpdates > 0);
      leave(100_000);
      for (let i = 1; i <= 60; i++) assert.equal((await alice.nextReply()).text, `#${i}`);
      await allDone(store);
      await runner.stop();
    });
    assert.match(
      lines.join("\n"),
      /not safe, Telegram keeps them.*is full.*nothing was acknowledged/,
    );
    assert.equal(sim.mainBot.pendingUpdates, 0);
    await store.close();
  });
});

test("by webhook, a full disk is answered with 500, and each update is handled once there is room", async () => {
  await inFolder(async (folder) => {
    const { sim, bot } = simulateStored();
    await using _ = sim;
    await bot.init();
    let handled = 0;
    bot.on("message:text", () => void handled++);
    const { handle, leave } = limitedDatabase(join(folder, "bot.db"));
    const store = sqliteStore(handle);
    await store.open();
    leave(2);
    const runner = run(bot, { updater: "webhooks", store });
    const deliver = async (id: number): Promise<number> => {
      const from = { id, is_bot: false, first_name: "A" };
      const message = { message_id: id, date: 1, from, chat: { id, type: "private" }, text: "" };
      message.text = "x".repeat(4000);
      const body = JSON.stringify({ update_id: id, message });
      const headers = { "content-type": "application/json" };
      return (await runner.fetch(new Request("http://a/", { method: "POST", headers, body })))
        .status;
    };
    const ids = Array.from({ length: 40 }, (_, i) => i + 1);
    await logged(async () => {
      const before = await Promise.all(ids.map(deliver));
      assert.deepEqual(new Set(before).has(500), true, before.join());
      leave(100_000);
      assert.deepEqual(new Set(await Promise.all(ids.map(deliver))), new Set([200]));
      await allDone(store);
    });
    assert.equal(handled, ids.length);
    await runner.stop();
    await store.close();
  });
});

test("a file that is no database stops the bot with an error that names it, and nothing is fetched", async () => {
  await inFolder(async (folder) => {
    const { sim, bot } = simulateStored();
    await using _ = sim;
    const path = join(folder, "bot.db");
    await writeFile(path, "This is a diary. ".repeat(1000));
    await sim.user().send("one");
    await logged(async () => {
      const runner = run(bot, { store: sqliteStore(path) });
      await assert.rejects(runner.task()!, (error: Error) => {
        assert.match(error.message, /Cannot open the SQLite store/);
        assert.ok(error.message.includes(path));
        return true;
      });
    });
    assert.equal(sim.mainBot.pendingUpdates, 1);
  });
});
