import type { WebhookReplyEnvelope } from "../api/options.ts";
import type { Update } from "../api/types.ts";
import { logger } from "../base/log.ts";
import type { Bot } from "../bot.ts";
import type { Context } from "../context/context.ts";
import { Lanes, type Slot } from "../lanes/lanes.ts";
import type { MaybePromise } from "../middleware/types.ts";
import { type Accept, safeAtOnce } from "../updates/accept.ts";
import type { Destination } from "./destination.ts";
import { type Failure, Handler, type HandlerConfig } from "./handler.ts";
import { keyFinder, type KeyOf } from "./keys.ts";
import { Unit } from "./unit.ts";

const log = logger("run");

/** Polling pauses when this many updates are in hand, and goes on when it is fewer than the second. */
const pauseAt = 10_000;
const resumeBelow = 5_000;
/** As many may be on their way, or here and held back, when it pauses. */
const ahead = 200;

/** Options of {@linkcode Handling}. */
export interface HandlingConfig<C extends Context> extends HandlerConfig {
  /** How many updates are handled at once. Default: 500. */
  concurrency?: number;
  /** Says which updates must not overlap. Default: `orderingKeyOf` the update. */
  orderingKey?: (ctx: C) => MaybePromise<string | undefined>;
  /**
   * Whether {@linkcode Handling.handle} rejects with the error of an update that failed. Default: it
   * is logged, and the update is done.
   */
  rejectFailures?: boolean;
  /** Whether an update is accepted as soon as it is in its lane. Default: when it is handled. */
  acceptQueued?: boolean;
}

/** What became of an update: `"done"` also if it failed for good, `"dropped"` if it never began. */
export type Outcome = "done" | "dropped";

/**
 * Hands updates to a bot: in order within their lane, concurrently otherwise, whatever a handler
 * does. An error is the business of `bot.catch`, and of the log; it stops nothing.
 */
export class Handling<C extends Context> implements Destination {
  readonly accept: Accept;
  readonly needsInit = true;
  readonly #handler: Handler<C>;
  readonly #lanes: Lanes;
  readonly #keyOf: KeyOf;
  readonly #rejectFailures: boolean;
  /** Resolves when the last of the updates whose key is being awaited is in its lane. */
  #arrivals: Promise<unknown> | undefined;
  #arriving = 0;
  #dropping = false;
  #room: { readonly below: number; readonly made: () => void } | undefined;

  constructor(bot: Bot<C>, config: HandlingConfig<C>) {
    this.#handler = new Handler(bot, config);
    this.#lanes = new Lanes({ concurrency: config.concurrency ?? 500 });
    this.#keyOf = keyFinder(bot, config.orderingKey);
    this.#rejectFailures = config.rejectFailures ?? false;
    this.accept = config.acceptQueued ? this.#queue : this.#handleAll;
  }

  /** Updates that are waiting or being handled. */
  get size(): number {
    return this.#lanes.size + this.#arriving;
  }

  open(): Promise<void> {
    return Promise.resolve();
  }

  /** Resolves as soon as no update is left. */
  async drain(): Promise<void> {
    await this.#arrivals;
    await this.#lanes.idle();
  }

  close(): Promise<void> {
    return Promise.resolve();
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
    this.#handler.abort(reason);
  }

  /** Accepted when in their lanes; while too many are, the promise keeps polling from going on. */
  readonly #queue = (updates: readonly Update[]): Promise<void> => {
    for (const update of updates) this.handle(update);
    return this.size > pauseAt - ahead ? this.#sizeBelow(resumeBelow) : Promise.resolve();
  };

  /** Accepted when handled. */
  readonly #handleAll: Accept = (updates, envelope) => {
    if (updates.length > 1) {
      return Promise.all(updates.map((update) => this.handle(update, envelope))).then(requireDone);
    }
    // A webhook's only one: without a promise if it is handled without one.
    const outcome = this.handle(updates[0]!, envelope);
    return outcome instanceof Promise
      ? outcome.then((outcome) => requireDone([outcome]))
      : outcome === "done"
      ? safeAtOnce
      : Promise.reject(dropped());
  };

  /** Resolves as soon as fewer than `count` updates are left; one can wait at a time. */
  #sizeBelow(count: number): Promise<void> {
    if (this.size < count) return Promise.resolve();
    return new Promise((made) => {
      this.#room = { below: count, made };
    });
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

  #run(
    key: string | undefined,
    update: Update,
    envelope: WebhookReplyEnvelope | undefined,
    slot: Slot,
  ): MaybePromise<Outcome> {
    if (this.#dropping) return "dropped";
    const unit = new Unit(update, key, slot);
    const handled = this.#handler.handle(unit, envelope);
    if (handled === undefined) return this.#done();
    return handled.then((failure) => {
      this.#done();
      return failure === undefined ? "done" : this.#fail(unit, failure);
    });
  }

  #done(): Outcome {
    // This one still counts.
    if (this.#room !== undefined && this.size <= this.#room.below) {
      this.#room.made();
      this.#room = undefined;
    }
    return "done";
  }

  #fail(unit: Unit, { error, logged }: Failure): Outcome {
    if (this.#rejectFailures) throw error;
    if (!logged) log.error("Cannot handle {update}: {error}", { update: unit.describe(), error });
    return "done";
  }
}

function requireDone(outcomes: readonly Outcome[]): void {
  if (outcomes.includes("dropped")) throw dropped();
}

function dropped(): Error {
  return new Error("The bot stopped before it was handled.");
}
