import type { Context } from "../../context/context.ts";
import type { MaybePromise } from "../types.ts";

// Aliases, not interfaces: the documentation checker wants a return type of an interface's setter.

/** What `session` adds to a context: the data kept for its chat. */
export type SessionFlavor<S> = {
  /**
   * The session. Change it, or assign another, and it is stored when the update has been handled;
   * assign `null` or `undefined`, and it is deleted.
   *
   * Without `initial` it is `undefined` for a new chat, which its type does not say.
   *
   * @throws {Error} If `getSessionKey` returned `undefined` for this update, on read and on write
   */
  get session(): S;
  /** Replaces the session, or deletes it. */
  set session(session: S | null | undefined);
};

/** What `lazySession` adds to a context: the data kept for its chat, read when it is asked for. */
export type LazySessionFlavor<S> = {
  /**
   * The session, or a promise of it. Asking for it reads it from the storage, once for an update.
   * What is assigned, a value or a promise, is stored when the update has been handled; `null` and
   * `undefined` delete it.
   *
   * Without `initial` it is `undefined` for a new chat, which its type does not say.
   *
   * @throws {Error} If `getSessionKey` returned `undefined` for this update, on read and on write
   */
  get session(): MaybePromise<S>;
  /** Replaces the session, or deletes it. */
  set session(session: MaybePromise<S | null | undefined>);
};

/**
 * Where sessions are kept. Adapters that are published for grammY fit.
 *
 * ```ts
 * import type { StorageAdapter } from "@tramline/tramline";
 *
 * function localStorageAdapter<T>(): StorageAdapter<T> {
 *   return {
 *     read(key) {
 *       const text = localStorage.getItem(key);
 *       return text === null ? undefined : JSON.parse(text);
 *     },
 *     write: (key, value) => localStorage.setItem(key, JSON.stringify(value)),
 *     delete: (key) => localStorage.removeItem(key),
 *   };
 * }
 * ```
 */
export interface StorageAdapter<T> {
  /** Returns the value under a key, or `undefined` if there is none. */
  read: (key: string) => MaybePromise<T | undefined>;
  /** Stores a value under a key. */
  write: (key: string, value: T) => MaybePromise<void>;
  /** Removes the value under a key, if there is one. */
  delete: (key: string) => MaybePromise<void>;
  /** Returns whether there is a value under a key. */
  has?: (key: string) => MaybePromise<boolean>;
  /** Lists all keys. */
  readAllKeys?: () => Iterable<string> | AsyncIterable<string>;
  /** Lists all values. */
  readAllValues?: () => Iterable<T> | AsyncIterable<T>;
  /** Lists all keys with their values. */
  readAllEntries?: () => Iterable<[key: string, value: T]> | AsyncIterable<[key: string, value: T]>;
}

/** Options of `session` and `lazySession`. */
export interface SessionOptions<S, C extends Context = Context> {
  /** One session for an update. Default. */
  type?: "single";
  /** Makes the session of a chat that has none. It has to make a new object each time. */
  initial?: () => S;
  /** Stands in front of every key, so that several things can share a storage. Default: `""`. */
  prefix?: string;
  /**
   * Returns the key that the session is kept under; `undefined` for no session. Default: the
   * default ordering key, which is the chat's identifier, or the user's if there is no chat.
   */
  getSessionKey?: (ctx: Omit<C, "session">) => MaybePromise<string | undefined>;
  /**
   * Where the session is kept. Default: in the store that was given to `run`; with none, in memory,
   * until the process ends.
   */
  storage?: StorageAdapter<S>;
}

/** Options of `session` with several sessions for an update, each with options of its own. */
export type MultiSessionOptions<S, C extends Context> = S extends object
  ? { type: "multi" } & { [K in keyof S]: SessionOptions<S[K], C> }
  : never;
