import { Bot, run } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";

// Nothing here may start the bot: it has no one to talk to.
const bot = new Bot("123456:abc", { client: { fetch: () => Promise.reject(new Error("called")) } });

const refused: [what: string, options: Record<string, unknown>, message: RegExp][] = [
  ["an unknown option", { concurency: 5 }, /no option concurency\. There are updater, concurrency/],
  [
    "the runner options of grammY",
    { runner: {} },
    /no option runner: .*allowed_updates the option/,
  ],
  ["the sink options of grammY", { sink: {} }, /no option sink: sink\.concurrency is the option/],
  ["the source options of grammY", { source: {} }, /no option source: updates are always fetched/],
  ["an unknown updater", { updater: "webhook" }, /updater must be "polling" or "webhooks"/],
  ["an unknown confirm", { confirm: "never" }, /confirm must be "fetched" or "handled"/],
  [
    "a secret token with polling",
    { secretToken: "s" },
    /secretToken is not for the updater polling/,
  ],
  ["a concurrency of 0", { concurrency: 0 }, /concurrency must be .*, given the number 0/],
  ["half a concurrency", { concurrency: 1.5 }, /concurrency must be a whole number/],
  ["an orderingKey that is no function", { orderingKey: "chat" }, /orderingKey must be a function/],
  [
    "no time for handlers",
    { handlerTimeoutSeconds: 0 },
    /handlerTimeoutSeconds must be more than 0/,
  ],
  ["a negative drain", { drainSeconds: -1 }, /drainSeconds must be 0 or more/],
  ["a limit over 100", { limit: 101 }, /limit must be a whole number from 1 to 100/],
  ["a timeout over 50", { timeout: 60 }, /timeout must be a whole number of seconds from 0 to 50/],
  ["allowed_updates that is no list", { allowed_updates: {} }, /allowed_updates must be an array/],
  ...["confirm", "allowed_updates", "timeout", "limit"].map((
    name,
  ): [string, Record<string, unknown>, RegExp] => [
    `${name} with webhooks`,
    { updater: "webhooks", [name]: 1 },
    new RegExp(`option ${name} is not for the updater webhooks`),
  ]),
];

for (const [what, options, message] of refused) {
  test(`${what} is refused with what was given and what is needed`, () => {
    assert.throws(() => run(bot, options), (error) => {
      assert.ok(error instanceof TypeError || error instanceof RangeError);
      assert.match(error.message, /^Cannot run the bot: /);
      assert.match(error.message, message);
      return true;
    });
  });
}

test("options that are no object are refused", () => {
  assert.throws(() => run(bot, null as never), /options must be an object, given null/);
});

test("an option that is undefined counts as left out", () => {
  assert.throws(
    () => run(bot, { secretToken: undefined, concurrency: 0 } as never),
    /concurrency must be/,
  );
});
