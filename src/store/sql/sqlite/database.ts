/** A prepared statement, as node:sqlite, better-sqlite3 and their like have it. */
export interface SqliteStatement {
  /** Runs it, and tells how many rows it changed. */
  run(...parameters: SqliteValue[]): { readonly changes: number | bigint };
  /** Runs it, and returns the first row. */
  get(...parameters: SqliteValue[]): unknown;
  /** Runs it, and returns all rows. */
  all(...parameters: SqliteValue[]): unknown[];
}

/** What a statement takes. */
export type SqliteValue = string | number | null;

/**
 * An open SQLite database: a `DatabaseSync` of node:sqlite, a `Database` of better-sqlite3, or
 * anything of that shape. Parameters are only ever given by position.
 */
export interface SqliteHandle {
  /** Prepares a statement. */
  prepare(sql: string): SqliteStatement;
  /** Runs statements that have no results. */
  exec(sql: string): unknown;
  /** Closes it. */
  close(): unknown;
}

/** A statement that is prepared when it is first used. */
export class Query<Row = unknown> {
  readonly #handle: SqliteHandle;
  readonly #sql: string;
  #statement: SqliteStatement | undefined;

  constructor(handle: SqliteHandle, sql: string) {
    this.#handle = handle;
    this.#sql = sql;
  }

  get #prepared(): SqliteStatement {
    return this.#statement ??= this.#handle.prepare(this.#sql);
  }

  /** Runs it, and returns how many rows it changed. */
  run(...parameters: SqliteValue[]): number {
    return Number(this.#prepared.run(...parameters).changes);
  }

  /** Returns the first row. */
  get(...parameters: SqliteValue[]): Row | undefined {
    // `undefined` in all but some older handles, where it is null.
    return (this.#prepared.get(...parameters) ?? undefined) as Row | undefined;
  }

  /** Returns all rows. */
  all(...parameters: SqliteValue[]): Row[] {
    return this.#prepared.all(...parameters) as Row[];
  }
}

/** The statements of a database, each prepared once. */
export class Queries {
  readonly #handle: SqliteHandle;
  readonly #made: Map<string, Query> = new Map();

  constructor(handle: SqliteHandle) {
    this.#handle = handle;
  }

  /** A statement, by its text. */
  make<Row = unknown>(sql: string): Query<Row> {
    let query = this.#made.get(sql);
    if (query === undefined) this.#made.set(sql, query = new Query(this.#handle, sql));
    return query as Query<Row>;
  }

  /** Runs statements that have neither parameters nor results. */
  exec(sql: string): void {
    this.#handle.exec(sql);
  }
}
