import { sleep } from "../../../base/sleep.ts";
import type { Dialect, Lives, Statements } from "../dialect.ts";
import { doNow, type Work } from "../work.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { Queries, type Query, type SqliteHandle } from "./database.ts";
import { storeError, troubleOf } from "./errors.ts";
import { SqliteKept } from "./kept.ts";
import { SqliteLanes } from "./lanes.ts";
import { SqliteSettling } from "./settling.ts";
import { SqliteWorkers } from "./workers.ts";

/** An open database, and what belongs to it. */
export interface OpenDatabase {
  readonly handle: SqliteHandle;
  /** What errors call it. */
  readonly name: string;
  /** Whether other processes can write it. */
  readonly isShared: boolean;
  readonly checkpoints: Checkpoints | undefined;
}

/** How {@linkcode SqliteDialect} works. */
export interface SqliteDialectOptions {
  /** How long to wait for others who write, in seconds. */
  readonly busySeconds: number;
  readonly lives: (Lives & { close(): void }) | undefined;
  /** Opens the database and brings its schema up to date. */
  open(): Promise<OpenDatabase>;
}

const pollMilliseconds = 20;

/** SQLite: statements are answered at once, and a transaction is one piece of the event loop. */
export class SqliteDialect implements Dialect {
  readonly lives: Lives | undefined;
  readonly #options: SqliteDialectOptions;
  readonly #closing = new AbortController();
  #open: (OpenDatabase & Prepared) | undefined;

  constructor(options: SqliteDialectOptions) {
    this.#options = options;
    this.lives = options.lives;
  }

  async open(): Promise<void> {
    const database = await this.#options.open();
    const queries = new Queries(database.handle);
    this.#open = { ...database, ...prepare(queries) };
  }

  async transact<T>(writes: boolean, work: (statements: Statements) => Work<T>): Promise<T> {
    const open = this.#open!;
    const begin = writes ? open.beginWriting : open.beginReading;
    try {
      begin.run();
    } catch (error) {
      if (troubleOf(error) !== "busy") throw storeError("use", open.name, error);
      await this.#beginLater(begin);
    }
    let result: T;
    try {
      result = doNow(work(open.statements));
      open.commit.run();
    } catch (error) {
      rollBack(open.handle);
      throw storeError(writes ? "write" : "read", open.name, error);
    }
    if (writes) open.checkpoints?.committed();
    return result;
  }

  /** SQLite's own waiting would stop the event loop. */
  async #beginLater(begin: Query): Promise<void> {
    const { busySeconds } = this.#options;
    const end = performance.now() + busySeconds * 1000;
    for (let tries = 1;; tries++) {
      await sleep(Math.random() * Math.min(tries, 10) / 1000, this.#closing.signal);
      try {
        begin.run();
        return;
      } catch (error) {
        if (troubleOf(error) !== "busy" || performance.now() > end) {
          throw storeError("use", this.#open!.name, error);
        }
      }
    }
  }

  watch(changed: () => void): () => void {
    let version: number | undefined;
    const timer = setInterval(() => {
      // Not open yet, or closed: then there is nothing to see.
      if (this.#open?.isShared !== true) return;
      const next = this.#open.dataVersion.get()?.data_version;
      if (next === version) return;
      version = next;
      changed();
    }, pollMilliseconds);
    (timer as { unref?: () => void }).unref?.();
    return () => clearInterval(timer);
  }

  close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    this.#options.lives?.close();
    open?.checkpoints?.run();
    open?.checkpoints?.close();
    open?.handle.close();
    return Promise.resolve();
  }
}

interface Prepared {
  readonly statements: Statements;
  readonly beginReading: Query;
  readonly beginWriting: Query;
  readonly commit: Query;
  readonly dataVersion: Query<{ data_version: number }>;
}

function prepare(queries: Queries): Prepared {
  return {
    statements: {
      lanes: new SqliteLanes(queries),
      settling: new SqliteSettling(queries),
      workers: new SqliteWorkers(queries),
      kept: new SqliteKept(queries),
    },
    beginReading: queries.make("BEGIN"),
    beginWriting: queries.make("BEGIN IMMEDIATE"),
    commit: queries.make("COMMIT"),
    dataVersion: queries.make("PRAGMA data_version"),
  };
}

/** Errors such as a full disk have rolled back already; then there is nothing to do. */
export function rollBack(handle: SqliteHandle): void {
  try {
    handle.exec("ROLLBACK");
  } catch {
    // There is no transaction any more.
  }
}
