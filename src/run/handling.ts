import type { WebhookReplyEnvelope } from "../api/options.ts";
import type { Update } from "../api/types.ts";
import { logger } from "../base/log.ts";
import { type Bot, createContext, handledAtOnce } from "../bot.ts";
import type { Context } from "../context/context.ts";
import { orderingKeyOf } from "../context/ordering_key.ts";
import { Lanes, type Slot } from "../lanes/lanes.ts";
import { BotError } from "../middleware/bot_error.ts";
import type { MaybePromise } from "../middleware/types.ts";
import { HandlerClock, type TimeMark } from "./handler_clock.ts";
import { Unit } from "./unit.ts";

const log = logger("run");

/** Options of {@linkcode Handling}. */
export interface HandlingConfig<C extends Context> {
  /** How many updates are handled at once. Default: 500. */
  concurrency?: number;
  /** Says which updates must not overlap. Default: `orderingKeyOf` the update. */
  orderingKey?: (ctx: C) => MaybePromise<string | undefined>;
  /** How many seconds a handler may take. Default: no limit. */
  handlerTimeoutSeconds?: number;
  /** For how many seconds it may clean up after that. Default: 5. */
  graceSeconds?: number;
  /** After how many seconds a handler is reported as slow. Default: 60. */
  slowSeconds?: number;
  /**
   * Whether {@linkcode Handling.handle} rejects with the error of an update that failed. Default: it
   * is logged, and the update is done.
   */
  rejectFailures?: boolean;
}

/** What became of an update: `"done"` also if it failed for good, `"dropped"` if it never began. */
export type Outcome = "done" | "dropped";

/**
 * Hands updates to a bot: in order within their lane, concurrently otherwise, whatever a handler
 * does. An error is the business of `bot.catch`, and of the log; it stops nothing.
 */
export class Handling<C extends Context> {
  readonly #bot: Bot<C>;
  readonly #lanes: Lanes;
  readonly #orderingKey: HandlingConfig<C>["orderingKey"];
  readonly #clock: HandlerClock;
  readonly #limited: boolean;
  readonly #rejectFailures: boolean;
  /** Resolves when the last of the updates whose key is being awaited is in its lane. */
  #arrivals: Promise<unknown> | undefined;
  #arriving = 0;
  #dropping = false;
  #room: { readonly below: number; readonly made: () => void } | undefined;

  constructor(bot: Bot<C>, config: HandlingConfig<C>) {
    this.#bot = bot;
    this.#lanes = new Lanes({ concurrency: config.concurrency ?? 500 });
    this.#orderingKey = config.orderingKey;
    this.#clock = new HandlerClock(this.#marks(config));
    this.#limited = config.handlerTimeoutSeconds !== undefined;
    this.#rejectFailures = config.rejectFailures ?? false;
  }

  /** Updates that are waiting or being handled. */
  get size(): number {
    return this.#lanes.size + this.#arriving;
  }

  /** Resolves as soon as no update is left. */
  async idle(): Promise<void> {
    await this.#arrivals;
    await this.#lanes.idle();
  }

  /** Resolves as soon as fewer than `count` updates are left; one can wait at a time. */
  sizeBelow(count: number): Promise<void> {
    if (this.size < count) return Promise.resolve();
    return new Promise((made) => {
      this.#room = { below: count, made };
    });
  }

  /**
   * Handles an update when its turn comes. Without a promise if that is now, and its handlers wait
   * for nothing. Rejects only if it was to, by `rejectFailures`.
   */
  handle(update: Update, envelope?: WebhookReplyEnvelope): MaybePromise<Outcome> {
    const key = this.#keyOf(update);
    if (key instanceof Promise || this.#arrivals !== undefined) {
      return this.#pushInTurn(key, update, envelope);
    }
    return this.#push(key, update, envelope);
  }

  /** Aborts what is being handled, and drops what waits. */
  cut(reason: Error): void {
    this.#dropping = true;
    for (const unit of this.#clock.units) unit.abort(reason);
  }

  #push(
    key: string | undefined,
    update: Update,
    envelope: WebhookReplyEnvelope | undefined,
  ): MaybePromise<Outcome> {
    return this.#lanes.pass(key, (slot) => this.#run(key, update, envelope, slot));
  }

  /** An update whose key is there at once does not overtake one whose key is awaited. */
  #pushInTurn(
    key: MaybePromise<string | undefined>,
    update: Update,
    envelope: WebhookReplyEnvelope | undefined,
  ): Promise<Outcome> {
    this.#arriving++;
    return new Promise((resolve) => {
      const arrival = Promise.all([key, this.#arrivals]).then(([key]) => {
        this.#arriving--;
        if (this.#arrivals === arrival) this.#arrivals = undefined;
        resolve(this.#push(key, update, envelope));
      });
      this.#arrivals = arrival;
    });
  }

  #keyOf(update: Update): MaybePromise<string | undefined> {
    if (this.#orderingKey === undefined) return defaultKey(update);
    const failed = (error: unknown): string | undefined => {
      log.error("orderingKey failed for update {id}, which gets the default key: {error}", {
        id: update.update_id,
        error,
      });
      return defaultKey(update);
    };
    try {
      const key = this.#orderingKey(createContext(this.#bot, update));
      return key instanceof Promise ? key.catch(failed) : key;
    } catch (error) {
      return failed(error);
    }
  }

  #run(
    key: string | undefined,
    update: Update,
    envelope: WebhookReplyEnvelope | undefined,
    slot: Slot,
  ): MaybePromise<Outcome> {
    if (this.#dropping) return "dropped";
    const unit = new Unit(update, key, slot);
    const handling = this.#bot.handleUpdate(update, envelope, unit);
    if (handling === handledAtOnce) return this.#done();
    this.#clock.begin(unit);
    const done = this.#settle(unit, handling);
    if (!this.#limited) return done;
    return new Promise((resolve, reject) => {
      unit.letGo = () => resolve("done");
      done.then(resolve, reject);
    });
  }

  async #settle(unit: Unit, handling: Promise<void>): Promise<Outcome> {
    try {
      await handling;
    } catch (error) {
      await this.#fail(unit, error);
    } finally {
      this.#clock.end(unit);
      this.#done();
    }
    return "done";
  }

  #done(): Outcome {
    // This one still counts.
    if (this.#room !== undefined && this.size <= this.#room.below) {
      this.#room.made();
      this.#room = undefined;
    }
    return "done";
  }

  /** If `bot.catch` returns, the update is done; else it has failed. */
  async #fail(unit: Unit, error: unknown): Promise<void> {
    let reason = error;
    if (error instanceof BotError) {
      try {
        await this.#bot.errorHandler(error);
        return;
      } catch (thrown) {
        reason = thrown === error ? error.error : thrown;
      }
    }
    if (this.#rejectFailures) throw reason;
    log.error("Cannot handle {update}: {error}", { update: unit.describe(), error: reason });
  }

  #marks(config: HandlingConfig<C>): TimeMark[] {
    const { slowSeconds = 60, handlerTimeoutSeconds: timeoutSeconds, graceSeconds = 5 } = config;
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
        unit.letGo?.();
      },
    }];
    return slowSeconds < timeoutSeconds ? [slow, ...limits] : limits;
  }
}

function defaultKey(update: Update): string | undefined {
  try {
    return orderingKeyOf(update);
  } catch {
    // Something posted to a webhook that only looks like an update; the middleware will see.
    return undefined;
  }
}
