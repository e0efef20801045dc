import { isThenable } from "../../base/thenable.ts";
import type { Context } from "../../context/context.ts";
import type { UpdateKind } from "../../context/update_kind.ts";
import type { MiddlewareFn, NextFunction } from "../types.ts";
import type { Entry } from "./entry.ts";
import { soleKindOf } from "./key.ts";
import type { Layout } from "./layout.ts";
import { type Entries, lookUp, type Plan } from "./plan.ts";

const resolved: Promise<void> = Promise.resolve();

// Handlers that call `next` before they wait for anything stand on one another on the stack: at
// this height the next one begins on a fresh stack.
const highest = 200;
let height = 0;

/**
 * One update on its way through a layout.
 *
 * Nothing is built for an update but this object. It has a cursor into the plan's general entries
 * and one into those filed under the update's text, and takes the entry with the lower place.
 */
export class Run {
  readonly #layout: Layout;
  readonly #ctx: Context;
  readonly #last: NextFunction | undefined;
  #plan!: Plan;
  #kind: UpdateKind | undefined;
  #text: string | undefined;
  #general!: Entries;
  #keyed!: Entries;

  /**
   * @param layout What to run
   * @param ctx The update's context
   * @param last What follows the last entry
   */
  constructor(layout: Layout, ctx: Context, last: NextFunction | undefined) {
    this.#layout = layout;
    this.#ctx = ctx;
    this.#last = last;
    this.#kind = soleKindOf(ctx.update);
    this.#follow(this.#kind === undefined ? layout.everything : layout.planFor(this.#kind));
  }

  /** Runs the first entry; it runs the others by calling `next`. */
  start(): unknown {
    return this.#proceed(0, 0, 0);
  }

  /**
   * Goes on to the first function at `from` or after it that does not stand behind a failed test.
   * The cursors may be anywhere up to there.
   */
  #proceed(from: number, general: number, keyed: number): unknown {
    for (;;) {
      while (this.#general[general]!.index < from) general++;
      while (this.#keyed[keyed]!.index < from) keyed++;
      let entry = this.#general[general]!;
      if (this.#keyed[keyed]!.index < entry.index) entry = this.#keyed[keyed]!;

      if (entry.fn !== undefined) return this.#call(entry, entry.fn, general, keyed);
      if (entry.test === undefined) return this.#last?.();
      const passed = entry.test(this.#ctx);
      if (isThenable(passed)) {
        return Promise.resolve(passed).then((passed) =>
          this.#resume(passed ? entry.index + 1 : entry.end, entry, general, keyed)
        );
      }
      from = passed ? entry.index + 1 : entry.end;
      if (!entry.guards && this.#replan(entry, from)) general = keyed = 0;
    }
  }

  #call(entry: Entry, fn: MiddlewareFn, general: number, keyed: number): unknown {
    if (height === highest) return resolved.then(() => this.#call(entry, fn, general, keyed));
    let called = false;
    const next = (): Promise<void> => {
      if (called) throw new Error(calledTwice(fn));
      called = true;
      try {
        const result = this.#resume(entry.index + 1, entry, general, keyed);
        return isThenable(result) ? Promise.resolve(result) as Promise<void> : resolved;
      } catch (error) {
        return Promise.reject(error);
      }
    };
    height++;
    try {
      return fn(this.#ctx, next);
    } finally {
      height--;
    }
  }

  /** Goes on at `from`, after the user's code at `entry` has run. */
  #resume(from: number, entry: Entry, general: number, keyed: number): unknown {
    if (this.#replan(entry, from)) general = keyed = 0;
    return this.#proceed(from, general, keyed);
  }

  /** Follows another plan if the user's code at `entry` has changed the update's kind or text. */
  #replan(entry: Entry, from: number): boolean {
    const { everything } = this.#layout;
    if (this.#plan === everything) return false;
    const kind = soleKindOf(this.#ctx.update);
    if (kind === this.#kind && this.#readText() === this.#text) return false;
    this.#kind = kind;
    // Entries behind a guard are filed by what it leaves to them. That guard has let the update
    // pass as it was before, and is not asked again.
    const behindGuard = standsBehindGuard(entry, from);
    this.#follow(kind === undefined || behindGuard ? everything : this.#layout.planFor(kind));
    return true;
  }

  #follow(plan: Plan): void {
    this.#plan = plan;
    this.#text = this.#readText();
    this.#general = plan.general;
    this.#keyed = lookUp(plan, this.#text);
  }

  #readText(): string | undefined {
    if (this.#kind === undefined) return undefined;
    return this.#plan.source?.(this.#ctx.update[this.#kind]);
  }
}

/** Whether a guard that `entry` stands behind has more behind it, from the place `from` on. */
function standsBehindGuard(entry: Entry, from: number): boolean {
  for (let test = entry.parent; test !== undefined; test = test.parent) {
    if (test.guards && test.end > from) return true;
  }
  return false;
}

function calledTwice(fn: MiddlewareFn): string {
  return `Cannot call next() twice for one update: the middleware ${
    fn.name || "(anonymous)"
  } has ` +
    "already passed it on. Keep the promise of the first call, or return after it.";
}
