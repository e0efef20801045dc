import { DatabaseSync } from "node:sqlite";
import { batches, bot } from "./workload.ts";

/**
 * The limit: what SQLite itself reaches with the same work in the plainest words. Keep a hundred
 * updates and own their lanes, commit; write a hundred sessions and remove the updates, commit.
 *
 * @returns Updates per second
 */
export function bare(path: string, updates: number, chats: number): number {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768");
  db.exec(`
    CREATE TABLE lane (id INTEGER PRIMARY KEY, bot, key TEXT, owner, version, data, UNIQUE (bot, key));
    CREATE INDEX busy ON lane (owner, bot) WHERE owner IS NOT NULL;
    CREATE TABLE inbox (lane, id, payload, PRIMARY KEY (lane, id)) WITHOUT ROWID;
    CREATE TABLE seen (bot, id, PRIMARY KEY (bot, id)) WITHOUT ROWID`);
  const remember = db.prepare("INSERT INTO seen SELECT ?, value FROM json_each(?)");
  const own = db.prepare(`
    INSERT INTO lane (bot, key, owner, version) SELECT ?, value, 1, 0 FROM json_each(?) WHERE true
    ON CONFLICT DO UPDATE SET owner = 1 WHERE owner IS NULL RETURNING id, version`);
  const put = db.prepare("INSERT INTO inbox VALUES (?, ?, ?)");
  const write = db.prepare(`
    UPDATE lane SET owner = NULL, version = version + 1, data = ? WHERE id = ? AND version = ?`);
  const remove = db.prepare("DELETE FROM inbox WHERE lane = ? AND id = ?");

  const begun = performance.now();
  for (const batch of batches(updates, chats)) {
    db.exec("BEGIN IMMEDIATE");
    remember.run(bot, JSON.stringify(batch.map(({ id }) => id)));
    const keys = JSON.stringify(batch.map(({ key }) => key));
    const lanes = own.all(bot, keys) as { id: number; version: number }[];
    batch.forEach(({ id, payload }, i) => put.run(lanes[i]!.id, id, payload));
    db.exec("COMMIT");

    db.exec("BEGIN IMMEDIATE");
    batch.forEach(({ id: update }, i) => {
      const { id, version } = lanes[i]!;
      write.run(JSON.stringify({ count: version + 1 }), id, version);
      remove.run(id, update);
    });
    db.exec("COMMIT");
  }
  const seconds = (performance.now() - begun) / 1000;
  db.close();
  return updates / seconds;
}
