import type { UnitOfWork } from "../../context/unit_of_work.ts";
import { copyOf, equal } from "./copy.ts";
import { isMigrated } from "./enhance.ts";
import type { StorageAdapter } from "./types.ts";

/**
 * A session while an update that uses it is being handled.
 *
 * Updates that overlap share it: each sees what the others have changed, and none overwrites that
 * with what it has read before. (Letting them wait for one another would be a deadlock wherever a
 * handler causes another update with its own key and waits for it.)
 */
export class LiveSession {
  /** How many updates use it now. */
  users = 0;
  /** What it is kept under. */
  readonly key: string;
  readonly #storage: StorageAdapter<unknown>;
  readonly #initial: (() => unknown) | undefined;
  readonly #compares: boolean;
  #value: unknown;
  #loading: Promise<void> | undefined;
  #saving: Promise<void> = Promise.resolve();
  /** Whether the value was handed out or assigned: if not, it cannot have changed. */
  #used = false;
  #assigned = false;
  /** Whether the storage has something under the key; `undefined`: not known. */
  #exists: boolean | undefined;
  /** A copy of what the storage has; `undefined`: cannot be told, or differs from the value. */
  #stored: { readonly copy: unknown } | undefined;

  /**
   * @param key What it is kept under
   * @param storage Where
   * @param initial Makes the session of a chat that has none
   * @param compares Whether the storage leaves out by itself what has not changed
   */
  constructor(
    key: string,
    storage: StorageAdapter<unknown>,
    initial: (() => unknown) | undefined,
    compares = false,
  ) {
    this.key = key;
    this.#storage = storage;
    this.#initial = initial;
    this.#compares = compares;
  }

  /** Reads the session from its storage, once. */
  load(): Promise<void> {
    return this.#loading ??= this.#read();
  }

  /** The session, to be read after {@linkcode LiveSession.load}. */
  get value(): unknown {
    this.#use();
    return this.#value;
  }

  set value(value: unknown) {
    this.#use();
    this.#assigned = true;
    this.#value = value;
    // Saving waits for it and reports its error; until then that is not an unhandled one.
    if (value instanceof Promise) value.catch(() => {});
  }

  /** The session as a promise, which reads it when asked for the first time; or what was assigned. */
  get lazyValue(): unknown {
    return this.#assigned ? this.#value : this.load().then(() => this.value);
  }

  /**
   * Stores the session if it has changed.
   *
   * @param unit What the update is tied to; it refuses writes that come too late
   */
  save(unit?: UnitOfWork): Promise<void> {
    if (!this.#used) return Promise.resolve();
    const saved = this.#saving.then(() => this.#write(unit));
    this.#saving = saved.catch(() => {});
    return saved;
  }

  #use(): void {
    if (this.#used) return;
    this.#used = true;
    if (this.#compares) return;
    if (this.#exists && !isMigrated(this.#value)) this.#stored = copyOf(this.#value);
  }

  async #read(): Promise<void> {
    const stored = await this.#storage.read(this.key) ?? undefined;
    this.#exists = stored !== undefined;
    if (!this.#assigned) this.#value = stored ?? this.#initial?.();
  }

  async #write(unit: UnitOfWork | undefined): Promise<void> {
    const given = this.#value;
    const value = await given;
    if (this.#value === given) this.#value = value;
    if (value === undefined || value === null) {
      if (this.#exists !== false) {
        await unit?.beforeCall?.();
        await this.#storage.delete(this.key);
      }
      this.#exists = false;
      this.#stored = undefined;
    } else if (this.#stored === undefined || !equal(this.#stored.copy, value)) {
      await unit?.beforeCall?.();
      this.#stored = undefined;
      const written = this.users > 1 ? copyOf(value) : undefined;
      await this.#storage.write(this.key, value);
      this.#exists = true;
      this.#stored = written;
    }
  }
}
