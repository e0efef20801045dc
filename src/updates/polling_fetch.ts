import type { Update } from "../api/types.ts";
import { describe } from "../base/describe.ts";
import { sleep } from "../base/sleep.ts";
import type { UpdateKind } from "../context/update_kind.ts";
import { Trouble } from "./trouble.ts";

/** The parameters of a call of `getUpdates`. */
export interface GetUpdatesParams {
  offset: number;
  limit: number;
  timeout: number;
  allowed_updates?: readonly UpdateKind[];
}

/** Options of {@linkcode UpdateFetcher}. */
export interface UpdateFetcherConfig {
  /** Calls the Bot API. */
  getUpdates: (params: GetUpdatesParams, signal: AbortSignal) => Promise<Update[]>;
  /** Updates per call, 1 to 100. Default: 100. */
  limit?: number;
  /** For how many seconds a call waits for updates, at most 50. Default: 30. */
  timeout?: number;
  /** The kinds of updates to receive; absent: as before. */
  allowed_updates?: readonly UpdateKind[];
  /** Seconds after `timeout` at which a call without an answer is given up. Default: 10. */
  marginSeconds?: number;
  /** Waits between failed tries. Default: real time. */
  sleep?: (seconds: number, signal: AbortSignal) => Promise<void>;
}

/** Fetches updates: one call of `getUpdates` at a time, repeated until there is an answer. */
export class UpdateFetcher {
  readonly limit: number;
  readonly #getUpdates: UpdateFetcherConfig["getUpdates"];
  readonly #timeout: number;
  readonly #allowedUpdates: readonly UpdateKind[] | undefined;
  readonly #marginSeconds: number;
  readonly #sleep: (seconds: number, signal: AbortSignal) => Promise<void>;
  readonly #trouble = new Trouble("receive updates");
  /** The last call: its offset, and when it began. */
  #last = { offset: 0, began: -Infinity };
  /** The last offset that Telegram has certainly seen: everything below it is confirmed. */
  #confirmed = 0;

  constructor(config: UpdateFetcherConfig) {
    this.limit = config.limit ?? 100;
    this.#getUpdates = config.getUpdates;
    this.#timeout = config.timeout ?? 30;
    this.#allowedUpdates = config.allowed_updates;
    this.#marginSeconds = config.marginSeconds ?? 10;
    this.#sleep = config.sleep ?? sleep;
  }

  /** The last call: its offset, and when it began in milliseconds of `performance.now()`. */
  get last(): { readonly offset: number; readonly began: number } {
    return this.#last;
  }

  /**
   * Fetches the updates from `offset` on.
   *
   * @returns What came, maybe nothing; `undefined` as soon as `signal` is aborted.
   * @throws {ApiError} If the token is not accepted. All other failures are waited out.
   */
  async fetch(offset: number, signal: AbortSignal): Promise<Update[] | undefined> {
    while (!signal.aborted) {
      try {
        const updates = await this.#call(offset, this.limit, this.#timeout, signal);
        this.#trouble.over();
        return updates;
      } catch (error) {
        if (signal.aborted) return undefined;
        await this.#sleep(this.#trouble.after(error), signal);
      }
    }
    return undefined;
  }

  /** Confirms all updates below `offset` without receiving any. Rejects if that fails. */
  async confirm(offset: number): Promise<void> {
    if (offset === this.#confirmed) return;
    const { signal } = new AbortController();
    // Telegram's server makes a call that repeats the offset of the previous one within 3 s wait that
    // long, whatever its timeout says. The aborted poll had this offset, and nobody knows whether it
    // arrived. A call with another offset between the two, one that confirms nothing, avoids the wait.
    const repeats = this.#last.offset === offset && performance.now() - this.#last.began < 3500;
    if (repeats) await this.#call(0, 1, 0, signal);
    await this.#call(offset, 1, 0, signal);
  }

  async #call(
    offset: number,
    limit: number,
    timeout: number,
    signal: AbortSignal,
  ): Promise<Update[]> {
    this.#last = { offset, began: performance.now() };
    const params: GetUpdatesParams = { offset, limit, timeout };
    if (this.#allowedUpdates !== undefined) params.allowed_updates = this.#allowedUpdates;
    const updates = await limited(
      (cut) => this.#getUpdates(params, cut),
      timeout + this.#marginSeconds,
      signal,
    );
    if (!Array.isArray(updates)) {
      throw new TypeError(`getUpdates must return an array of updates, given ${describe(updates)}`);
    }
    this.#confirmed = offset;
    return updates;
  }
}

/**
 * Gives a call up after some seconds, or when `signal` is aborted: even a call that ignores the
 * signal it is given, so that neither a broken connection nor a broken `fetch` can hold up a bot.
 */
function limited<T>(
  call: (signal: AbortSignal) => Promise<T>,
  seconds: number,
  signal: AbortSignal,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const controller = new AbortController();
  const giveUp = (reason: unknown) => {
    reject(reason);
    controller.abort(reason);
  };
  const onAbort = () => giveUp(signal.reason);
  signal.addEventListener("abort", onAbort);
  const timer = setTimeout(
    () => giveUp(new Error(`an open poll got no answer within ${seconds} s and was cut`)),
    seconds * 1000,
  );
  call(controller.signal).then(resolve, reject);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  });
}
