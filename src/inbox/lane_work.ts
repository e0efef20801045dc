import type { Update } from "../api/types.ts";
import type { Backoff } from "../base/backoff.ts";
import { logger } from "../base/log.ts";
import { sleep } from "../base/sleep.ts";
import { kindOf } from "../context/update_kind.ts";
import type { Lanes } from "../lanes/lanes.ts";
import type { BotId, SessionWrite, Settled, Store } from "../store/store.ts";
import { Attempt, type Handle, type Verdict } from "./attempt.ts";
import {
  conflictPauseSeconds,
  errorText,
  maxConflicts,
  maxDeaths,
  retryInSeconds,
  storeBackoff,
} from "./failure.ts";
import { LaneSlot, Waits } from "./lane_slot.ts";
import { type Lease, LeaseLostError } from "./lease.ts";
import type { InHand, OwnedLane } from "./owned_lane.ts";
import { upgradeIn } from "./supergroup.ts";

const log = logger("inbox");

/** Options of {@linkcode LaneWork}. */
export interface LaneWorkConfig {
  readonly store: Store;
  readonly bot: BotId;
  readonly lease: Lease;
  /** Bounds how many updates are handled at once. */
  readonly slots: Lanes;
  readonly handle: Handle;
  /** After how many failures an update becomes a dead letter. */
  readonly maxAttempts: number;
  /** Called when an update will be tried again after some seconds. */
  readonly onRetry: (seconds: number) => void;
  /** Called when a lane has begun to wait without a slot, so that there is room for another. */
  readonly onRoom: () => void;
}

/** What the store has said when a lane is not ours any more. */
const gone: Settled = { outcome: "lost" };

/** Works off lanes: handles their updates one after the other, and settles each in the store. */
export class LaneWork {
  readonly #config: LaneWorkConfig;
  readonly #cut = new AbortController();
  readonly #waits: Waits;
  #warnedOfConflicts = false;

  constructor(config: LaneWorkConfig) {
    this.#config = config;
    this.#waits = new Waits(config.onRoom);
  }

  /** Lanes whose update waits for something without holding a slot, as in `sequentialize`. */
  get suspended(): number {
    return this.#waits.lanes;
  }

  /** Handles what the lane has until it is empty, given up or lost. Never rejects. */
  async run(lane: OwnedLane): Promise<void> {
    for (let next = lane.waiting.shift(); next !== undefined; next = lane.waiting.shift()) {
      const settled = await this.#one(lane, next);
      lane.next();
      if (settled.outcome !== "done") return await this.#giveBack(lane);
      lane.add(settled.next);
    }
  }

  /** From now on nothing is begun or settled: what is in hand stays in the store. */
  cut(): void {
    this.#cut.abort();
  }

  async #one(
    lane: OwnedLane,
    { stored, update = parse(stored.payload) }: InHand,
  ): Promise<Settled> {
    if (update === undefined) {
      return await this.#bury(lane, stored.id, new Error("The stored update is not JSON."));
    }
    if (lane.deaths >= maxDeaths) {
      return await this.#bury(
        lane,
        stored.id,
        new Error(`Its process ended ${lane.deaths} times while it was being handled.`),
      );
    }
    for (let conflicts = 0;; conflicts++) {
      const verdict = await this.#attempt(lane, update);
      if (this.#cut.signal.aborted || verdict.outcome === "cut") return gone;
      if (verdict.outcome === "failed") {
        return await this.#fail(lane, stored.id, stored.failures + 1, update, verdict.error);
      }
      const settled = await this.#complete(lane, stored.id);
      if (settled.outcome !== "conflict") return settled;
      this.#warnOfConflict(update);
      if (conflicts === maxConflicts) {
        const error = new Error(
          `Its session was written by others each of the ${conflicts} times it was handled.`,
        );
        return await this.#fail(lane, stored.id, stored.failures + 1, update, error);
      }
      lane.session = undefined;
      await sleep(conflictPauseSeconds(conflicts), this.#cut.signal);
    }
  }

  #attempt(lane: OwnedLane, update: Update): Promise<Verdict> | Verdict {
    const { lease, slots, handle } = this.#config;
    const attempt = new Attempt(this.#config, lane, update);
    lane.attempt = attempt;
    return slots.pass(undefined, (slot) => {
      if (this.#cut.signal.aborted) return { outcome: "cut" };
      // It may have waited for long, and the lane may be another's.
      if (!lease.is(lane.worker)) {
        attempt.end(new LeaseLostError());
        return { outcome: "failed", error: attempt.over };
      }
      return handle(attempt, new LaneSlot(slot, this.#waits));
    });
  }

  async #complete(lane: OwnedLane, id: number): Promise<Settled> {
    const attempt = lane.attempt!;
    attempt.finish();
    const settled = await this.#untilStored(lane, id, () => this.#commit(lane, id));
    if (settled.outcome === "done") {
      lane.session = attempt.sessions.committed(lane.key) ?? lane.session;
    } else {
      attempt.end(
        new Error("This update is handled again: what its handler does now is too late."),
      );
    }
    return settled;
  }

  /** Asks the store to write what the attempt has staged, and that its update is done. */
  #commit(lane: OwnedLane, id: number): Promise<Settled> {
    const { store, bot } = this.#config;
    const write = (sessions: readonly SessionWrite[]): Promise<Settled> => {
      const more = lane.waiting.length > 0;
      const { isFinal: final } = lane;
      return store.complete(lane.worker, { bot, lane: lane.lane, id, sessions, more, final });
    };
    const writes = lane.attempt!.sessions.writes();
    return writes instanceof Promise ? writes.then(write) : write(writes);
  }

  async #fail(
    lane: OwnedLane,
    id: number,
    failures: number,
    update: Update,
    error: unknown,
  ): Promise<Settled> {
    const { maxAttempts, store, bot, onRetry } = this.#config;
    const isLost = lane.attempt?.over instanceof LeaseLostError;
    lane.attempt?.end(error instanceof Error ? error : new Error(errorText(error)));
    // Not a failure of the update: it is handled again by whoever has the lane now.
    if (isLost) return gone;
    if (failures >= maxAttempts) return await this.#bury(lane, id, error);
    const seconds = retryInSeconds(failures);
    log.warn(
      "Cannot handle {update}, try {failures} of {maxAttempts}. Next in {seconds} s: {error}",
      {
        update: nameOf(update),
        failures,
        maxAttempts,
        seconds: Math.round(10 * seconds) / 10,
        error,
      },
    );
    // The lane waits with it, in order.
    lane.waiting.length = 0;
    const failure = { bot, lane: lane.lane, id, error: errorText(error), more: false };
    const settled = await this.#untilStored(
      lane,
      id,
      () => store.fail(lane.worker, { ...failure, retryInSeconds: seconds }),
    );
    if (settled.outcome === "done") onRetry(seconds);
    return settled;
  }

  async #bury(lane: OwnedLane, id: number, error: unknown): Promise<Settled> {
    const { store, bot } = this.#config;
    log.error("Update {id} is set aside as a dead letter, and its lane goes on: {error}", {
      id,
      error,
    });
    return await this.#untilStored(lane, id, () =>
      store.fail(lane.worker, {
        bot,
        lane: lane.lane,
        id,
        error: errorText(error),
        retryInSeconds: undefined,
        more: lane.waiting.length > 0,
      }));
  }

  /** Repeats while the store fails, for as long as the lane is ours: its handler has run already. */
  async #untilStored(
    lane: OwnedLane,
    id: number,
    settle: () => Promise<Settled>,
  ): Promise<Settled> {
    let backoff: Backoff | undefined;
    for (;;) {
      try {
        return await settle();
      } catch (error) {
        if (backoff === undefined) {
          log.error("Cannot store what became of update {id}, trying on: {error}", { id, error });
        }
      }
      backoff ??= storeBackoff();
      await sleep(backoff.next(), this.#cut.signal);
      if (!this.#mayStore(lane)) return gone;
    }
  }

  #mayStore(lane: OwnedLane): boolean {
    return !this.#cut.signal.aborted && this.#config.lease.is(lane.worker);
  }

  /** A lane that is given up while this life goes on would have an owner who never looks at it. */
  async #giveBack(lane: OwnedLane): Promise<void> {
    const backoff = storeBackoff();
    while (this.#mayStore(lane)) {
      try {
        return await this.#config.store.release(lane.worker, [lane.lane]);
      } catch (error) {
        if (backoff.failures === 0) {
          log.error("Cannot give back a lane, trying on: {error}", { error });
        }
      }
      await sleep(backoff.next(), this.#cut.signal);
    }
  }

  #warnOfConflict(update: Update): void {
    // The two messages of one upgrade meet in the store by their nature.
    if (this.#warnedOfConflicts || upgradeIn(update) !== undefined) return;
    this.#warnedOfConflicts = true;
    log.warn(
      "A session was changed by another update while {update} was handled, so that is handled again " +
        "and may send twice. Give run the option orderingKey with the session's key to avoid it.",
      { update: nameOf(update) },
    );
  }
}

function parse(payload: string): Update | undefined {
  try {
    const update = JSON.parse(payload);
    return typeof update === "object" && update !== null ? update : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(update: Update): string {
  return `update ${update.update_id} (${kindOf(update) ?? "unknown kind"})`;
}
