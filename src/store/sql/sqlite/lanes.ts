import type { BotId, WorkerId } from "../../store.ts";
import { type Lane, type LaneRow, type LaneStatements, type ready, suspect } from "../dialect.ts";
import type { UpdateRow } from "../dialect.ts";
import type { Queries, Query } from "./database.ts";
import { readyOrSuspect } from "./fragments.ts";

interface FoundRow {
  readonly id: Lane;
  readonly key: string;
  readonly owner: number | null;
}
type Taken = LaneRow & { readonly due: number };

/**
 * How updates come in and lanes go to workers, in SQLite's words. What is looked up goes by
 * `json_each`, where one statement is cheaper than a hundred; what is added, row by row.
 */
export class SqliteLanes implements LaneStatements {
  readonly #known: Query<{ id: number }>;
  readonly #remember: Query;
  readonly #wake: Query<LaneRow>;
  readonly #find: Query<FoundRow>;
  readonly #put: Query;
  readonly #take: Query<Taken>;
  readonly #nextDue: Query<{ due: number }>;
  readonly #heads: Query<UpdateRow>;
  readonly #free: Query<{ bot: BotId }>;
  readonly #freeOthers: Query<{ bot: BotId }>;
  readonly #forget: Query;
  readonly #countDeaths: Query;
  readonly #review: Query;

  constructor(queries: Queries) {
    this.#known = queries.make(sql.known);
    this.#remember = queries.make(sql.remember);
    this.#wake = queries.make(sql.wake);
    this.#find = queries.make(sql.find);
    this.#put = queries.make(sql.put);
    this.#take = queries.make(sql.take);
    this.#nextDue = queries.make(sql.nextDue);
    this.#heads = queries.make(sql.heads);
    this.#free = queries.make(sql.free);
    this.#freeOthers = queries.make(sql.freeOthers);
    this.#forget = queries.make(sql.forget);
    this.#countDeaths = queries.make(sql.countDeaths);
    this.#review = queries.make(sql.review);
  }

  known(bot: BotId, ids: readonly number[]): readonly number[] {
    return this.#known.all(JSON.stringify(ids), bot, bot).map(({ id }) => id);
  }

  remember(bot: BotId, ids: readonly number[]): void {
    this.#remember.run(bot, JSON.stringify(ids));
  }

  wake(bot: BotId, keys: readonly string[], owner: number, now: number): LaneRow[] {
    return this.#wake.all(bot, owner, now, JSON.stringify(keys));
  }

  find(bot: BotId, keys: readonly string[]): readonly FoundRow[] {
    return this.#find.all(JSON.stringify(keys), bot);
  }

  put(updates: readonly UpdateRow[]): void {
    for (const { lane, id, failures, deaths, payload } of updates) {
      this.#put.run(lane, id, failures, deaths, payload);
    }
  }

  take(
    bot: BotId,
    worker: WorkerId,
    state: typeof ready | typeof suspect,
    now: number,
    limit: number,
  ): LaneRow[] {
    // RETURNING has no order of its own.
    return this.#take.all(worker, state, bot, now, limit)
      .sort((a, b) => a.due - b.due || a.id - b.id);
  }

  nextDue(
    bot: BotId,
    state: typeof ready | typeof suspect,
    from: number,
  ): number | undefined {
    return this.#nextDue.get(state, bot, from)?.due;
  }

  heads(lanes: readonly Lane[], limit: number): readonly UpdateRow[] {
    return this.#heads.all(JSON.stringify(lanes), limit - 1);
  }

  free(worker: WorkerId, lanes: readonly Lane[], now: number): readonly BotId[] {
    return botsOf(this.#free.all(now, worker, JSON.stringify(lanes)));
  }

  freeOthers(worker: WorkerId, kept: readonly Lane[], now: number): readonly BotId[] {
    return botsOf(this.#freeOthers.all(now, worker, JSON.stringify(kept)));
  }

  forget(lanes: readonly Lane[]): void {
    this.#forget.run(JSON.stringify(lanes));
  }

  countDeaths(worker: WorkerId): void {
    this.#countDeaths.run(worker);
  }

  review(lanes: readonly Lane[]): void {
    this.#review.run(JSON.stringify(lanes));
  }
}

function botsOf(rows: readonly { readonly bot: BotId }[]): readonly BotId[] {
  return [...new Set(rows.map(({ bot }) => bot))];
}

const free = `UPDATE tramline_lane SET due = ?, owner = ${readyOrSuspect} WHERE owner = ?`;

const sql = {
  known: `
    SELECT value AS id FROM json_each(?)
    WHERE EXISTS (SELECT 1 FROM tramline_seen WHERE bot = ? AND id = value)
      OR EXISTS (SELECT 1 FROM tramline_seen_before WHERE bot = ? AND id = value)`,
  remember: "INSERT INTO tramline_seen (bot, id) SELECT ?, value FROM json_each(?)",
  // "WHERE true" tells the parser that ON is not a join's.
  wake: `
    INSERT INTO tramline_lane (bot, key, owner, due)
    SELECT ?, value, ?, ? FROM json_each(?) WHERE true
    ON CONFLICT (bot, key) DO UPDATE SET owner = excluded.owner, due = excluded.due
      WHERE owner IS NULL
    RETURNING id, key, version, data`,
  find: `
    SELECT tramline_lane.id, tramline_lane.key, owner FROM json_each(?) AS keys CROSS JOIN tramline_lane
    WHERE bot = ? AND tramline_lane.key = keys.value`,
  // A conflict: a dead letter goes back, and Telegram has sent the update anew.
  put: `
    INSERT INTO tramline_inbox (lane, id, failures, deaths, payload) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING`,
  take: `
    UPDATE tramline_lane SET owner = ? WHERE id IN (
      SELECT id FROM tramline_lane WHERE owner = ? AND bot = ? AND due <= ?
      ORDER BY due, id LIMIT ?
    ) RETURNING id, key, due, version, data`,
  nextDue: `
    SELECT due FROM tramline_lane WHERE owner = ? AND bot = ? AND due >= ?
    ORDER BY due LIMIT 1`,
  // Bounded by an id, and not by counting what was read: a lane may hold a million.
  heads: `
    SELECT lane, tramline_inbox.id, payload, failures, deaths
    FROM json_each(?) AS lanes CROSS JOIN tramline_inbox
    WHERE lane = lanes.value AND tramline_inbox.id <= coalesce(
      (SELECT id FROM tramline_inbox WHERE lane = lanes.value ORDER BY id LIMIT 1 OFFSET ?),
      9223372036854775807)`,
  free: `${free} AND id IN (SELECT value FROM json_each(?)) RETURNING bot`,
  freeOthers: `${free} AND id NOT IN (SELECT value FROM json_each(?)) RETURNING bot`,
  forget: `
    DELETE FROM tramline_lane
    WHERE id IN (SELECT value FROM json_each(?)) AND owner IS NULL AND version = 0`,
  countDeaths: `
    UPDATE tramline_inbox SET deaths = deaths + 1 WHERE (lane, id) IN (
      SELECT tramline_lane.id,
        (SELECT head.id FROM tramline_inbox AS head WHERE head.lane = tramline_lane.id
          ORDER BY head.id LIMIT 1)
      FROM tramline_lane WHERE owner = ?)`,
  review: `
    UPDATE tramline_lane SET owner = ${readyOrSuspect}
    WHERE owner = ${suspect} AND id IN (SELECT value FROM json_each(?))`,
};
