import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, Composer, Context } from "@tramline/tramline";
import type { Update } from "@tramline/tramline/types";
import fc from "fast-check";
import { type Does, interpret, type Log, type Part, type Query, register } from "./reference.ts";
import { botInfo, inline, messageOf, play, press, text } from "./support.ts";

const api = new Api("1:test-token");
const group = { id: -7, type: "group", title: "Us" } as const;

/** Updates that some triggers match, in all the ways there are. */
const updates: Update[] = [
  ...["a", "b", "/a", "/a b", "/b", "/a@test_bot", "/a@other", "/", "ab", "other"].map((one) =>
    text(one)
  ),
  text("/b", { chat: group }),
  text("a", { chat: group }),
  messageOf("message", { caption: "a", photo: [] }),
  messageOf("message", { caption: "/a" }),
  messageOf("message", {}),
  messageOf("edited_message", { text: "a" }),
  messageOf("channel_post", { text: "b" }),
  messageOf("business_message", { text: "b" }),
  press("a"),
  press("b"),
  press("other"),
  play("a"),
  inline("a"),
  { update_id: 1, a_kind_of_the_future: { text: "a" } } as unknown as Update,
  { ...text("a"), ...press("b") },
  { ...text("b"), edited_message: undefined },
  { update_id: 1 },
];

/** What middleware may do to an update before it passes it on. */
const changes: ((update: Update) => void)[] = [
  (update) => become(update, text("b")),
  (update) => become(update, text("/a")),
  (update) => become(update, press("a")),
  (update) => become(update, messageOf("edited_message", { text: "a" })),
  (update) => become(update, { ...press("b"), ...text("a") }),
  (update) => become(update, structuredClone(update)),
  ({ message }) => message && (message.text = "a"),
  ({ message }) => message && delete message.text,
  ({ message }) => message && (message.chat = group),
  ({ callback_query }) => callback_query && (callback_query.data = "b"),
];

function become(update: Update, other: Update): void {
  const { update_id: _, ...rest } = update;
  for (const kind of Object.keys(rest)) delete update[kind as keyof typeof rest];
  Object.assign(update, { ...structuredClone(other), update_id: update.update_id });
}

const id = fc.nat(999);
const later = fc.boolean();
const change = fc.constantFrom(...changes).map((change) => (ctx: Context) => change(ctx.update));
const seldom = fc.option(change, { freq: 2, nil: undefined });
const predicate = { id, later, remainder: fc.nat(2), change: seldom };
const triggers = fc.array(
  fc.constantFrom<(string | RegExp)[]>("a", "b", "/a", "/a b", /a/, /b$/),
  { minLength: 1, maxLength: 2 },
);
const queries = fc.array(
  fc.constantFrom<Query[]>(
    ":text",
    "message",
    "message:caption",
    "edited_message:text",
    "callback_query",
  ),
  { minLength: 1, maxLength: 2 },
);
const names = fc.array(fc.constantFrom("a", "b", "a@test_bot"), { minLength: 1, maxLength: 2 });

const { parts } = fc.letrec<{ part: Part; parts: Part[]; inner: Part[] }>((tie) => {
  const inner = tie("inner");
  const type = fc.constant;
  return {
    parts: fc.array(tie("part"), { maxLength: 8 }),
    inner: fc.array(tie("part"), { maxLength: 3, depthIdentifier: "inner" }),
    part: fc.oneof(
      { depthSize: "small", depthIdentifier: "inner", withCrossShrink: true },
      fc.record({
        type: type("handler" as const),
        id,
        later,
        does: fc.constantFrom<Does[]>(
          "stop",
          "pass on",
          "pass on",
          "pass on",
          "change and pass on",
          "fail",
          "pass on and fail",
        ),
        change,
      }),
      fc.record({ type: fc.constantFrom("use" as const, "install" as const), inner }),
      fc.record({ type: type("on" as const), queries, inner }),
      fc.record({
        type: fc.constantFrom("hears" as const, "callbackQuery" as const),
        triggers,
        inner,
      }),
      fc.record({ type: type("command" as const), names, inner }),
      fc.record({
        type: type("chatType" as const),
        chatType: fc.constantFrom("private" as const, "group" as const),
        inner,
      }),
      fc.record({ type: fc.constantFrom("filter" as const, "drop" as const), ...predicate, inner }),
      fc.record({
        type: fc.constantFrom("branch" as const, "route" as const, "lazy" as const),
        ...predicate,
        inner,
        other: inner,
      }),
      fc.record({ type: type("boundary" as const), id, goesOn: fc.boolean(), inner }),
    ),
  };
});

/** What happens to an update. */
async function run(
  log: Log,
  update: Update,
  handle: (ctx: Context, next: () => Promise<void>) => unknown,
): Promise<string[]> {
  const ctx = new Context(structuredClone(update), api, botInfo);
  log.length = 0;
  try {
    await handle(ctx, () => {
      log.push("end");
      return Promise.resolve();
    });
  } catch (error) {
    log.push(String(error));
  }
  return [...log];
}

test("compiled dispatch calls the same handlers in the same order as asking all of them", async () => {
  const moreParts = fc.array(fc.tuple(fc.nat(), parts), { maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(parts, moreParts, async (parts, additions) => {
      const log: Log = [];
      const root = new Composer<Context>();
      const composers = new Map([[parts, root]]);
      const compare = async (): Promise<void> => {
        for (const update of updates) {
          const expected = await run(log, update, (ctx, next) => interpret(parts, ctx, next, log));
          const actual = await run(log, update, root.middleware());
          assert.deepEqual(actual, expected, JSON.stringify(update));
        }
      };
      register(root, parts, log, composers);
      await compare();
      for (const [place, added] of additions) {
        const [list, composer] = [...composers][place % composers.size]!;
        list.push(...added);
        register(composer, added, log, composers);
        await compare();
      }
    }),
    // The limit is for the search for a smaller counterexample, which may take long.
    { numRuns: 300, interruptAfterTimeLimit: 30_000 },
  );
});
