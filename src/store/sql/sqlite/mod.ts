/**
 * A store in an SQLite file: what `run(bot, { store })` needs so that a crash loses nothing.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { describe } from "../../../base/describe.ts";
import type { Store } from "../../store.ts";
import { SqlStore, type SqlStoreOptions } from "../store.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { SqliteHandle } from "./database.ts";
import { type OpenDatabase, SqliteDialect } from "./dialect.ts";
import { storeError } from "./errors.ts";
import { FileLives } from "./lives.ts";
import { checkPlace, setUp } from "./open.ts";

export type { SqliteHandle, SqliteStatement, SqliteValue } from "./database.ts";
export type { RetentionOptions } from "../retention.ts";
export type { SqlStoreOptions } from "../store.ts";
export type * from "../../store.ts";
export type { StoreSessions } from "../../sessions.ts";

/** Options of {@linkcode sqliteStore}. */
export interface SqliteStoreOptions extends SqlStoreOptions {
  /**
   * What a commit waits for. `"full"`: that the disk has it, so that nothing is lost when the power
   * fails. `"normal"`: that the operating system has it, which survives a crash of the process but
   * not of the machine. Default: `"full"`.
   */
  readonly synchronous?: "full" | "normal";
  /** How long to wait for other programs that write the file, in seconds. Default: 10 s. */
  readonly busySeconds?: number;
  /** Accepts a network file system, for those who know that one machine alone uses it. */
  readonly allowNetwork?: boolean;
}

/**
 * Makes a store in an SQLite file. Several processes of one machine may share the file; several bots,
 * too. The file is created when it is first used.
 *
 * ```ts
 * import { sqliteStore } from "@tramline/tramline/sqlite";
 *
 * const store = sqliteStore("bot.db");
 * const inMemory = sqliteStore(":memory:");
 * ```
 *
 * Beside the file there are `bot.db-wal` and `bot.db-shm`, which belong to it, and a small
 * `bot.db-worker-N` for each process, by whose lock the others see that it lives. Copy a file in use
 * with `VACUUM INTO`, never with `cp`.
 *
 * A database that is open already can be given instead of a path: a `DatabaseSync` of node:sqlite, a
 * `Database` of better-sqlite3, or an object of that shape. It belongs to the store from then on,
 * which closes it: a transaction of somebody else in between would be committed with the store's.
 *
 * @param database The path of the file, `":memory:"`, or an open database
 * @param options How safe, how patient, and how long things are kept
 */
export function sqliteStore(
  database: string | SqliteHandle,
  options: SqliteStoreOptions = {},
): Store {
  check(database);
  const { synchronous = "full", busySeconds = 10, allowNetwork = false } = options;
  const path = typeof database === "string" && database !== ":memory:" ? database : undefined;
  const name = typeof database === "string" ? database : "(handle)";
  const setUpOptions = { name, synchronous, busySeconds };
  const dialect = new SqliteDialect({
    busySeconds,
    lives: path === undefined ? undefined : new FileLives(path, openFile),
    async open(): Promise<OpenDatabase> {
      if (path !== undefined) checkPlace(path, allowNetwork);
      const handle = typeof database === "string" ? openNamed(database) : database;
      try {
        await setUp(handle, setUpOptions);
      } catch (error) {
        if (typeof database === "string") handle.close();
        throw error;
      }
      const file = path ?? fileOf(handle);
      return {
        handle,
        name,
        isShared: file !== undefined,
        checkpoints: file === undefined ? undefined : new Checkpoints(handle, file),
      };
    },
  });
  return new SqlStore(dialect, options);
}

function openNamed(path: string): SqliteHandle {
  try {
    return openFile(path);
  } catch (cause) {
    throw storeError("open", path, cause);
  }
}

function openFile(path: string): SqliteHandle {
  return new DatabaseSync(path);
}

/** The file of a handle; `undefined` if it is in memory. */
function fileOf(handle: SqliteHandle): string | undefined {
  const { file } = handle.prepare("SELECT file FROM pragma_database_list WHERE name = 'main'")
    .get() as { file: string | null };
  return file || undefined;
}

function check(database: unknown): void {
  if (typeof database === "string" && database !== "") return;
  const handle = database as Partial<SqliteHandle> | undefined | null;
  if (
    typeof handle?.prepare === "function" && typeof handle.exec === "function" &&
    typeof handle.close === "function"
  ) return;
  throw new TypeError(
    "Cannot make an SQLite store: the database must be the path of a file or an open database " +
      `with prepare, exec and close, given ${describe(database)}.`,
  );
}
