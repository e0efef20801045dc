import { Roster } from "../base/roster.ts";
import type { Unit } from "./unit.ts";

/** What is done about a handler that has taken some seconds. */
export interface TimeMark {
  readonly seconds: number;
  readonly reached: (unit: Unit) => void;
}

/**
 * Watches how long handlers take. One coarse timer looks at all that are running, because a timer
 * for each would cost more than most handlers do; it exists only while a mark is to be reached, so
 * that a handler that never ends keeps no process alive.
 */
export class HandlerClock {
  readonly #marks: readonly TimeMark[];
  readonly #tick: number;
  readonly #units = new Roster<Unit>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param marks In the order in which they are reached */
  constructor(marks: readonly TimeMark[]) {
    this.#marks = marks;
    this.#tick = Math.min(1000, ...marks.map(({ seconds }) => 100 * seconds));
  }

  /** The handlers that are watched. */
  get units(): Iterable<Unit> {
    return this.#units;
  }

  /** Begins to watch a handler. */
  begin(unit: Unit): void {
    unit.startClock();
    this.#units.add(unit);
    this.#timer ??= setInterval(() => this.#look(), this.#tick);
  }

  /** Watches it no more. */
  end(unit: Unit): void {
    this.#units.delete(unit);
    if (this.#units.size === 0) this.#rest();
  }

  #look(): void {
    const now = performance.now();
    let marksLeft = false;
    for (const unit of this.#units) {
      const mark = this.#marks[unit.marks];
      if (mark === undefined) continue;
      marksLeft = true;
      if (unit.spentAt(now) < mark.seconds * 1000) continue;
      unit.marks++;
      mark.reached(unit);
    }
    if (!marksLeft) this.#rest();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
