import type { SimulatorClock } from "./clock.ts";
import { conflict } from "./errors.ts";
import type { Params } from "./params.ts";
import { RawJson } from "./raw_json.ts";
import type { UpdateQueue } from "./update_queue.ts";

/** A call of getUpdates that waits for an update. */
interface WaitingPoll {
  offset: number;
  limit: number;
  resolve: (answer: RawJson) => void;
  reject: (error: Error) => void;
  /** Takes back the end of its waiting time. */
  cancel: () => void;
}

const longestTimeout = 50;
/** An answer is cut at about this many characters, however many updates wait. */
const longestAnswer = 4 * 2 ** 20;
/** An offset this far beyond the next id is taken for a mistake. */
const farAhead = 10;
const farBehind = 100_000;

/** getUpdates of one bot: confirming by offset, long polling, and the quarrel of two pollers. */
export class Polling {
  readonly #queue: UpdateQueue;
  readonly #clock: SimulatorClock;
  #waiting: WaitingPoll | undefined;
  #previous: { offset: number; began: number } | undefined;
  #lastConflict = -Infinity;
  /** Gathers updates that come at nearly the same time into one answer. */
  #gathering: { timer: ReturnType<typeof setTimeout>; last: number } | undefined;

  constructor(queue: UpdateQueue, clock: SimulatorClock) {
    this.#queue = queue;
    this.#clock = clock;
  }

  /** Is a long poll waiting for updates? */
  get waiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Carries out getUpdates; `allowed_updates` and an active webhook have been seen to. */
  getUpdates(params: Params): RawJson | Promise<RawJson> {
    const offset = params.integer("offset");
    let limit = params.integer("limit", 100, 1, 100);
    let timeout = params.integer("timeout", 0, 0, longestTimeout);
    const now = this.#clock.now();
    const previous = this.#previous;
    if (previous?.offset === offset) {
      // Who asks the same again too soon is not refused but slowed down.
      if (now < previous.began + 3 && timeout < 3) timeout = 3;
      if (now < previous.began + 0.5) limit = 1;
    }
    this.#previous = { offset, began: now };

    const answer = this.#read(offset, limit);
    if (answer !== undefined || timeout === 0) return answer ?? emptyAnswer;
    this.end(
      "terminated by other getUpdates request; make sure that only one bot instance is running",
    );
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(timeout, () => this.release());
      this.#waiting = { offset, limit, resolve, reject, cancel };
    });
  }

  /** An update has been stored: the waiting poll answers in 1 ms, or 2 ms if more updates follow. */
  wake(): void {
    if (this.#waiting === undefined) return;
    const now = performance.now();
    const last = this.#gathering?.last ?? now + 2;
    if (this.#gathering !== undefined) {
      if (now + 1 > last) return;
      clearTimeout(this.#gathering.timer);
    }
    // In real time even when the simulator's clock stands still: nobody should have to advance it
    // for an update to arrive.
    this.#gathering = { timer: setTimeout(() => this.release(), 1), last };
  }

  /** Answers the waiting poll with what is there. */
  release(): void {
    const poll = this.#take();
    poll?.resolve(this.#read(poll.offset, poll.limit) ?? emptyAnswer);
  }

  /** Ends the waiting poll with a conflict. */
  end(reason: string): void {
    const poll = this.#take();
    if (poll === undefined) return;
    const now = this.#clock.now();
    const wait = now < this.#lastConflict + 3 ? 3 : 0;
    this.#lastConflict = now;
    if (wait === 0) poll.reject(conflict(reason));
    else this.#clock.after(wait, () => poll.reject(conflict(reason)));
  }

  #take(): WaitingPoll | undefined {
    const poll = this.#waiting;
    this.#waiting = undefined;
    poll?.cancel();
    if (this.#gathering !== undefined) clearTimeout(this.#gathering.timer);
    this.#gathering = undefined;
    return poll;
  }

  /** Confirms what is below the offset and reads what comes next; `undefined` for nothing. */
  #read(offset: number, limit: number): RawJson | undefined {
    const queue = this.#queue;
    let from = 0;
    if (offset < 0) {
      queue.keepLast(-offset);
    } else if (
      offset > 0 && offset <= queue.nextId + farAhead && offset >= queue.oldestId - farBehind
    ) {
      queue.deleteBefore(offset);
      from = offset;
    }
    const updates = queue.read(from, limit);
    if (updates.length === 0) return undefined;
    let size = 2;
    const texts: string[] = [];
    for (const { json } of updates) {
      size += json.length + 2;
      if (texts.length > 0 && size > longestAnswer) break;
      texts.push(json);
    }
    return new RawJson(`[${texts.join(",\n")}]`);
  }
}

const emptyAnswer = new RawJson("[]");
