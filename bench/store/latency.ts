/** What a durable webhook adds to a request of an otherwise idle bot, beside one commit alone. */
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { Bot, run } from "@tramline/tramline";
import { sqliteStore } from "@tramline/tramline/sqlite";
import { botInfo, message, token } from "../lib/updates.ts";
import { median } from "../lib/stats.ts";
import { inTempFile } from "./temp_file.ts";

const count = Number(process.argv[2]);
let id = 0;

await inTempFile(async (file) => {
  const durable = run(idleBot(), { updater: "webhooks", store: sqliteStore(file) });
  const plain = run(idleBot(), { updater: "webhooks" });
  const db = new DatabaseSync(`${file}-bare`);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (text)");
  const insert = db.prepare("INSERT INTO t VALUES (?)");
  const times = { durable: [] as number[], plain: [] as number[], commit: [] as number[] };
  for (let i = 0; i < count; i++) {
    times.durable.push(await timed(() => durable.fetch(request())));
    times.plain.push(await timed(() => plain.fetch(request())));
    times.commit.push(await timed(() => insert.run("x".repeat(400))));
    // Idle means idle: what the last request has left behind is over.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  db.close();
  await Promise.all([durable.stop(), plain.stop()]);
  const milliseconds = Object.entries(times).map(([name, all]) => [name, median(all.slice(10))]);
  console.log(JSON.stringify(Object.fromEntries(milliseconds)));
});
process.exit(0);

function idleBot(): Bot {
  const bot = new Bot(token, { botInfo });
  bot.on("message", () => {});
  return bot;
}

function request(): Request {
  id++;
  return new Request("http://localhost/", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(message(id, 1 + id % 100, "Hello, how are you?")),
  });
}

async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
