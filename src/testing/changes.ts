/** How long to wait for something that ought to happen, and what to say if it does not. */
export interface WaitOptions {
  /** Seconds of real time. */
  timeoutSeconds: number;
  /** The message of the error, made when the time is up. */
  explain: () => string;
}

interface Waiter {
  probe: () => boolean;
  reject: (error: Error) => void;
}

/**
 * "Something has changed here": lets others wait for a state instead of sleeping. Every waiter's
 * probe is asked again at each change, in the order in which they began to wait.
 */
export class Changes {
  readonly #waiters = new Set<Waiter>();
  #closed: Error | undefined;

  /** To be called after each change. */
  notify(): void {
    if (this.#waiters.size === 0) return;
    for (const waiter of [...this.#waiters]) {
      if (waiter.probe()) this.#waiters.delete(waiter);
    }
  }

  /**
   * Resolves with what `probe` returns as soon as that is not `undefined`.
   *
   * @throws an error named `TimeoutError` when the time is up
   */
  until<T>(probe: () => T | undefined, { timeoutSeconds, explain }: WaitOptions): Promise<T> {
    return new Promise((resolve, reject) => {
      const found = probe();
      if (found !== undefined) return resolve(found);
      if (this.#closed !== undefined) return reject(this.#closed);
      const waiter: Waiter = {
        probe() {
          const found = probe();
          if (found === undefined) return false;
          clearTimeout(timer);
          resolve(found);
          return true;
        },
        reject(error) {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        const error = new Error(explain());
        error.name = "TimeoutError";
        reject(error);
      }, timeoutSeconds * 1000);
      this.#waiters.add(waiter);
    });
  }

  /** Ends every wait, now and later, with an error. */
  close(reason: string): void {
    this.#closed = new Error(reason);
    for (const waiter of this.#waiters) waiter.reject(this.#closed);
    this.#waiters.clear();
  }
}
