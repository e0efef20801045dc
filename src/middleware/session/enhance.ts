import { describe } from "../../base/describe.ts";
import type { StorageAdapter } from "./types.ts";

/** How an enhanced storage keeps a session. */
export interface Enhance<T> {
  /** The version of the data: the key of the last migration that it has passed. */
  v?: number;
  /** The data. */
  __d: T;
  /** When it expires, in milliseconds as `Date.now`. */
  e?: number;
}

/**
 * Functions that bring older session data up to date, each under the version (any number, whole or
 * not) that it leads to. Each gets the data of the version before it. Data from before there were
 * versions passes through all of them.
 */
export interface Migrations {
  /** Gets the data of the version before and returns that of this version. */
  [version: number]: (old: never) => unknown;
}

/** Options of `enhanceStorage`. */
export interface MigrationOptions<T> {
  /** The storage to enhance. */
  storage: StorageAdapter<Enhance<T>>;
  /** How to bring older data up to date. Default: data has no versions. */
  migrations?: Migrations;
  /** Milliseconds after the last write until a session expires. Default: never. */
  millisecondsToLive?: number;
}

/**
 * Adds expiry and migrations to any session storage. Data that was stored before the storage was
 * enhanced is understood. Expired data is deleted when it is next read.
 *
 * ```ts
 * import { enhanceStorage, MemorySessionStorage, session, type Enhance } from "@tramline/tramline";
 *
 * interface Data {
 *   pets: { name: string }[];
 * }
 * const storage = enhanceStorage<Data>({
 *   storage: new MemorySessionStorage<Enhance<Data>>(),
 *   migrations: {
 *     1: (old: { petNames: string[] }) => ({ pets: old.petNames.map((name) => ({ name })) }),
 *   },
 *   millisecondsToLive: 30 * 60 * 1000, // half an hour
 * });
 * session({ initial: () => ({ pets: [] }), storage });
 * ```
 *
 * @param options What to enhance, and with what
 * @returns A storage for the option `storage` of `session`
 */
export function enhanceStorage<T>(options: MigrationOptions<T>): StorageAdapter<T> {
  const { storage, migrations = {}, millisecondsToLive } = options;
  const versions = versionsOf(migrations);
  const newest = versions.at(-1);

  async function unwrap(stored: Enhance<T> | undefined, key?: string): Promise<T | undefined> {
    if (stored === undefined || stored === null) return undefined;
    const wrapped = isWrapped(stored) ? stored : { __d: stored as T };
    if (wrapped.e !== undefined && wrapped.e <= Date.now()) {
      if (key !== undefined) await storage.delete(key);
      return undefined;
    }
    const missed = versions.filter((version) => version > (wrapped.v ?? -Infinity));
    let data: unknown = wrapped.__d;
    for (const version of missed) data = await migrations[version]!(data as never);
    if (missed.length > 0 && typeof data === "object" && data !== null) migrated.add(data);
    return data as T;
  }

  async function read(key: string): Promise<T | undefined> {
    return await unwrap(await storage.read(key), key);
  }

  const enhanced: StorageAdapter<T> = {
    read,
    write(key, data) {
      const wrapped: Enhance<T> = { __d: data };
      if (newest !== undefined) wrapped.v = newest;
      if (millisecondsToLive !== undefined) wrapped.e = Date.now() + millisecondsToLive;
      return storage.write(key, wrapped);
    },
    delete: (key) => storage.delete(key),
    has: async (key) => await read(key) !== undefined,
  };
  if (storage.readAllKeys !== undefined) enhanced.readAllKeys = () => storage.readAllKeys!();
  if (storage.readAllValues !== undefined) {
    enhanced.readAllValues = async function* () {
      for await (const stored of storage.readAllValues!()) {
        const data = await unwrap(stored);
        if (data !== undefined) yield data;
      }
    };
  }
  if (storage.readAllEntries !== undefined) {
    enhanced.readAllEntries = async function* () {
      for await (const [key, stored] of storage.readAllEntries!()) {
        const data = await unwrap(stored);
        if (data !== undefined) yield [key, data];
      }
    };
  }
  return enhanced;
}

/** Data that a migration has made and that is not yet stored in this form. */
const migrated = new WeakSet<object>();

/** Whether a value was read from an enhanced storage that still has it in an older form. */
export function isMigrated(value: unknown): boolean {
  return typeof value === "object" && value !== null && migrated.has(value);
}

function versionsOf(migrations: Migrations): number[] {
  const versions = Object.keys(migrations).map((key) => {
    const version = Number(key);
    if (Number.isFinite(version)) return version;
    throw new RangeError(
      `Cannot enhance a storage: the versions of its migrations must be numbers, given ${
        describe(key)
      }.`,
    );
  });
  return versions.sort((a, b) => a - b);
}

/** Data from before the storage was enhanced is not wrapped. */
function isWrapped<T>(stored: Enhance<T>): boolean {
  return typeof stored === "object" && "__d" in stored;
}
