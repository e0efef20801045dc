import type { Context } from "../../context/context.ts";
import type { UpdateKind } from "../../context/update_kind.ts";
import type { MaybePromise, MiddlewareFn } from "../types.ts";

/** Which updates something may match, at most; what is absent limits nothing. */
export interface Reach {
  /** The kinds of updates. */
  readonly kinds?: ReadonlySet<UpdateKind>;
  /** The keys (`keyOf`) of their texts. */
  readonly keys?: ReadonlySet<string>;
}

/**
 * A built-in test, which is known to fail outside its reach and there is not even asked. It has no
 * side effects, except that it sets `ctx.match` when it passes.
 */
export interface Guard {
  readonly reach: Reach;
  readonly test: (ctx: Context) => boolean;
}

/** A test of the user's. It may have side effects, so it is asked whenever its turn comes. */
export type Predicate = (ctx: Context) => MaybePromise<boolean>;

/** One link of a chain: a function to call, or a chain in itself, which may stand behind a test. */
export interface Link {
  readonly fn?: MiddlewareFn;
  readonly inner?: Links;
  readonly guard?: Guard;
  readonly predicate?: Predicate;
}

/** The links of a chain, in order. */
export interface Links {
  readonly links: readonly Link[];
  /** Set once a layout has been made of it, which a further link therefore outdates. */
  laidOut: boolean;
}
