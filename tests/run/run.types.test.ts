import { type Bot, type Context, run, type Runner, type WebhookRunner } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";

type MyContext = Context & { session: { count: number } };

// Never called: the compiler checks it.
export function checks(bot: Bot<MyContext>): void {
  const polling: Runner = run(bot, { confirm: "handled", allowed_updates: ["message"] });
  const webhook: WebhookRunner = run(bot, { updater: "webhooks", secretToken: "secret" });
  webhook.fetch(new Request("https://example.com")).then((response) => response.status);
  run(bot, { orderingKey: (ctx) => String(ctx.session.count) });
  run(bot, { orderingKey: (ctx) => Promise.resolve(ctx.chatId?.toString()) });
  // @ts-expect-error: a runner that polls takes no requests
  polling.fetch;
  // @ts-expect-error: confirming is for polling
  run(bot, { updater: "webhooks", confirm: "handled" });
  // @ts-expect-error: the secret is for webhooks
  run(bot, { secretToken: "secret" });
  // @ts-expect-error: there is no such kind of update
  run(bot, { allowed_updates: ["mesage"] });
  // @ts-expect-error: a key is a string
  run(bot, { orderingKey: (ctx) => ctx.chatId });
  // @ts-expect-error: there is no such option
  run(bot, { sink: { concurrency: 5 } });
}

test("the types of run are checked by the compiler", () => {
  assert.equal(checks.length, 1);
});
