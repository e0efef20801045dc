/**
 * What handling one update is tied to while it runs: its lane, its concurrency slot, its deadline
 * and, with a store, its sessions. `run` creates it, the bot places it in the context, and
 * middleware such as `session` and `sequentialize` find it there.
 */
export interface UnitOfWork {
  /** The ordering key of the lane in which the update is handled; `undefined`: unordered. */
  readonly key: string | undefined;
  /** Aborted when the handler's time is up, its lease is lost or the drain deadline has passed. */
  readonly signal?: AbortSignal;
  /**
   * Waits for `pending` without holding a concurrency slot and without running the handler's clock.
   * Resolves, or rejects, with `pending`'s outcome once a slot is held again.
   */
  wait<T>(pending: Promise<T>): Promise<T>;
  /** Sessions of the store that `run` was given; absent without a store. */
  readonly sessions?: UnitSessions;
  /** Runs before each API call of the context; throws or rejects to refuse the call (a lost lease). */
  beforeCall?(): void | Promise<void>;
}

/** Sessions read and written in the same transaction as "this update is done". */
export interface UnitSessions {
  /** The stored value under `key`, or `undefined`. */
  read(key: string): unknown | Promise<unknown>;
  /** Stages a value for the commit; `undefined` deletes. */
  write(key: string, value: unknown): void;
  /**
   * Keeps a key for one user of it, as long as the update is handled. Returns `false` if another has
   * it.
   */
  reserve(key: string, user: object): boolean;
}

/**
 * The slot of a context that holds its {@linkcode UnitOfWork}, if it has one.
 *
 * @internal
 */
export const unitOfWork: unique symbol = Symbol.for("tramline.unitOfWork") as never;

/** Something that may carry a {@linkcode UnitOfWork}: every context. */
export interface CarriesUnitOfWork {
  /**
   * What the handling of the update is tied to, once somebody has set it.
   *
   * @internal
   */
  [unitOfWork]?: UnitOfWork;
}
