import type { WebhookReplyEnvelope } from "../api/options.ts";
import { logger } from "../base/log.ts";
import { type Bot, handledAtOnce } from "../bot.ts";
import type { Context } from "../context/context.ts";
import type { Release, UserLock } from "../lanes/user_lock.ts";
import { BotError } from "../middleware/bot_error.ts";
import type { MaybePromise } from "../middleware/types.ts";
import { HandlerClock, type TimeMark } from "./handler_clock.ts";
import type { Unit } from "./unit.ts";

const log = logger("run");

/** Options of {@linkcode Handler}. */
export interface HandlerConfig {
  /** How many seconds a handler may take. Default: no limit. */
  handlerTimeoutSeconds?: number;
  /** For how many seconds it may clean up after that. Default: 5. */
  graceSeconds?: number;
  /** After how many seconds a handler is reported as slow. Default: 60. */
  slowSeconds?: number;
  /** Held around the handlers of each update that has an ordering key. Default: none. */
  lock?: UserLock;
}

/** An update that failed, and that `bot.catch` did not settle. */
export interface Failure {
  readonly error: unknown;
  /** Whether it is in the log already. */
  readonly logged: boolean;
}

/**
 * Passes updates to a bot and sees to it that each ends: with the error handler asked about errors,
 * within its time, and with the user's lock held.
 */
export class Handler<C extends Context> {
  readonly #bot: Bot<C>;
  readonly #clock: HandlerClock;
  readonly #limited: boolean;
  readonly #lock: UserLock | undefined;

  constructor(bot: Bot<C>, config: HandlerConfig) {
    this.#bot = bot;
    this.#clock = new HandlerClock(marks(config));
    this.#limited = config.handlerTimeoutSeconds !== undefined;
    this.#lock = config.lock;
  }

  /** Aborts what is being handled. */
  abort(reason: Error): void {
    for (const unit of this.#clock.units) unit.abort(reason);
  }

  /**
   * Handles an update. Returns `undefined` if its handlers waited for nothing; else resolves when they
   * have ended, or have been given up, with how the update failed if it did. Never rejects.
   */
  handle(
    unit: Unit,
    envelope?: WebhookReplyEnvelope,
  ): Promise<Failure | undefined> | undefined {
    const handling = this.#lock === undefined || unit.key === undefined
      ? this.#bot.handleUpdate(unit.update, envelope, unit)
      : this.#handleLocked(this.#lock, unit.key, unit, envelope);
    if (handling === handledAtOnce) return undefined;
    this.#clock.begin(unit);
    const settled = this.#settle(unit, handling);
    if (!this.#limited) return settled;
    return new Promise((resolve) => {
      // Not assigned as it is made: V8 puts such a function among the old objects, and with it, until
      // a full collection, everything that it can reach.
      const letGo = (error: Error | undefined) => resolve({ error, logged: true });
      unit.letGo = letGo;
      settled.then(resolve);
    });
  }

  async #handleLocked(
    lock: UserLock,
    key: string,
    unit: Unit,
    envelope: WebhookReplyEnvelope | undefined,
  ): Promise<void> {
    const release = await unit.wait(lock.acquire(key, { signal: unit.signal }));
    try {
      // A lock that does not heed the signal may come when nobody waits for it any more.
      if (unit.refusal !== undefined) throw unit.refusal;
      await this.#bot.handleUpdate(unit.update, envelope, unit);
    } finally {
      await released(release, key);
    }
  }

  async #settle(unit: Unit, handling: Promise<void>): Promise<Failure | undefined> {
    try {
      await handling;
    } catch (error) {
      const failure = await this.#failed(error);
      if (failure !== undefined) return failure;
      unit.dropWrites();
    } finally {
      this.#clock.end(unit);
    }
    // It ended, but too late: nobody can tell what it has left out.
    return unit.refusal === undefined ? undefined : { error: unit.refusal, logged: true };
  }

  /** If `bot.catch` returns, the update is done; else it has failed. */
  async #failed(error: unknown): Promise<Failure | undefined> {
    if (!(error instanceof BotError)) return { error, logged: false };
    try {
      await this.#bot.errorHandler(error);
      return undefined;
    } catch (thrown) {
      return { error: thrown === error ? error.error : thrown, logged: false };
    }
  }
}

async function released(release: Release, key: string): Promise<void> {
  try {
    await release();
  } catch (error) {
    log.error("Cannot release the lock of {key}: {error}", { key, error });
  }
}

function marks(
  { slowSeconds = 60, handlerTimeoutSeconds: timeoutSeconds, graceSeconds = 5 }: HandlerConfig,
): TimeMark[] {
  const slow: TimeMark = {
    seconds: slowSeconds,
    reached: (unit) =>
      log.warn("Handling {update} has taken {seconds} s, and holds up its lane.", {
        update: unit.describe(),
        seconds: slowSeconds,
      }),
  };
  if (timeoutSeconds === undefined) return [slow];
  const limits: TimeMark[] = [{
    seconds: timeoutSeconds,
    reached: (unit) => {
      const update = unit.describe();
      log.error(
        "Handling {update} has taken {seconds} s: its signal is aborted, its API calls are " +
          "refused, and it counts as failed.",
        { update, seconds: timeoutSeconds },
      );
      const reason = new Error(`Handling ${update} took longer than ${timeoutSeconds} s.`);
      reason.name = "TimeoutError";
      unit.abort(reason);
    },
  }, {
    seconds: timeoutSeconds + graceSeconds,
    reached: (unit) => {
      log.error("Handling {update} does not end; its lane goes on without it.", {
        update: unit.describe(),
      });
      unit.letGo?.(unit.refusal);
    },
  }];
  return slowSeconds < timeoutSeconds ? [slow, ...limits] : limits;
}

/** What a {@linkcode Handler} returned, as one kind of thing. */
export type Handled = MaybePromise<Failure | undefined>;
