import type { Update } from "@tramline/tramline/types";
import { ApiError } from "@tramline/tramline";
import { Polling, type PollingConfig } from "#src/updates/polling.ts";
import type { GetUpdatesParams } from "#src/updates/polling_fetch.ts";

/** A text message with this id. */
export function update(id: number): Update {
  return {
    update_id: id,
    message: {
      message_id: id,
      date: 1_700_000_000,
      chat: { id: 1, type: "private", first_name: "Alice" },
      from: { id: 1, is_bot: false, first_name: "Alice" },
      text: `text ${id}`,
    },
  };
}

export function updates(first: number, last: number): Update[] {
  return Array.from({ length: last - first + 1 }, (_, n) => update(first + n));
}

/** Telegram's no. */
export function refusal(error_code: number, description: string, retry_after?: number): ApiError {
  const parameters = retry_after === undefined ? {} : { retry_after };
  return new ApiError(
    "Call to 'getUpdates' failed!",
    { ok: false, error_code, description, parameters },
    "getUpdates",
    {},
  );
}

/** What a scripted call does: answers, fails, or is never answered. */
export type Step = Update[] | Error | "hang" | ((params: GetUpdatesParams) => Update[]);

/** A Telegram that answers the calls of getUpdates by a script, and then leaves one open. */
export class Script {
  readonly calls: GetUpdatesParams[] = [];
  /** The seconds that were waited between tries; the waits themselves are skipped. */
  readonly waits: number[] = [];
  readonly stop: AbortController = new AbortController();
  readonly #steps: Step[];
  readonly #over = Promise.withResolvers<void>();
  #aborted = false;

  constructor(...steps: Step[]) {
    this.#steps = steps;
  }

  /** Whether the open call was aborted. */
  get aborted(): boolean {
    return this.#aborted;
  }

  /** Resolves when the script has been played and one more call is open. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  readonly getUpdates = (params: GetUpdatesParams, signal: AbortSignal): Promise<Update[]> => {
    this.calls.push(params);
    const step = this.#steps.shift();
    if (step === undefined) this.#over.resolve();
    if (step === undefined || step === "hang") {
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          this.#aborted = true;
          reject(signal.reason);
        });
      });
    }
    if (step instanceof Error) return Promise.reject(step);
    return Promise.resolve(typeof step === "function" ? step(params) : step);
  };

  readonly sleep = (seconds: number): Promise<void> => {
    this.waits.push(seconds);
    return Promise.resolve();
  };

  /** Polls by the script, and stops when it is over. */
  async play(config: Partial<PollingConfig> = {}): Promise<Polling> {
    const polling = this.polling(config);
    const run = polling.run(this.stop.signal);
    await Promise.race([this.over, run]);
    this.stop.abort();
    await run;
    return polling;
  }

  polling(config: Partial<PollingConfig> = {}): Polling {
    return new Polling({
      getUpdates: this.getUpdates,
      accept: () => Promise.resolve(),
      confirm: "fetched",
      sleep: this.sleep,
      ...config,
    });
  }
}
