import { copyOf } from "./copy.ts";
import type { StorageAdapter } from "./types.ts";

/**
 * Keeps sessions in memory, until the process ends.
 *
 * What is read is a copy, so that the changes of a handler that fails are not kept. Data that
 * cannot be copied faithfully, such as instances of classes, is handed out as it is.
 *
 * ```ts
 * import { Bot, type Context, MemorySessionStorage, session, type SessionFlavor } from "@tramline/tramline";
 *
 * type Data = { count: number };
 * const bot = new Bot<Context & SessionFlavor<Data>>("123456:token");
 * const storage = new MemorySessionStorage<Data>(60 * 60 * 1000); // one hour
 * bot.use(session({ initial: () => ({ count: 0 }), storage }));
 * ```
 */
export class MemorySessionStorage<S> implements StorageAdapter<S> {
  /** The sessions by key, with the time (in milliseconds, as `Date.now`) at which they expire. */
  protected readonly storage: Map<string, { session: S; expires?: number }> = new Map();
  readonly #timeToLive: number;

  /**
   * Makes an empty storage.
   *
   * @param timeToLive Milliseconds after which a session is forgotten, counted from its last write.
   * Default: never
   */
  constructor(timeToLive?: number) {
    this.#timeToLive = timeToLive ?? Infinity;
  }

  /** Returns a copy of the session under a key, unless there is none or it has expired. */
  read(key: string): S | undefined {
    const session = this.#find(key);
    const copied = copyOf(session);
    return copied === undefined ? session : copied.copy;
  }

  /** Lists all sessions that have not expired. */
  readAllValues(): S[] {
    return this.readAllEntries().map(([, session]) => session);
  }

  /**
   * Lists all sessions that have not expired.
   * @deprecated The same as {@linkcode MemorySessionStorage.readAllValues}
   */
  readAll(): S[] {
    return this.readAllValues();
  }

  /** Lists the keys of all sessions that have not expired. */
  readAllKeys(): string[] {
    return [...this.storage.keys()].filter((key) => this.has(key));
  }

  /** Lists all sessions that have not expired, with their keys. */
  readAllEntries(): [string, S][] {
    return this.readAllKeys().map((key) => [key, this.read(key) as S]);
  }

  /** Returns whether there is a session under a key that has not expired. */
  has(key: string): boolean {
    return this.#find(key) !== undefined;
  }

  /** Stores a session under a key. */
  write(key: string, value: S): void {
    const expires = this.#timeToLive === Infinity ? undefined : Date.now() + this.#timeToLive;
    this.storage.set(key, { session: value, expires });
  }

  /** Forgets the session under a key. */
  delete(key: string): void {
    this.storage.delete(key);
  }

  #find(key: string): S | undefined {
    const entry = this.storage.get(key);
    if (entry?.expires !== undefined && entry.expires <= Date.now()) {
      this.storage.delete(key);
      return undefined;
    }
    return entry?.session;
  }
}
