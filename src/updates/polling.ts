import type { Update } from "../api/types.ts";
import { Backoff } from "../base/backoff.ts";
import { logger } from "../base/log.ts";
import { sleep } from "../base/sleep.ts";
import type { Accept } from "./accept.ts";
import { UpdateFetcher, type UpdateFetcherConfig } from "./polling_fetch.ts";
import { HandledWindow } from "./polling_window.ts";

const log = logger("updates");

/** A poll that repeats its offset sooner is cut to one update by Telegram's server (seconds). */
const samePollPause = 0.5;

/** Options of {@linkcode Polling}. */
export interface PollingConfig extends UpdateFetcherConfig {
  /** Where updates go. */
  accept: Accept;
  /**
   * When an update is confirmed, which makes Telegram forget it:
   * - `"fetched"`: with the next poll, which is sent before `accept` is called. Nothing is faster;
   *   what was accepted and is not handled is lost in a crash. A pending `accept` pauses polling.
   * - `"each"`: updates are accepted one by one; after each the offset moves. If one is not accepted,
   *   polling ends with its error.
   * - `"handled"`: when its `accept` has resolved, and those of all earlier updates.
   * - `"accepted"`: updates are accepted as they were fetched, all together; then the offset moves. If
   *   they are not accepted, that is tried again until they are.
   */
  confirm: "fetched" | "each" | "handled" | "accepted";
}

/**
 * Receives updates by long polling and passes them to `accept`.
 *
 * Whatever happens on the way to Telegram is waited out (see {@linkcode UpdateFetcher}); only a
 * token that is not accepted ends it.
 */
export class Polling {
  readonly #fetcher: UpdateFetcher;
  readonly #accept: Accept;
  readonly #confirm: PollingConfig["confirm"];
  /** One more than the last id that needs no redelivery, 0 at the beginning. */
  #offset = 0;
  #window = new HandledWindow(0);
  #sawLowerIds = false;
  #confirming: Promise<void> = Promise.resolve();

  constructor(config: PollingConfig) {
    this.#fetcher = new UpdateFetcher(config);
    this.#accept = config.accept;
    this.#confirm = config.confirm;
  }

  /**
   * Polls until `signal` is aborted, then resolves: what is accepted by then may still be on its way.
   * It can be called again afterwards and goes on where it was.
   *
   * @throws {ApiError} If the token is not accepted.
   */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#confirm === "fetched") return await this.#runFetched(signal);
    if (this.#confirm === "each") return await this.#runEach(signal);
    if (this.#confirm === "accepted") return await this.#runAccepted(signal);
    return await this.#runHandled(signal);
  }

  /**
   * Confirms what is accepted (or handled), so that the next start does not receive it again. A
   * failure is logged and nothing else: the updates come again, that is all.
   */
  confirm(): Promise<void> {
    // One after the other: two at once would repeat an offset, which Telegram answers slowly.
    return this.#confirming = this.#confirming.then(() => this.#confirmNow());
  }

  async #confirmNow(): Promise<void> {
    const offset = this.#confirm === "handled" ? this.#window.offset : this.#offset;
    if (offset === 0) return;
    try {
      await this.#fetcher.confirm(offset);
    } catch (error) {
      log.warn("Cannot confirm the last updates, they will come again at the next start: {error}", {
        error,
      });
    }
  }

  async #runFetched(signal: AbortSignal): Promise<void> {
    let coming = this.#fetcher.fetch(this.#offset, signal);
    for (;;) {
      const batch = await coming;
      if (batch === undefined) return;
      const updates = this.#unseen(batch, this.#offset);
      const offset = updates.length === 0 ? this.#offset : highestId(updates) + 1;
      // Asked for before these are handled, so that the way to Telegram and back costs no time.
      coming = this.#fetcher.fetch(offset, signal);
      // It is awaited above, in the next turn; until then a failure is not unhandled, only early.
      coming.catch(() => {});
      if (updates.length === 0) continue;
      this.#offset = offset;
      await unlessAborted(this.#accept(updates), signal);
      // What was fetched meanwhile is left to Telegram: its confirmation would be the next poll's.
      if (signal.aborted) return;
    }
  }

  async #runEach(signal: AbortSignal): Promise<void> {
    for (;;) {
      const batch = await this.#fetcher.fetch(this.#offset, signal);
      if (batch === undefined) return;
      for (const update of this.#unseen(batch, this.#offset)) {
        if (signal.aborted) return;
        try {
          await this.#accept([update]);
        } finally {
          // Also if it failed: an update that always fails must not come back for ever.
          this.#offset = update.update_id + 1;
        }
      }
    }
  }

  async #runAccepted(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const batch = await this.#fetcher.fetch(this.#offset, signal);
      if (batch === undefined) return;
      const updates = this.#unseen(batch, this.#offset);
      if (updates.length === 0) continue;
      if (!await this.#acceptAtLast(updates, signal)) return;
      this.#offset = highestId(updates) + 1;
    }
  }

  /** Tries until the updates are accepted; `false` if `signal` was aborted before they were. */
  async #acceptAtLast(updates: readonly Update[], signal: AbortSignal): Promise<boolean> {
    const backoff = new Backoff();
    for (;;) {
      try {
        await this.#accept(updates);
        return true;
      } catch (error) {
        const seconds = backoff.next();
        log.error(
          "{count} updates are not safe, Telegram keeps them. Next try in {seconds} s: {error}",
          {
            count: updates.length,
            seconds: Math.round(10 * seconds) / 10,
            error,
          },
        );
        await sleep(seconds, signal);
      }
      if (signal.aborted) return false;
    }
  }

  async #runHandled(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#pace(signal);
      const { offset } = this.#window;
      const batch = await this.#fetcher.fetch(offset, signal);
      if (batch === undefined) return;
      const updates = this.#unseen(batch, offset);
      // Held here, because it is replaced when the ids start anew.
      const window = this.#window;
      for (const update of updates) {
        const id = update.update_id;
        if (!window.begin(id)) continue;
        this.#accept([update]).then(
          () => window.finish(id),
          (error) => {
            window.refuse(id);
            log.error("Update {id} is not safe, Telegram keeps it: {error}", { id, error });
          },
        );
      }
    }
  }

  /**
   * Telegram answers at once while anything is unconfirmed, so repeating the poll at once would spin,
   * and be cut to one update. It is repeated when the offset can move, or after a pause.
   */
  async #pace(signal: AbortSignal): Promise<void> {
    const { offset, began } = this.#fetcher.last;
    if (this.#window.size === 0 || this.#window.offset !== offset) return;
    const seconds = samePollPause - (performance.now() - began) / 1000;
    if (seconds > 0) await this.#window.moved(seconds, signal);
  }

  /**
   * The updates that are not below the offset. Telegram sends none that are, except when its ids
   * started anew below it (after a long silence, or on another server): then it ignores the offset
   * and sends the same updates again and again. Twice in a row is taken as the sign of that.
   */
  #unseen(batch: Update[], offset: number): Update[] {
    if (batch.length === 0 || highestId(batch) >= offset) {
      this.#sawLowerIds = false;
      return batch.filter((update) => update.update_id >= offset);
    }
    this.#sawLowerIds = !this.#sawLowerIds;
    if (this.#sawLowerIds) return [];
    log.warn("Telegram numbers updates anew, from {id} on. Polling goes on from there.", {
      id: batch[0]?.update_id,
    });
    this.#window = new HandledWindow(0);
    return batch;
  }
}

function highestId(updates: Update[]): number {
  return updates.reduce((highest, { update_id }) => Math.max(highest, update_id), 0);
}

function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const done = () => {
      signal.removeEventListener("abort", done);
      resolve();
    };
    signal.addEventListener("abort", done);
    promise.then(done, reject);
  });
}
