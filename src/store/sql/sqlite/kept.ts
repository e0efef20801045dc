import type { BotId, StoreStats } from "../../store.ts";
import type { DeadRow, KeptStatements, Lane, SessionRow } from "../dialect.ts";
import type { Queries, Query } from "./database.ts";

interface StoredRow {
  readonly key: string;
  readonly version: number;
  readonly data: string | null;
}

/** What stays, in SQLite's words: sessions, dead letters, and what becomes of them. */
export class SqliteKept implements KeptStatements {
  readonly #queries: Queries;
  readonly #sessions: Query<StoredRow>;
  readonly #writeSession: Query;
  readonly #sliceEnd: Query<{ id: Lane | null }>;
  readonly #sweepLanes: Query;

  constructor(queries: Queries) {
    this.#queries = queries;
    this.#sessions = queries.make(sql.sessions);
    this.#writeSession = queries.make(sql.writeSession);
    this.#sliceEnd = queries.make(sql.sliceEnd);
    this.#sweepLanes = queries.make(sql.sweepLanes);
  }

  sessions(bot: BotId, keys: readonly string[]): readonly StoredRow[] {
    return this.#sessions.all(JSON.stringify(keys), bot);
  }

  writeSession(bot: BotId, { key, data }: SessionRow, now: number): void {
    this.#writeSession.run(bot, key, now, data ?? null);
  }

  addDead({ bot, id, key, payload, error, failures, deaths, at }: DeadRow): void {
    this.#queries.make(
      "INSERT OR REPLACE INTO tramline_dead (bot, id, key, payload, error, failures, deaths, at) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    ).run(bot, id, key, payload, error, failures, deaths, at);
  }

  listDead(bot: BotId | undefined, after: number | undefined, limit: number): DeadRow[] {
    const select = "SELECT * FROM tramline_dead";
    const order = "ORDER BY bot, id LIMIT ?";
    return bot === undefined
      ? this.#queries.make<DeadRow>(`${select} ${order}`).all(limit)
      : this.#queries.make<DeadRow>(`${select} WHERE bot = ? AND id > ? ${order}`)
        .all(bot, after ?? Number.MIN_SAFE_INTEGER, limit);
  }

  getDead(bot: BotId, id: number): DeadRow | undefined {
    return this.#queries.make<DeadRow>("SELECT * FROM tramline_dead WHERE bot = ? AND id = ?")
      .get(bot, id);
  }

  dropDead(bot: BotId, id: number): boolean {
    return this.#queries.make("DELETE FROM tramline_dead WHERE bot = ? AND id = ?")
      .run(bot, id) > 0;
  }

  stats(bot: BotId | undefined, now: number): StoreStats {
    const counts = this.#queries.make<StoreStats>(bot === undefined ? sql.stats : sql.statsOfBot);
    return { ...(bot === undefined ? counts.get(now) : counts.get(bot, bot, bot, bot, bot, now))! };
  }

  rotatedAt(now: number): number {
    const at = this.#queries.make<{ at: number }>("SELECT at FROM tramline_rotation").get()?.at;
    if (at === undefined) {
      this.#queries.make("INSERT INTO tramline_rotation (at) VALUES (?)").run(now);
    }
    return at ?? now;
  }

  rotate(now: number, all: boolean): void {
    // Renaming costs nothing, and dropping a table far less than deleting its rows.
    this.#queries.exec(`
      DROP TABLE tramline_seen_before;
      ALTER TABLE tramline_seen RENAME TO tramline_seen_before;
      CREATE TABLE tramline_seen (
        bot INTEGER NOT NULL,
        id INTEGER NOT NULL,
        PRIMARY KEY (bot, id)
      ) WITHOUT ROWID`);
    if (all) this.#queries.exec("DELETE FROM tramline_seen_before");
    // They are to be known for another day from when they are finished.
    this.#queries.exec(`
      INSERT INTO tramline_seen (bot, id)
      SELECT bot, tramline_inbox.id FROM tramline_inbox
      CROSS JOIN tramline_lane ON tramline_lane.id = lane WHERE true
      ON CONFLICT DO NOTHING`);
    this.#queries.make("UPDATE tramline_rotation SET at = ?").run(now);
  }

  sweepLanes(
    after: Lane,
    limit: number,
    before: { readonly empty: number; readonly session: number },
  ): Lane {
    const end = this.#sliceEnd.get(after, limit)?.id ?? 0;
    if (end > 0) this.#sweepLanes.run(after, end, before.empty, before.session);
    return end;
  }

  sweepDead(before: number, limit: number): void {
    this.#queries.make(`
      DELETE FROM tramline_dead WHERE rowid IN (
        SELECT rowid FROM tramline_dead WHERE at < ? LIMIT ?)`).run(before, limit);
  }
}

const sql = {
  sessions: `
    SELECT tramline_lane.key, version, data FROM json_each(?) AS keys CROSS JOIN tramline_lane
    WHERE bot = ? AND tramline_lane.key = keys.value`,
  // The due time of a lane that is busy is its place among the others.
  writeSession: `
    INSERT INTO tramline_lane (bot, key, due, version, data) VALUES (?, ?, ?, 1, ?)
    ON CONFLICT (bot, key) DO UPDATE SET version = version + 1, data = excluded.data,
      due = CASE WHEN owner IS NULL THEN excluded.due ELSE due END`,
  sliceEnd: `
    SELECT max(id) AS id FROM
      (SELECT id FROM tramline_lane WHERE id > ? ORDER BY id LIMIT ?)`,
  sweepLanes: `
    DELETE FROM tramline_lane WHERE id > ? AND id <= ? AND owner IS NULL
      AND due < CASE WHEN version = 0 THEN ? ELSE ? END`,
  stats: `
    SELECT (SELECT count(*) FROM tramline_inbox) AS updates,
      (SELECT count(*) FROM tramline_lane WHERE owner > 0) AS owned,
      (SELECT count(*) FROM tramline_lane WHERE owner <= 0) AS ready,
      (SELECT count(*) FROM tramline_dead) AS dead,
      (SELECT count(*) FROM tramline_lane WHERE data IS NOT NULL) AS sessions,
      (SELECT count(*) FROM tramline_worker WHERE until > ?) AS workers`,
  statsOfBot: `
    SELECT (
        SELECT count(*) FROM tramline_lane CROSS JOIN tramline_inbox ON lane = tramline_lane.id
        WHERE bot = ? AND owner IS NOT NULL
      ) AS updates,
      (SELECT count(*) FROM tramline_lane WHERE bot = ? AND owner > 0) AS owned,
      (SELECT count(*) FROM tramline_lane WHERE bot = ? AND owner <= 0) AS ready,
      (SELECT count(*) FROM tramline_dead WHERE bot = ?) AS dead,
      (SELECT count(*) FROM tramline_lane WHERE bot = ? AND data IS NOT NULL) AS sessions,
      (SELECT count(*) FROM tramline_worker WHERE until > ?) AS workers`,
};
