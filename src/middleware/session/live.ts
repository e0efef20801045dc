import { after } from "../../base/thenable.ts";
import type { UnitOfWork } from "../../context/unit_of_work.ts";
import { copyOf, equal } from "./copy.ts";
import { isMigrated } from "./enhance.ts";
import type { MaybePromise } from "../types.ts";
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
  /** Whether the storage leaves out by itself what has not changed. */
  readonly compares: boolean;
  #value: unknown;
  #isLoaded = false;
  #loading: MaybePromise<void> = undefined;
  /** The last save, while it is under way. */
  #saving: Promise<void> | undefined;
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
    this.compares = compares;
  }

  /** Reads the session from its storage, once; without a promise if the storage answers at once. */
  load(): MaybePromise<void> {
    if (this.#isLoaded) return;
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
    return this.#assigned ? this.#value : this.#valueLater();
  }

  /**
   * Stores the session if it has changed.
   *
   * @param unit What the update is tied to; it refuses writes that come too late
   */
  save(unit?: UnitOfWork): MaybePromise<void> {
    if (!this.#used) return;
    const saving = this.#saving === undefined
      ? this.#write(unit)
      : this.#saving.then(() => this.#write(unit));
    if (saving instanceof Promise) this.#letOthersWaitFor(saving);
    return saving;
  }

  #letOthersWaitFor(saving: Promise<void>): void {
    const ended = saving.catch(() => {}).then(() => {
      if (this.#saving === ended) this.#saving = undefined;
    });
    this.#saving = ended;
  }

  #use(): void {
    if (this.#used) return;
    this.#used = true;
    if (this.compares) return;
    if (this.#exists && !isMigrated(this.#value)) this.#stored = copyOf(this.#value);
  }

  #read(): MaybePromise<void> {
    return after(this.#storage.read(this.key), (found) => {
      const stored = found ?? undefined;
      this.#exists = stored !== undefined;
      if (!this.#assigned) this.#value = stored ?? this.#initial?.();
      this.#isLoaded = true;
    });
  }

  async #valueLater(): Promise<unknown> {
    await this.load();
    return this.value;
  }

  #write(unit: UnitOfWork | undefined): MaybePromise<void> {
    const given = this.#value;
    return after(given, (value) => {
      if (this.#value === given) this.#value = value;
      const isGone = value === undefined || value === null;
      if (isGone ? this.#exists === false : this.#isStored(value)) return;
      return after(unit?.beforeCall?.(), () => isGone ? this.#delete() : this.#put(value));
    });
  }

  #isStored(value: unknown): boolean {
    return this.#stored !== undefined && equal(this.#stored.copy, value);
  }

  #delete(): MaybePromise<void> {
    return after(this.#storage.delete(this.key), () => {
      this.#exists = false;
      this.#stored = undefined;
    });
  }

  #put(value: unknown): MaybePromise<void> {
    this.#stored = undefined;
    // Others may change it while it is being written.
    const written = this.users > 1 ? copyOf(value) : undefined;
    return after(this.#storage.write(this.key, value), () => {
      this.#exists = true;
      this.#stored = written;
    });
  }
}
