/**
 * The limit: the statements that an update needs, on the store's own schema, in transactions of 100
 * updates, with nothing around them.
 */
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { sqliteStore } from "@tramline/tramline/sqlite";
import { message } from "../lib/updates.ts";
import { inTempFile } from "./temp_file.ts";

const count = Number(process.argv[2]);
const chats = Number(process.argv[3]);

await inTempFile(async (file) => {
  const store = sqliteStore(file);
  await store.open();
  await store.close();
  const db = new DatabaseSync(file);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000");
  const known = db.prepare("SELECT 1 FROM tramline_seen WHERE bot = 1 AND id = ?");
  const remember = db.prepare("INSERT INTO tramline_seen (bot, id) VALUES (1, ?)");
  const claim = db.prepare(`
    INSERT INTO tramline_lane (bot, key, owner, due) VALUES (1, ?, 1, 0)
    ON CONFLICT (bot, key) DO UPDATE SET owner = 1 RETURNING id, version, data`);
  const put = db.prepare(
    "INSERT INTO tramline_inbox (lane, id, failures, payload) VALUES (?, ?, 0, ?)",
  );
  const remove = db.prepare("DELETE FROM tramline_inbox WHERE lane = ? AND id = ?");
  const finish = db.prepare(
    "UPDATE tramline_lane SET version = version + 1, data = ?, owner = NULL WHERE id = ? AND owner = 1",
  );
  const payloads = Array.from(
    { length: 100 },
    (_, i) => JSON.stringify(message(1 + i, 1 + i, "Hello, how are you?")),
  );
  const began = performance.now();
  for (let first = 1; first <= count; first += 100) {
    const lanes: number[] = [];
    db.exec("BEGIN IMMEDIATE");
    for (let id = first; id < first + 100; id++) {
      known.get(id);
      remember.run(id);
      const { id: lane } = claim.get(String(1 + id % chats)) as { id: number };
      put.run(lane, id, payloads[id - first]!);
      lanes.push(lane);
    }
    db.exec("COMMIT");
    db.exec("BEGIN IMMEDIATE");
    for (let id = first; id < first + 100; id++) {
      const lane = lanes[id - first]!;
      remove.run(lane, id);
      finish.run(`{"count":${id}}`, lane);
    }
    db.exec("COMMIT");
  }
  const seconds = (performance.now() - began) / 1000;
  db.close();
  console.log(JSON.stringify({ seconds }));
});
