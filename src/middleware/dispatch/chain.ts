import type { Context } from "../../context/context.ts";
import type { UpdateKind } from "../../context/update_kind.ts";
import type { NextFunction } from "../types.ts";
import { type Layout, layOut } from "./layout.ts";
import type { Link, Links } from "./link.ts";
import { Run } from "./run.ts";

// Counts the links that were added to chains already laid out. A layout is outdated once it moves.
// One count for all chains is coarse, but needs no links from a chain to those that contain it; and
// middleware that builds a new composer for each update does not move it.
let changes = 0;

/** A list of middleware that can grow at any time, laid out when it is first run. */
export class Chain implements Links {
  readonly links: Link[] = [];
  laidOut = false;
  #layout: Layout | undefined;
  #changesBefore = 0;

  /** Adds a link at the end. Updates that are being handled do not see it. */
  add(link: Link): void {
    this.links.push(link);
    if (this.laidOut) changes++;
  }

  /** Runs the middleware on one update; `next` follows the last. Returns what the first returns. */
  run(ctx: Context, next?: NextFunction): unknown {
    return new Run(this.#laidOutNow(), ctx, next).start();
  }

  /** For each handler that waits for certain kinds of updates only: these kinds. */
  get awaitedKinds(): Set<ReadonlySet<UpdateKind>> {
    return this.#laidOutNow().awaitedKinds;
  }

  #laidOutNow(): Layout {
    if (this.#layout === undefined || this.#changesBefore !== changes) {
      this.#layout = layOut(this);
      this.#changesBefore = changes;
    }
    return this.#layout;
  }
}
