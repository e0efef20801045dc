import assert from "node:assert/strict";
import { test } from "node:test";
import { type BotError, Composer, type Context } from "@tramline/tramline";
import { newBot, text } from "./support.ts";

const nothing = () => {};
const wrong = (value: unknown) => value as () => void;

test("what is registered as middleware and is none is refused, with its place", () => {
  const composer = new Composer<Context>();
  const cases: [() => unknown, RegExp][] = [
    [() => composer.use(wrong(undefined)), /argument 1 of use\(\) .* given undefined\. Look for/],
    [() => composer.use(nothing, wrong(null)), /argument 2 of use\(\) .* given null/],
    [() => composer.on("message", wrong(Promise.resolve())), /argument 2 of on\(\) .* Await it/],
    [() => composer.hears("a", nothing, wrong("b")), /argument 3 of hears\(\) .* given "b"/],
    [() => composer.command("a", wrong({ run: 1 })), /argument 2 of command\(\) .* the keys run/],
    [() => composer.filter(() => true, wrong(5)), /argument 2 of filter\(\) .* the number 5/],
    [() => composer.fork(wrong([])), /argument 1 of fork\(\) .* an array of 0/],
    [() => composer.errorBoundary(nothing, wrong(1)), /argument 2 of errorBoundary\(\)/],
    [() => composer.branch(() => true, nothing, wrong(1)), /argument 3 of branch\(\)/],
    [
      () => composer.branch(() => true, [nothing, wrong(1)], []),
      /number 2 of argument 2 of branch/,
    ],
    [() => composer.route(() => "a", { a: wrong(1) }), /the handler for a of route\(\)/],
    [() => composer.route(() => "a", { a: nothing }, wrong(1)), /argument 3 of route\(\)/],
    [() => new Composer(wrong(1)), /argument 1 of new Composer\(\)/],
  ];
  for (const [register, message] of cases) {
    assert.throws(register, (error) => error instanceof TypeError && message.test(error.message));
  }
});

test("what should be a function and is none is refused, with its place", () => {
  const composer = new Composer<Context>();
  for (const method of ["filter", "drop", "lazy", "route", "branch", "errorBoundary"] as const) {
    const register = composer[method].bind(composer) as (...args: unknown[]) => unknown;
    assert.throws(() => register(true, {}, {}), {
      name: "TypeError",
      message: new RegExp(`argument 1 of ${method}\\(\\) must be a function, given .*true`),
    });
  }
});

test("of a call with a mistake, nothing is registered", async () => {
  const bot = newBot();
  let ran = false;
  assert.throws(() => bot.use(() => void (ran = true), wrong(undefined)), TypeError);
  await bot.handleUpdate(text("hi"));
  assert.equal(ran, false);
});

test("what a function given to lazy makes is refused if it is no middleware", async () => {
  const bot = newBot();
  bot.lazy(() => wrong(undefined));
  await assert.rejects(bot.handleUpdate(text("hi")), (error: BotError) => {
    assert.match(error.message, /what the function given to lazy\(\) returns .* given undefined/);
    return true;
  });
});
