import type { MiddlewareFn } from "../types.ts";
import type { Predicate, Reach } from "./link.ts";

/**
 * One step of a layout: a function to call (`fn`), or a `test` which, when it fails, skips
 * everything up to `end`. The places of entries are the order in which they were registered.
 */
export interface Entry {
  /** Its place. */
  readonly index: number;
  readonly fn: MiddlewareFn | undefined;
  readonly test: Predicate | undefined;
  /** Whether the test is a guard: to be left out where nothing behind it can match. */
  readonly guards: boolean;
  /** The place after the last entry behind this test. */
  end: number;
  /** The innermost test that this entry stands behind. */
  readonly parent: Entry | undefined;
  /** What the guards around it leave for it to match. */
  readonly reach: Reach;
}

/** Stands at the end of every list of entries, so that reading on needs no check of the length. */
export const end: Entry = {
  index: Infinity,
  fn: undefined,
  test: undefined,
  guards: false,
  end: Infinity,
  parent: undefined,
  reach: {},
};
