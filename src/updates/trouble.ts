import { ApiError } from "../api/errors.ts";
import { Backoff } from "../base/backoff.ts";
import { logger } from "../base/log.ts";
import { sleep } from "../base/sleep.ts";

const log = logger("updates");

/** A warning of the same kind is repeated after this many milliseconds, not at every failed try. */
const quietFor = 60_000;

/** No try is cheaper than this while another program stands in the way. */
const conflictPause = { firstSeconds: 1, capSeconds: 30 };

/**
 * Judges the failures of a call that is to be repeated until it works: how long to wait, what to
 * say, and when there is no hope.
 */
export class Trouble {
  readonly #what: string;
  readonly #failure = new Backoff();
  readonly #conflict = new Backoff(conflictPause);
  readonly #said = new Map<string, number>();

  /** @param what What the call is to achieve, in the words of an error: "receive updates" */
  constructor(what: string) {
    this.#what = what;
  }

  /**
   * Says what went wrong, and returns the seconds to wait before the next try.
   *
   * @throws {ApiError} If another try makes no sense: the token is not accepted.
   */
  after(error: unknown): number {
    if (!(error instanceof ApiError)) return this.#afterFailure(error);
    switch (error.error_code) {
      // Telegram answers 401 or, if the token's form is wrong, 404; a server of one's own that serves
      // only some bots answers 421.
      case 401:
      case 404:
      case 421:
        throw this.#hopeless(error);
      case 409:
        return this.#afterConflict(error.description);
      case 429: {
        const seconds = Math.max(1, error.parameters.retry_after ?? 1);
        this.#say("warn", "flood", "Telegram wants fewer calls. Trying again in {seconds} s.", {
          seconds,
        });
        return seconds;
      }
      default:
        return this.#afterFailure(error);
    }
  }

  /** To be called when the call has worked. */
  over(): void {
    if (this.#failure.failures + this.#conflict.failures > 0) {
      log.info("It works again to {what}.", { what: this.#what });
    }
    this.#failure.reset();
    this.#conflict.reset();
  }

  #hopeless(error: ApiError): ApiError {
    const hint = error.error_code === 404
      ? "The bot's token is malformed, or what answers at the API root is no Bot API server. " +
        "Check both"
      : "The bot's token is wrong or was revoked. Get the valid one from @BotFather";
    return new ApiError(`Cannot ${this.#what}: ${hint}`, error, error.method, error.payload);
  }

  #afterFailure(error: unknown): number {
    const seconds = this.#failure.next();
    this.#say(
      "warn",
      "failure",
      "Cannot {what}: {reason}. Trying again in {seconds} s, then at least every 30 s.",
      { reason: reasonOf(error), seconds: seconds.toFixed(1) },
    );
    return seconds;
  }

  // The three causes of a 409 have three texts, and three cures.
  #afterConflict(description: string): number {
    const seconds = this.#conflict.next();
    if (/webhook is active/i.test(description)) {
      // It was not there at the start, when it would have been deleted: somebody set it on purpose.
      this.#say(
        "error",
        "webhook",
        "A webhook was set for this bot while it polls, so no updates arrive here any more. If " +
          "that is intended, stop this process; if not, call deleteWebhook or start it again. " +
          "Trying again at least every 30 s.",
      );
    } else if (/setWebhook/i.test(description)) {
      this.#say(
        "warn",
        "setWebhook",
        "The open poll was ended because setWebhook or deleteWebhook was called for this bot. " +
          "Polling goes on.",
      );
    } else {
      this.#say(
        "warn",
        "poller",
        "Another poller uses the same bot token, in another process or in this one, and only one can " +
          "receive updates. Stop the other one; during a deployment it ends by itself. Trying again " +
          "at least every 30 s.",
      );
    }
    return seconds;
  }

  #say(
    level: "warn" | "error",
    kind: string,
    message: string,
    details: Record<string, unknown> = {},
  ): void {
    const now = performance.now();
    if (now - (this.#said.get(kind) ?? -Infinity) < quietFor) return;
    this.#said.set(kind, now);
    log[level](message, { what: this.#what, ...details });
  }
}

/**
 * Repeats a call until it works, waiting as {@linkcode Trouble} says. A call that is not answered
 * within `limitSeconds` is cut and repeated: a server that takes connections and says nothing would
 * else keep a bot from starting, without a word, for as long as a call may take.
 */
export async function untilDone<T>(
  what: string,
  call: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
  limitSeconds = 30,
): Promise<T> {
  const trouble = new Trouble(what);
  for (;;) {
    const limit = new AbortController();
    const reason = new DOMException(`more than ${limitSeconds} s`, "TimeoutError");
    const timer = setTimeout(() => limit.abort(reason), limitSeconds * 1000);
    try {
      signal?.throwIfAborted();
      const result = await call(signal ? AbortSignal.any([signal, limit.signal]) : limit.signal);
      trouble.over();
      return result;
    } catch (error) {
      signal?.throwIfAborted();
      clearTimeout(timer);
      await sleep(trouble.after(error), signal);
    } finally {
      clearTimeout(timer);
    }
  }
}

function reasonOf(error: unknown): string {
  const text = error instanceof ApiError
    ? `${error.error_code}: ${error.description}`
    : error instanceof Error
    ? error.message
    : String(error);
  return text.replace(/\.$/, "");
}
