import { ApiError, HttpError } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { refusal, Script, update } from "./polling_support.ts";

const another = refusal(
  409,
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
);
const bySetWebhook = refusal(409, "Conflict: terminated by setWebhook request");
const webhook = refusal(
  409,
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
);

test("a network failure is waited out, longer each time, but never longer than 30 s", async () => {
  const failures = Array.from({ length: 12 }, () => new HttpError("no route to host", new Error()));
  const script = new Script(...failures, [update(1)]);
  await logged(async () => {
    await script.play();
  });
  const { waits } = script;
  assert.equal(waits.length, 12);
  assert.ok(waits[0]! <= 0.1, `the first wait is ${waits[0]} s`);
  assert.ok(waits[6]! > waits[0]!);
  assert.ok(waits.every((seconds) => seconds <= 30));
  assert.equal(script.calls.at(-1)?.offset, 2);
});

test("the waits begin small again after a success", async () => {
  const failure = new HttpError("no route to host", new Error());
  const script = new Script(failure, failure, failure, failure, [update(1)], failure);
  await logged(async () => {
    await script.play();
  });
  assert.ok(script.waits[4]! <= 0.1);
});

test("an error of the server, and an answer that is no list, are waited out too", async () => {
  const broken = (() => ({ not: "a list" })) as unknown as () => [];
  const script = new Script(refusal(502, "Bad Gateway"), broken, [update(1)]);
  const lines = await logged(async () => {
    await script.play();
  });
  assert.equal(script.waits.length, 2);
  assert.match(lines[0]!, /^warning: Cannot receive updates: 502: Bad Gateway\. Trying again/);
});

test("a failure that lasts is logged once, not at every try, and so is its end", async () => {
  const failures = Array.from({ length: 5 }, () => new HttpError("no route to host", new Error()));
  const lines = await logged(async () => {
    await new Script(...failures, [update(1)]).play();
  });
  assert.equal(lines.length, 2);
  assert.match(lines[0]!, /^warning: Cannot receive updates: no route to host/);
  assert.match(lines[1]!, /^info: It works again/);
});

test("when Telegram says how long to wait, it is waited that long", async () => {
  const script = new Script(refusal(429, "Too Many Requests: retry after 7", 7), [update(1)]);
  await logged(async () => {
    await script.play();
  });
  assert.deepEqual(script.waits, [7]);
});

for (const [code, hint] of [[401, /@BotFather/], [404, /API root/], [421, /@BotFather/]] as const) {
  test(`a token that is answered with ${code} ends polling with an error that says what to do`, async () => {
    const script = new Script(refusal(code, "Unauthorized"), [update(1)]);
    await assert.rejects(script.polling().run(script.stop.signal), (error) => {
      assert.ok(error instanceof ApiError);
      assert.equal(error.error_code, code);
      assert.match(error.message, /^Cannot receive updates: /);
      assert.match(error.message, hint);
      return true;
    });
    assert.equal(script.calls.length, 1);
  });
}

test("the three causes of a conflict are told apart, and none of them ends polling", async () => {
  const script = new Script(another, bySetWebhook, webhook, [update(1)]);
  const lines = await logged(async () => {
    await script.play();
  });
  assert.match(lines[0]!, /^warning: Another poller uses the same bot token/);
  assert.match(lines[1]!, /^warning: The open poll was ended because setWebhook/);
  assert.match(lines[2]!, /^error: A webhook was set for this bot while it polls/);
  assert.equal(script.calls.at(-1)?.offset, 2);
});

test("another poller is waited for with growing pauses, and named once", async () => {
  const script = new Script(...Array.from({ length: 8 }, () => another), [update(1)]);
  const lines = await logged(async () => {
    await script.play();
  });
  assert.equal(lines.filter((line) => line.includes("Another poller")).length, 1);
  assert.ok(script.waits[0]! >= 0.7 && script.waits[0]! <= 1);
  assert.ok(script.waits[7]! > 15 && script.waits[7]! <= 30);
});

test("a poll that is not answered in time is cut and repeated", async () => {
  const script = new Script("hang", [update(1)]);
  const lines = await logged(async () => {
    await script.play({ timeout: 0, marginSeconds: 0.02 });
  });
  assert.ok(script.aborted);
  assert.match(lines[0]!, /got no answer within 0.02 s and was cut/);
});

test("even a request that ignores its signal does not hold up a stop", async () => {
  const stop = new AbortController();
  const polling = new Script().polling({ getUpdates: () => new Promise(() => {}) });
  const run = polling.run(stop.signal);
  stop.abort();
  await run;
});

test("a stop ends the wait between two tries at once", async () => {
  const script = new Script(refusal(429, "Too Many Requests: retry after 86400", 86400));
  const waiting = Promise.withResolvers<void>();
  const polling = script.polling({
    sleep: async (_, signal) => {
      waiting.resolve();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  });
  await logged(async () => {
    const run = polling.run(script.stop.signal);
    await waiting.promise;
    script.stop.abort();
    await run;
  });
  assert.equal(script.calls.length, 1);
});
