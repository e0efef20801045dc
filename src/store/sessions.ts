import type { BotId, Store } from "./store.ts";

/**
 * The sessions of a bot in a store, as a storage adapter. It fits wherever a `StorageAdapter` does.
 */
export interface StoreSessions<T> {
  /** Returns the session under a key, or `undefined`. */
  read(key: string): Promise<T | undefined>;
  /**
   * Stores a session.
   *
   * @throws {SessionConflictError} If it was changed since it was read here.
   */
  write(key: string, value: T): Promise<void>;
  /**
   * Removes a session.
   *
   * @throws {SessionConflictError} If it was changed since it was read here.
   */
  delete(key: string): Promise<void>;
}

/** A session was changed by somebody else between being read and being written. */
export class SessionConflictError extends Error {
  /** The name of this class. */
  override readonly name = "SessionConflictError";
  /** The key of the session. */
  readonly key: string;

  /** Tells that the session under `key` was changed. */
  constructor(key: string) {
    super(
      `Cannot write the session ${JSON.stringify(key)}: it was changed since it was read. ` +
        "Read it again, and repeat the change.",
    );
    this.key = key;
  }
}

/**
 * Makes a storage adapter of a store's sessions, for use outside of updates. A write is refused if
 * the session was changed since this adapter read it; one that was never read here is overwritten.
 *
 * ```ts
 * import { MemoryStore } from "@tramline/tramline";
 *
 * const store = new MemoryStore();
 * const sessions = store.sessions<{ count: number }>(123456);
 * const session = await sessions.read("4711");
 * await sessions.write("4711", { count: (session?.count ?? 0) + 1 });
 * ```
 *
 * @param store The store
 * @param bot The bot's id, the number in front of the colon of its token
 */
export function versionedSessions<T>(
  store: Pick<Store, "readSessions" | "writeSession">,
  bot: BotId,
): StoreSessions<T> {
  /** What was read here last. Bounded, because an adapter may live as long as its process. */
  const versions = new Map<string, number>();
  const remember = (key: string, version: number): void => {
    versions.delete(key);
    versions.set(key, version);
    if (versions.size > 10_000) versions.delete(versions.keys().next().value!);
  };
  const current = async (key: string): Promise<{ version: number; data: string | undefined }> =>
    (await store.readSessions(bot, [key]))[0]!;
  const write = async (key: string, data: string | undefined): Promise<void> => {
    const known = versions.get(key);
    if (known === undefined) return await overwrite(key, data);
    // Meanwhile it is not known: a second write that does not wait for this one comes after it.
    versions.delete(key);
    const isWritten = await store.writeSession(bot, { key, version: known, data });
    remember(key, isWritten ? known + 1 : known);
    if (!isWritten) throw new SessionConflictError(key);
  };
  const overwrite = async (key: string, data: string | undefined): Promise<void> => {
    for (;;) {
      const { version } = await current(key);
      if (!await store.writeSession(bot, { key, version, data })) continue;
      if (versions.has(key)) remember(key, version + 1);
      return;
    }
  };
  return {
    async read(key) {
      const { version, data } = await current(key);
      remember(key, version);
      return data === undefined ? undefined : JSON.parse(data) as T;
    },
    write: (key, value) => write(key, JSON.stringify(value)),
    delete: (key) => write(key, undefined),
  };
}
