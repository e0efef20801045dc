/** Gives a lock back. Harmless when repeated. */
export type Release = () => void | Promise<void>;

/**
 * A lock by key, taken around the handling of an update: one holder at a time, first come first
 * served. `run(bot, { lock })` takes one of your own, for example over the database that other
 * programs lock users in. `lockContract` of `@tramline/tramline/testing` checks it.
 */
export interface UserLock {
  /**
   * Waits until the key is free, and takes it.
   *
   * @param key What is locked
   * @param options When `signal` aborts while the lock is waited for, the promise rejects with the
   * signal's reason, and it is as if the lock had never been asked for. Afterwards it means nothing.
   * @returns Gives the lock back
   */
  acquire(key: string, options: { readonly signal: AbortSignal }): Promise<Release>;
}

/**
 * A {@linkcode UserLock} within this process.
 *
 * ```ts
 * import { MemoryUserLock } from "@tramline/tramline";
 *
 * const lock = new MemoryUserLock();
 * const release = await lock.acquire("4711", { signal: AbortSignal.timeout(5000) });
 * try {
 *   console.log("Nobody else has 4711 now.");
 * } finally {
 *   release();
 * }
 * ```
 */
export class MemoryUserLock implements UserLock {
  /** Who waits for each key that is held, in the order they came; a set, so that anyone can leave. */
  readonly #waiting = new Map<string, Set<() => void>>();

  /** How many keys are held. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Waits until the key is free, and takes it. */
  acquire(key: string, { signal }: { readonly signal: AbortSignal }): Promise<() => void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const queue = this.#waiting.get(key);
    if (queue === undefined) {
      this.#waiting.set(key, new Set());
      return Promise.resolve(this.#releaseOnce(key));
    }
    return new Promise((resolve, reject) => {
      const take = (): void => {
        signal.removeEventListener("abort", leave);
        resolve(this.#releaseOnce(key));
      };
      const leave = (): void => {
        queue.delete(take);
        reject(signal.reason);
      };
      queue.add(take);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  #releaseOnce(key: string): () => void {
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      const queue = this.#waiting.get(key)!;
      const [take] = queue;
      if (take === undefined) return void this.#waiting.delete(key);
      queue.delete(take);
      take();
    };
  }
}
