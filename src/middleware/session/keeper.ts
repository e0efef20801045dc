import type { Update } from "../../api/types.ts";
import { describe } from "../../base/describe.ts";
import { after } from "../../base/thenable.ts";
import type { Context } from "../../context/context.ts";
import { orderingKeyOf } from "../../context/ordering_key.ts";
import { unitOfWork, type UnitSessions } from "../../context/unit_of_work.ts";
import type { MaybePromise } from "../types.ts";
import { LiveSession } from "./live.ts";
import { MemorySessionStorage } from "./memory.ts";
import type { SessionOptions, StorageAdapter } from "./types.ts";

/** Finds the sessions of updates, by the options of a `session` or of one part of it. */
export class SessionKeeper<C extends Context> {
  readonly #options: SessionOptions<unknown, C>;
  readonly #part: string;
  readonly #inUse: Map<string, LiveSession> = new Map();
  #memory: StorageAdapter<unknown> | undefined;

  /**
   * @param options What the user wants
   * @param part Stands in front of the keys in a store, where parts of a session would else collide
   */
  constructor(options: SessionOptions<unknown, C>, part = "") {
    check(options);
    this.#options = options;
    this.#part = part;
  }

  /** The session of an update, to be closed after use; `undefined` if the update has no key. */
  open(ctx: C): MaybePromise<LiveSession | undefined> {
    const { getSessionKey } = this.#options;
    if (getSessionKey === undefined) return this.#openAt(orderingKeyOf(ctx.update), ctx);
    return after(getSessionKey(ctx), (key) => this.#openAt(key, ctx));
  }

  #openAt(keyOfUpdate: string | undefined, ctx: C): MaybePromise<LiveSession | undefined> {
    if (keyOfUpdate === undefined) return undefined;
    const { storage, initial, prefix = "" } = this.#options;
    const key = `${prefix}${keyOfUpdate}`;
    const store = ctx[unitOfWork]?.sessions;
    const session = storage === undefined && store !== undefined
      // Not shared with other updates: the store sees for itself when they overlap.
      ? new LiveSession(key, new PartOfStore(store, this.#part, this), initial, true)
      : this.#shared(key);
    session.users++;
    // A group's session moves when the group becomes a supergroup, a lazy one that nobody reads, too.
    if (session.compares && isUpgrade(ctx.update)) return after(session.load(), () => session);
    return session;
  }

  #shared(key: string): LiveSession {
    let session = this.#inUse.get(key);
    if (session === undefined) {
      const storage = this.#options.storage ?? (this.#memory ??= new MemorySessionStorage());
      session = new LiveSession(key, storage, this.#options.initial);
      this.#inUse.set(key, session);
    }
    return session;
  }

  /** Ends an update's use of a session. What was not saved is lost, unless others use it, too. */
  close(session: LiveSession | undefined): void {
    if (session === undefined || --session.users > 0) return;
    if (this.#inUse.get(session.key) === session) this.#inUse.delete(session.key);
  }
}

function isUpgrade({ message }: Update): boolean {
  return message?.migrate_to_chat_id !== undefined || message?.migrate_from_chat_id !== undefined;
}

/** The sessions of one keeper among those of an update in a store. */
class PartOfStore implements StorageAdapter<unknown> {
  readonly #store: UnitSessions;
  readonly #part: string;
  readonly #keeper: object;

  constructor(store: UnitSessions, part: string, keeper: object) {
    this.#store = store;
    this.#part = part;
    this.#keeper = keeper;
  }

  read(key: string): unknown {
    return this.#store.read(this.#place(key));
  }

  write(key: string, value: unknown): void {
    this.#store.write(this.#place(key), value);
  }

  delete(key: string): void {
    this.#store.write(this.#place(key), undefined);
  }

  #place(key: string): string {
    const place = this.#part + key;
    reserve(this.#store, place, this.#keeper);
    return place;
  }
}

/** Two sessions under one key would overwrite each other. In memory, each has a place of its own. */
function reserve(store: UnitSessions, key: string, keeper: object): void {
  if (store.reserve(key, keeper)) return;
  throw new Error(
    `Cannot keep two sessions under the key ${describe(key)} of the store: each must have a key ` +
      "of its own. Give one of them the option prefix, or make them one session of type multi.",
  );
}

function check(options: object): void {
  const { initial, getSessionKey, storage } = options as SessionOptions<unknown>;
  for (const [name, option] of Object.entries({ initial, getSessionKey })) {
    if (option === undefined || typeof option === "function") continue;
    throw new TypeError(
      `Cannot keep sessions: the option ${name} must be a function, given ${describe(option)}.` +
        (name === "initial" ? " Write initial: () => ({ … })." : ""),
    );
  }
  if (storage === undefined) return;
  for (const method of ["read", "write", "delete"] as const) {
    if (typeof storage?.[method] === "function") continue;
    throw new TypeError(
      "Cannot keep sessions: the option storage must be a storage adapter with read, write and " +
        `delete, given ${describe(storage)}.`,
    );
  }
}
