import { Bot, type Context, run, session, type SessionFlavor } from "@tramline/tramline";
import { type SqliteHandle, sqliteStore } from "@tramline/tramline/sqlite";
import { Simulator } from "@tramline/tramline/testing";
import assert from "node:assert/strict";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { until } from "../run/support.ts";

type MyContext = Context & SessionFlavor<{ count: number }>;

interface Scene {
  readonly sim: Simulator;
  /** Counts messages, and replies with the count. */
  readonly bot: Bot<MyContext>;
  readonly file: string;
  /** Until then no update is done, so that none makes room in the store. */
  readonly held: PromiseWithResolvers<void>;
}

async function withBot(use: (scene: Scene) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tramline-faults-"));
  await using sim = new Simulator({ timeoutSeconds: 120 });
  const bot = new Bot<MyContext>(sim.token, { client: sim.client });
  const held = Promise.withResolvers<void>();
  bot.use(session({ initial: () => ({ count: 0 }) }));
  bot.on("message:text", async (ctx) => {
    await held.promise;
    await ctx.reply(`#${++ctx.session.count}`);
  });
  try {
    await use({ sim, bot, file: join(folder, "bot.db"), held });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A store in a database that can grow by so many pages of 4096 bytes; and how to make room. */
async function smallStore(file: string, pages: number) {
  const db = new DatabaseSync(file);
  const store = sqliteStore(db as SqliteHandle);
  await store.open();
  const { page_count: now } = db.prepare("PRAGMA page_count").get() as { page_count: number };
  db.exec(`PRAGMA max_page_count = ${now + pages}`);
  return { store, makeRoom: () => db.exec("PRAGMA max_page_count = 1000000") };
}

const long = "x".repeat(4000);
const isFull = /is full\. Nothing of this call was written/;

/** An update as Telegram posts it: the only message of its chat. */
function posted(id: number, notes: string): Request {
  const person = { id, first_name: "User", is_bot: false };
  const chat = { ...person, type: "private" };
  const dice = { emoji: "🎲", value: 1 };
  const message = { message_id: 1, date: 1, chat, from: person, dice, notes };
  return new Request("https://bot.example.com/", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ update_id: id, message }),
  });
}

test("polling on a full disk: nothing is confirmed that is not safe, the log says why, and with room all goes on", async () => {
  await withBot(async ({ sim, bot, file, held }) => {
    const { store, makeRoom } = await smallStore(file, 40);
    const users = Array.from({ length: 60 }, () => sim.user());
    const lines = await logged(async (lines) => {
      const runner = run(bot, { store, limit: 5 });
      for (const user of users) await user.send(long);
      await until(() => lines.some((line) => isFull.test(line)));
      assert.ok(runner.isRunning());
      const { updates } = await store.stats();
      assert.ok(updates > 0 && updates < users.length, `${updates} are safe`);
      assert.ok(sim.mainBot.pendingUpdates >= users.length - updates);
      makeRoom();
      held.resolve();
      for (const user of users) assert.equal((await user.nextReply()).text, "#1");
      for (const user of users) await user.send("more");
      for (const user of users) assert.equal((await user.nextReply()).text, "#2");
      await runner.stop();
    });
    assert.ok(lines.some((line) => line.startsWith("error: 5 updates are not safe")));
    assert.equal(sim.mainBot.pendingUpdates, 0);
    assert.equal((await store.stats()).updates, 0);
    await store.close();
  });
});

test("a webhook on a full disk: what is not safe is answered 500, what is safe 200, and each is handled once", async () => {
  await withBot(async ({ sim, bot, file, held }) => {
    const { store, makeRoom } = await smallStore(file, 40);
    const ids = Array.from({ length: 60 }, (_, index) => 1000 + index);
    bot.on("message:dice", async (ctx) => {
      await held.promise;
      ctx.session.count++;
    });
    const lines = await logged(async () => {
      const runner = run(bot, { updater: "webhooks", store });
      const statuses = await Promise.all(
        ids.map(async (id) => (await runner.fetch(posted(id, long))).status),
      );
      const safe = ids.filter((_, index) => statuses[index] === 200);
      assert.ok(statuses.every((status) => status === 200 || status === 500), `${statuses}`);
      assert.ok(safe.length > 0 && safe.length < ids.length, `${safe.length} are safe`);
      assert.equal((await store.stats()).updates, safe.length);
      makeRoom();
      held.resolve();
      for (const id of ids) assert.equal((await runner.fetch(posted(id, long))).status, 200);
      await runner.stop();
    });
    assert.ok(lines.some((line) => isFull.test(line)));
    const sessions = store.sessions<{ count: number }>(sim.mainBot.id);
    for (const id of ids) assert.deepEqual(await sessions.read(String(id)), { count: 1 });
    await store.close();
  });
});

test("a disk that is full when updates are done: their sessions are written when there is room, and nothing runs twice", async () => {
  await withBot(async ({ sim, bot, file }) => {
    const { store, makeRoom } = await smallStore(file, 8);
    const runs: number[] = [];
    bot.on("message:dice", (ctx) => {
      runs.push(ctx.chat.id);
      ctx.session = { count: 1, notes: long } as { count: number };
    });
    const users = Array.from({ length: 20 }, () => sim.user());
    await logged(async (lines) => {
      const runner = run(bot, { store });
      for (const user of users) await user.send({ dice: { emoji: "🎲", value: 1 } });
      await until(() => lines.some((line) => /Cannot store what became.*is full/.test(line)));
      makeRoom();
      await until(() => runs.length === users.length);
      await runner.stop();
    });
    const ids = users.map(({ id }) => id);
    assert.deepEqual(runs.toSorted((a, b) => a - b), ids);
    const sessions = store.sessions<{ count: number }>(sim.mainBot.id);
    for (const id of ids) assert.equal((await sessions.read(String(id)))?.count, 1);
    await store.close();
  });
});

test("a file that another program locks: updates wait at Telegram, and each is handled once afterwards", async () => {
  await withBot(async ({ sim, bot, file, held }) => {
    held.resolve();
    const store = sqliteStore(file, { busySeconds: 0.2 });
    const alice = sim.user();
    await logged(async (lines) => {
      const runner = run(bot, { store });
      await alice.send("one");
      assert.equal((await alice.nextReply()).text, "#1");
      await sim.until(() => sim.mainBot.isPolling && sim.mainBot.pendingUpdates === 0);
      const other = new DatabaseSync(file);
      await until(() => locks(other));
      await alice.send("two");
      await until(() => lines.some((line) => /updates are not safe.*holds its lock/.test(line)));
      assert.equal(sim.mainBot.pendingUpdates, 1);
      other.exec("COMMIT");
      other.close();
      assert.equal((await alice.nextReply()).text, "#2");
      await runner.stop();
    });
    assert.equal(sim.mainBot.pendingUpdates, 0);
    await store.close();
  });
});

function locks(db: DatabaseSync): boolean {
  try {
    db.exec("BEGIN IMMEDIATE");
    return true;
  } catch {
    return false;
  }
}

/** A store that cannot be used, and what is said of it. */
interface Unusable {
  readonly name: string;
  make(file: string): Promise<string | SqliteHandle>;
  readonly says: RegExp;
}

async function made(file: string): Promise<void> {
  const store = sqliteStore(file);
  await store.open();
  await store.close();
}

const unusable: readonly Unusable[] = [
  {
    name: "a newer schema",
    async make(file) {
      await made(file);
      const db = new DatabaseSync(file);
      db.exec("UPDATE tramline_schema SET version = 1000");
      db.close();
      return file;
    },
    says: /its schema has version 1000, and this Tramline knows versions up to/,
  },
  {
    name: "a file that is no database",
    async make(file) {
      await writeFile(file, "These are my notes.\n".repeat(1000));
      return file;
    },
    says: /the file is something else/,
  },
  {
    name: "a damaged file",
    async make(file) {
      await made(file);
      const handle = await open(file, "r+");
      const { size } = await handle.stat();
      await handle.write(new Uint8Array(size - 4096).fill(0xaa), 0, size - 4096, 4096);
      await handle.close();
      return file;
    },
    says: /the file is damaged/,
  },
  {
    name: "a database that cannot be written",
    async make(file) {
      await made(file);
      return new DatabaseSync(file, { readOnly: true }) as SqliteHandle;
    },
    says: /it must be writable/,
  },
  {
    name: "a file in a directory that is not there",
    make: (file) => Promise.resolve(join(file, "bot.db")),
    says: /there is no directory/,
  },
];

for (const { name, make, says } of unusable) {
  test(`polling with ${name}: the bot stops with an error that says so, and takes nothing in`, async () => {
    await withBot(async ({ sim, bot, file }) => {
      const store = sqliteStore(await make(file));
      await sim.user().send("one");
      const lines = await logged(async () => {
        const runner = run(bot, { store });
        await assert.rejects(runner.task()!, says);
        assert.equal(runner.isRunning(), false);
        await runner.stop();
      });
      assert.ok(lines.some((line) => line.startsWith("error: The bot has stopped")));
      assert.equal(sim.mainBot.pendingUpdates, 1);
      await store.close();
    });
  });

  test(`a webhook with ${name}: the bot stops with an error that says so, and answers 5xx`, async () => {
    await withBot(async ({ bot, file }) => {
      const store = sqliteStore(await make(file));
      await logged(async () => {
        const runner = run(bot, { updater: "webhooks", store });
        const early = runner.fetch(posted(1, "one"));
        await assert.rejects(runner.task()!, says);
        assert.ok((await early).status >= 500, `${(await early).status}`);
        const late = await runner.fetch(posted(2, "two"));
        assert.ok(late.status >= 500, `${late.status}`);
      });
      await store.close();
    });
  });
}
