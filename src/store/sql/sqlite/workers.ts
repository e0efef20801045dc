import type { WorkerId } from "../../store.ts";
import type { WorkerStatements } from "../dialect.ts";
import type { Queries, Query } from "./database.ts";

/** Workers and their roles, in SQLite's words. */
export class SqliteWorkers implements WorkerStatements {
  readonly #add: Query<{ id: WorkerId }>;
  readonly #beat: Query;
  readonly #lives: Query;
  readonly #overdue: Query<{ id: WorkerId }>;
  readonly #remove: Query;
  readonly #removeRoles: Query;
  readonly #elect: Query;
  readonly #resign: Query;

  constructor(queries: Queries) {
    this.#add = queries.make(sql.add);
    this.#beat = queries.make(sql.beat);
    this.#lives = queries.make(sql.lives);
    this.#overdue = queries.make(sql.overdue);
    this.#remove = queries.make(sql.remove);
    this.#removeRoles = queries.make(sql.removeRoles);
    this.#elect = queries.make(sql.elect);
    this.#resign = queries.make(sql.resign);
  }

  addWorker(until: number, lease: number): WorkerId {
    return this.#add.get(until, lease)!.id;
  }

  beat(worker: WorkerId, now: number): boolean {
    return this.#beat.run(now, worker) > 0;
  }

  lives(worker: WorkerId): boolean {
    return this.#lives.get(worker) !== undefined;
  }

  overdue(now: number): readonly WorkerId[] {
    return this.#overdue.all(now).map(({ id }) => id);
  }

  removeWorker(worker: WorkerId): boolean {
    this.#removeRoles.run(worker);
    return this.#remove.run(worker) > 0;
  }

  elect(role: string, worker: WorkerId, until: number, now: number): boolean {
    return this.#elect.run(role, until, worker, now) > 0;
  }

  resign(role: string, worker: WorkerId): void {
    this.#resign.run(role, worker);
  }
}

const sql = {
  add: "INSERT INTO tramline_worker (until, lease) VALUES (?, ?) RETURNING id",
  beat: "UPDATE tramline_worker SET until = ? + lease WHERE id = ?",
  lives: "SELECT 1 FROM tramline_worker WHERE id = ?",
  overdue: "SELECT id FROM tramline_worker WHERE until <= ? ORDER BY id",
  remove: "DELETE FROM tramline_worker WHERE id = ?",
  removeRoles: "DELETE FROM tramline_role WHERE worker = ?",
  // Only for a worker that exists: a dead one would keep the role for nobody.
  elect: `
    INSERT INTO tramline_role (name, worker, until)
    SELECT ?, id, ? FROM tramline_worker WHERE id = ?
    ON CONFLICT (name) DO UPDATE SET worker = excluded.worker, until = excluded.until
      WHERE worker = excluded.worker OR tramline_role.until <= ?`,
  resign: "DELETE FROM tramline_role WHERE name = ? AND worker = ?",
};
