import { describe } from "../base/describe.ts";
import { entry, fieldShortcuts, fieldsOf, kindShortcuts } from "./filter_keys.ts";
import { wordsOf } from "./filter_words.ts";

type Lists = Readonly<Record<string, readonly string[]>>;

const kindGroups: Lists = kindShortcuts;
const fieldGroups: Lists = fieldShortcuts;
const fields: Lists = fieldsOf;

/** Says what is wrong with a filter query, and which valid one is nearest to it. */
export function invalidQuery(query: unknown): Error {
  if (typeof query !== "string") {
    return new TypeError(
      `Cannot filter updates: a filter query must be a string like "message:text", given ${
        describe(query)
      }.`,
    );
  }
  return new RangeError(
    `Cannot filter updates by ${describe(query)}: ${reason(query)}. Did you mean ${
      describe(nearest(query, allQueries()))
    }?`,
  );
}

function reason(query: string): string {
  if (query === "") return "an empty query asks for nothing";
  const [first = "", second, third, ...rest] = query.split(":");
  if (rest.length > 0) return "a query has at most three parts";
  const kinds = entry(kindGroups, first) ?? [first];
  if (!kinds.some((kind) => entry(fields, kind))) return `there is no kind of update "${first}"`;
  if (!second && third === undefined) return "nothing follows the colon";
  const name = first === "" ? "a message" : first;
  const known = fieldsIn(kinds);
  if (known.length === 0) return `${name} has no fields to filter by`;
  const asked = entry(fieldGroups, second!) ?? [second!];
  if (!asked.some((field) => known.includes(field))) return `${name} has no field "${second}"`;
  return `"${second || "entities"}" cannot be asked for "${third}"`;
}

/** Every valid query, those that are most likely meant first. */
export function allQueries(): string[] {
  const queries: string[] = [];
  for (const [first, kinds] of Object.entries({ ...kindGroups, ...itself(Object.keys(fields)) })) {
    if (first !== "") queries.push(first);
    const known = itself(fieldsIn(kinds));
    const seconds = "photo" in known ? { ...fieldGroups, ...known } : known;
    for (const [second, list] of Object.entries(seconds)) {
      if (second !== "") queries.push(`${first}:${second}`);
      const words = list.flatMap((field) => Object.keys(entry(wordsOf, field) ?? {}));
      for (const word of new Set(words)) queries.push(`${first}:${second}:${word}`);
    }
  }
  return queries;
}

function fieldsIn(kinds: readonly string[]): string[] {
  return [...new Set(kinds.flatMap((kind) => fields[kind] ?? []))];
}

/** Every name standing for itself, to go with the shortcuts that stand for several. */
function itself(names: readonly string[]): Lists {
  return Object.fromEntries(names.map((name) => [name, [name]]));
}

function nearest(query: string, candidates: readonly string[]): string {
  let best = "";
  let least = Infinity;
  for (const candidate of candidates) {
    const away = distance(query, candidate);
    if (away < least) [best, least] = [candidate, away];
  }
  return best;
}

/** What a missing character costs: less than a wrong one, as part of a long name is often given. */
const missing = 0.35;

/** How far it is from `a` to `b` by inserting, leaving out, replacing and swapping characters. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j * missing);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const wrong = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(last[j - 1]! + wrong, last[j]! + 1, row[j - 1]! + missing);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, before[j - 2]! + 1);
      }
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
