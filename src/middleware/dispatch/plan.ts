import type { UpdateKind } from "../../context/update_kind.ts";
import { end, type Entry } from "./entry.ts";
import { keyOf, type Source, sourceFor } from "./key.ts";

/** Entries by rising place, with {@linkcode end} as the last. */
export type Entries = readonly Entry[];

/**
 * Which entries to try for the updates of one kind: those of `general`, and those filed under the
 * key of the update's text, merged by place. A guard that both need is in both.
 */
export interface Plan {
  readonly general: Entries;
  /** Entries that only match texts with this key. */
  readonly keyed: ReadonlyMap<string, Entries>;
  /** Finds the text in an update's content; absent if nothing is keyed. */
  readonly source: Source | undefined;
  /** The length of the longest key: a longer text need not be hashed to know that nothing is there. */
  readonly longest: number;
}

/** No entries. */
export const nothing: Entries = [end];

/** A plan that tries all entries. */
export function planForAll(entries: readonly Entry[]): Plan {
  return { general: [...entries, end], keyed: new Map(), source: undefined, longest: 0 };
}

/** Picks from all entries those that an update of this kind can reach. */
export function makePlan(kind: UpdateKind, entries: readonly Entry[]): Plan {
  const source = sourceFor(kind);
  const general: Entry[] = [];
  const keyed = new Map<string, Entry[]>();
  for (const entry of entries) {
    // A guard has no effect but on what is behind it, and comes with that.
    if (entry.guards || entry.reach.kinds?.has(kind) === false) continue;
    if (source === undefined || entry.reach.keys === undefined) append(general, entry);
    else for (const key of entry.reach.keys) append(listIn(keyed, key), entry);
  }
  let longest = 0;
  for (const key of keyed.keys()) longest = Math.max(longest, key.length);
  for (const list of [general, ...keyed.values()]) list.push(end);
  return { general, keyed, source: keyed.size === 0 ? undefined : source, longest };
}

function listIn(keyed: Map<string, Entry[]>, key: string): Entry[] {
  let list = keyed.get(key);
  if (list === undefined) keyed.set(key, list = []);
  return list;
}

/** Adds an entry and before it the guards that it stands behind, unless they are there already. */
function append(list: Entry[], entry: Entry): void {
  const last = list.at(-1)?.index ?? -1;
  const guards: Entry[] = [];
  // If the list holds anything from behind a test, it also holds the guards up to there.
  for (let test = entry.parent; test !== undefined && test.index > last; test = test.parent) {
    if (test.guards) guards.push(test);
  }
  for (const guard of guards.reverse()) list.push(guard);
  list.push(entry);
}

/** The entries of a plan that are filed under the key of this text. */
export function lookUp(plan: Plan, text: string | undefined): Entries {
  if (text === undefined) return nothing;
  const key = keyOf(text);
  if (key.length > plan.longest) return nothing;
  return plan.keyed.get(key) ?? nothing;
}
