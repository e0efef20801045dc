import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { sleep } from "../../../base/sleep.ts";
import type { SqliteHandle } from "./database.ts";
import { rollBack } from "./dialect.ts";
import { storeError, troubleOf } from "./errors.ts";
import { migrations } from "./migrations.ts";

/** File systems on other machines, by the numbers that Linux gives them (`man 2 statfs`). */
const networkFileSystems = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x01021997, "9P"],
  [0x5346414f, "AFS"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x65735546, "FUSE"],
]);

/** Refuses places where SQLite's locks and shared memory do not work, or where nothing can be. */
export function checkPlace(path: string, allowNetwork: boolean): void {
  const directory = dirname(path);
  if (!isDirectory(directory, path)) {
    throw new Error(
      `Cannot open the SQLite store ${path}: there is no directory ${directory}. Create it first.`,
    );
  }
  if (isDirectory(path, path)) {
    throw new Error(`Cannot open the SQLite store ${path}: it is a directory. Name a file in it.`);
  }
  if (allowNetwork || process.platform !== "linux") return;
  const kind = networkFileSystems.get(fileSystemOf(directory));
  if (kind === undefined) return;
  throw new Error(
    `Cannot open the SQLite store ${path}: it must be on a local disk, and this is a ${kind} file ` +
      "system, where two machines can damage the file. Choose a local path, or a store on a " +
      "server; `allowNetwork: true` if only one machine ever uses it.",
  );
}

/** Fails where the process may not look, for example on Deno without `--allow-read`. */
function isDirectory(path: string, store: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (error) {
    throw storeError("open", store, error);
  }
}

function fileSystemOf(directory: string): number {
  try {
    return Number(statfsSync(directory).type);
  } catch {
    // The runtime cannot tell: then nothing is refused.
    return 0;
  }
}

/** How to set a database up. */
export interface SetUpOptions {
  readonly name: string;
  readonly synchronous: "full" | "normal";
  readonly busySeconds: number;
}

/** Sets a database up for the store, and brings its schema up to date. */
export async function setUp(handle: SqliteHandle, options: SetUpOptions): Promise<void> {
  const { name, synchronous, busySeconds } = options;
  const end = performance.now() + busySeconds * 1000;
  for (let tries = 1;; tries++) {
    try {
      // A wait inside of SQLite would stop the event loop; and checkpoints are done when it is idle.
      handle.exec("PRAGMA busy_timeout = 0");
      handle.exec("PRAGMA journal_mode = WAL");
      handle.exec(`PRAGMA synchronous = ${synchronous}`);
      handle.exec("PRAGMA wal_autocheckpoint = 0");
      handle.exec("PRAGMA journal_size_limit = 67108864");
      handle.exec("PRAGMA cache_size = -32768");
      migrate(handle);
      return;
    } catch (error) {
      if (troubleOf(error) !== "busy" || performance.now() > end) {
        throw storeError("open", name, error);
      }
      await sleep(Math.random() * Math.min(tries, 20) / 1000);
    }
  }
}

/**
 * Brings the schema up to date, in one transaction: killed in the middle, nothing has happened. Who
 * else starts at the same time waits, and then finds it done.
 *
 * @param steps The steps there are; others only for tests, as long as there is one
 */
export function migrate(handle: SqliteHandle, steps: readonly string[] = migrations): void {
  if (versionOf(handle) === steps.length) return;
  handle.exec("BEGIN IMMEDIATE");
  try {
    // Looked at again, now that nobody else can be at it.
    const version = versionOf(handle);
    if (version > steps.length) throw newerSchema(version, steps.length);
    if (version === 0) handle.exec("CREATE TABLE tramline_schema (version INTEGER NOT NULL)");
    for (const step of steps.slice(version)) handle.exec(step);
    handle.exec("DELETE FROM tramline_schema");
    handle.exec(`INSERT INTO tramline_schema (version) VALUES (${steps.length})`);
    handle.exec("COMMIT");
  } catch (error) {
    rollBack(handle);
    throw error;
  }
}

function versionOf(handle: SqliteHandle): number {
  const exists = handle.prepare(
    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'tramline_schema'",
  ).get();
  if (!exists) return 0;
  const row = handle.prepare("SELECT version FROM tramline_schema").get();
  return (row as { version: number }).version;
}

function newerSchema(version: number, known: number): Error {
  return new Error(
    `its schema has version ${version}, and this Tramline knows versions up to ` +
      `${known}. Use the version of Tramline that wrote it, or a newer one.`,
  );
}
