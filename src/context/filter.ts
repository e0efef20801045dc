import type { Update, UserFromGetMe } from "../api/types.ts";
import type { Context } from "./context.ts";
import { invalidQuery } from "./filter_error.ts";
import { entry, fieldShortcuts, fieldsOf, kindShortcuts } from "./filter_keys.ts";
import type { FilterQuery } from "./filter_query.ts";
import type { Filter } from "./filter_types.ts";
import { isThere, wordsOf } from "./filter_words.ts";
import type { UpdateKind } from "./update_kind.ts";

export type { FilterQuery } from "./filter_query.ts";
export type { Filter, FilterCore } from "./filter_types.ts";

/** What a query needs of a context. */
export interface FilterInput {
  /** The update that is tested. */
  readonly update: Update;
  /** The bot, for the queries that ask for `me`. */
  readonly me: UserFromGetMe;
}

/** A filter query, ready to be tested. */
export interface CompiledFilter {
  /** The kinds of updates that can match: an update of another kind need not be tested. */
  readonly kinds: ReadonlySet<UpdateKind>;
  /** Whether every update of these kinds matches. */
  readonly always: boolean;
  /** Whether the update of a context matches. */
  matches(ctx: FilterInput): boolean;
}

type Content = Readonly<Record<string, unknown>>;
type Test = (content: Content, me: UserFromGetMe) => boolean;

/**
 * Compiles a filter query, or several of which one has to match.
 *
 * @param query The query or queries
 * @throws {RangeError} if a query is not valid; it names the nearest valid one
 */
export function compileFilter(query: FilterQuery | readonly FilterQuery[]): CompiledFilter {
  const queries: readonly unknown[] = Array.isArray(query) ? query : [query];
  if (queries.length === 0) {
    throw new RangeError("Cannot filter updates: the list of filter queries is empty.");
  }
  const tests = new Map<UpdateKind, Test[] | "always">();
  for (const one of queries) {
    for (const [kind, test] of testsOf(one)) {
      const known = tests.get(kind);
      if (known === "always") continue;
      if (test === "always") tests.set(kind, "always");
      else if (known === undefined) tests.set(kind, [test]);
      else known.push(test);
    }
  }
  return {
    kinds: new Set(tests.keys()),
    always: [...tests.values()].every((test) => test === "always"),
    matches: join([...tests]),
  };
}

/**
 * Makes a predicate of a filter query, or of several of which one has to match.
 *
 * @example
 * ```ts
 * import { Bot, matchFilter } from "@tramline/tramline";
 *
 * const bot = new Bot("123456:a-token");
 * bot.drop(matchFilter(":forward_origin"), (ctx) => ctx.reply("No forwards, please."));
 * ```
 *
 * @param filter The query or queries
 * @throws {RangeError} if a query is not valid; it names the nearest valid one
 */
export function matchFilter<C extends Context, Q extends FilterQuery>(
  filter: Q | Q[],
): (ctx: C) => ctx is Filter<C, Q> {
  return compileFilter(filter).matches as (ctx: C) => ctx is Filter<C, Q>;
}

/** The kinds that a query names, each with what it asks of the content. */
function testsOf(query: unknown): [UpdateKind, Test | "always"][] {
  if (typeof query !== "string") throw invalidQuery(query);
  const [first = "", second, third, ...rest] = query.split(":");
  const tests: [UpdateKind, Test | "always"][] = [];
  for (const kind of entry(kindShortcuts, first) ?? [first]) {
    const fields: readonly string[] | undefined = entry(fieldsOf, kind);
    if (fields === undefined) continue;
    if (second === undefined) {
      tests.push([kind as UpdateKind, "always"]);
      continue;
    }
    for (const field of entry(fieldShortcuts, second) ?? [second]) {
      const test = fields.includes(field) ? testOf(field, third) : undefined;
      if (test) tests.push([kind as UpdateKind, test]);
    }
  }
  // What may be left out between colons may not be left out at the end.
  const unfinished = third === undefined && !(second ?? first);
  if (unfinished || rest.length > 0 || tests.length === 0) throw invalidQuery(query);
  return tests;
}

function testOf(field: string, word: string | undefined): Test | undefined {
  if (word === undefined) {
    // The right to reply has moved into an object of its own (Bot API 9.0).
    if (field === "can_reply") return ({ rights }) => isThere((rights as Content)?.can_reply);
    return (content) => isThere(content[field]);
  }
  const check = entry(entry(wordsOf, field) ?? {}, word) as ((...args: unknown[]) => boolean);
  if (!check) return undefined;
  return (content, me) => {
    const value = content[field];
    if (!isThere(value)) return false;
    const text = content.text ?? content.caption;
    return Array.isArray(value)
      ? value.some((item) => check(item, me, text))
      : check(value, me, text);
  };
}

function join(tests: [UpdateKind, Test[] | "always"][]): (ctx: FilterInput) => boolean {
  const [only] = tests;
  if (tests.length === 1 && only) {
    const [kind, list] = only;
    if (list === "always") return (ctx) => ctx.update[kind] !== undefined;
    const [test] = list;
    if (list.length === 1 && test) {
      return (ctx) => {
        const content = ctx.update[kind];
        return content !== undefined && test(content as unknown as Content, ctx.me);
      };
    }
  }
  return (ctx) => {
    for (const [kind, list] of tests) {
      const content = ctx.update[kind] as unknown as Content | undefined;
      if (content === undefined) continue;
      return list === "always" || list.some((test) => test(content, ctx.me));
    }
    return false;
  };
}
