import { describe } from "../../base/describe.ts";
import type { Context } from "../../context/context.ts";
import { orderingKeyOf } from "../../context/ordering_key.ts";
import { unitOfWork, type UnitSessions } from "../../context/unit_of_work.ts";
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
  async open(ctx: C): Promise<LiveSession | undefined> {
    const { getSessionKey, initial, prefix = "" } = this.#options;
    const keyOfUpdate = getSessionKey === undefined
      ? orderingKeyOf(ctx.update)
      : await getSessionKey(ctx);
    if (keyOfUpdate === undefined) return undefined;
    const key = `${prefix}${keyOfUpdate}`;

    const store = ctx[unitOfWork]?.sessions;
    if (this.#options.storage === undefined && store !== undefined) {
      // Not shared with other updates: the store sees for itself when they overlap.
      const session = new LiveSession(key, this.#inStore(store), initial, true);
      session.users++;
      // A group's session moves when the group becomes a supergroup, a lazy one that nobody reads, too.
      const { migrate_to_chat_id: to, migrate_from_chat_id: from } = ctx.update.message ?? {};
      if (to !== undefined || from !== undefined) await session.load();
      return session;
    }
    let session = this.#inUse.get(key);
    if (session === undefined) {
      const storage = this.#options.storage ?? (this.#memory ??= new MemorySessionStorage());
      session = new LiveSession(key, storage, initial);
      this.#inUse.set(key, session);
    }
    session.users++;
    return session;
  }

  /** Ends an update's use of a session. What was not saved is lost, unless others use it, too. */
  close(session: LiveSession | undefined): void {
    if (session === undefined || --session.users > 0) return;
    if (this.#inUse.get(session.key) === session) this.#inUse.delete(session.key);
  }

  #inStore(store: UnitSessions): StorageAdapter<unknown> {
    const place = (key: string): string => {
      const place = this.#part + key;
      reserve(store, place, this);
      return place;
    };
    return {
      read: (key) => store.read(place(key)),
      write: (key, value) => store.write(place(key), value),
      delete: (key) => store.write(place(key), undefined),
    };
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
