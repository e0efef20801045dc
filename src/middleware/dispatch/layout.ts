import type { UpdateKind } from "../../context/update_kind.ts";
import type { Entry } from "./entry.ts";
import type { Link, Links, Reach } from "./link.ts";
import { makePlan, type Plan, planForAll } from "./plan.ts";

/** All links of a chain and of the chains within it, in one list, with plans for running them. */
export class Layout {
  /** Tries every entry, and so needs no knowledge of the update. */
  readonly everything: Plan;
  readonly #entries: readonly Entry[];
  readonly #plans: Map<UpdateKind, Plan> = new Map();

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
    this.everything = planForAll(entries);
  }

  /** For each handler that waits for certain kinds of updates only: these kinds. */
  get awaitedKinds(): Set<ReadonlySet<UpdateKind>> {
    const handlers = this.#entries.filter(({ fn }) => fn !== undefined);
    return new Set(handlers.flatMap(({ reach }) => reach.kinds?.size ? [reach.kinds] : []));
  }

  /** The plan for updates of this kind, made when the first one comes. */
  planFor(kind: UpdateKind): Plan {
    let plan = this.#plans.get(kind);
    if (plan === undefined) {
      plan = makePlan(kind, this.#entries);
      this.#plans.set(kind, plan);
    }
    return plan;
  }
}

/** A chain that is being walked. */
interface Walk {
  readonly chain: Links;
  at: number;
  /** The test that the chain stands behind, at some distance. */
  readonly parent: Entry | undefined;
  /** The test that the chain stands directly behind. */
  readonly test: Entry | undefined;
  readonly reach: Reach;
}

/** Flattens a chain. Not recursive: chains may be nested deeper than the stack. */
export function layOut(root: Links): Layout {
  const entries: Entry[] = [];
  const entered = new Set<Links>();
  const walks: Walk[] = [];
  const enter = (walk: Walk): void => {
    if (entered.has(walk.chain)) {
      throw new Error(
        "Cannot run a composer that is registered inside itself: it would never end. " +
          "Make a new Composer for the inner one.",
      );
    }
    entered.add(walk.chain);
    walk.chain.laidOut = true;
    walks.push(walk);
  };

  enter({ chain: root, at: 0, parent: undefined, test: undefined, reach: {} });
  for (let walk = walks.at(-1); walk !== undefined; walk = walks.at(-1)) {
    const link: Link | undefined = walk.chain.links[walk.at++];
    if (link === undefined) {
      if (walk.test !== undefined) walk.test.end = entries.length;
      entered.delete(walk.chain);
      walks.pop();
      continue;
    }
    const { fn, inner, guard, predicate } = link;
    const reach = guard === undefined ? walk.reach : intersect(walk.reach, guard.reach);
    const test = guard?.test ?? predicate;
    let parent = walk.parent;
    if (fn !== undefined || test !== undefined) {
      const index = entries.length;
      const entry = { index, fn, test, guards: guard !== undefined, end: index + 1, parent, reach };
      entries.push(entry);
      if (test !== undefined) parent = entry;
    }
    if (inner !== undefined) {
      enter({
        chain: inner,
        at: 0,
        parent,
        test: parent === walk.parent ? undefined : parent,
        reach,
      });
    }
  }
  return new Layout(entries);
}

function intersect(outer: Reach, inner: Reach): Reach {
  return {
    kinds: common(outer.kinds, inner.kinds),
    keys: common(outer.keys, inner.keys),
  };
}

function common<T>(
  one: ReadonlySet<T> | undefined,
  other: ReadonlySet<T> | undefined,
): ReadonlySet<T> | undefined {
  if (one === undefined || other === undefined || one === other) return one ?? other;
  return one.intersection(other);
}
