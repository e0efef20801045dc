import { Webhook } from "#src/updates/webhook.ts";
import { safeAtOnce } from "#src/updates/accept.ts";
import type { WebhookReplyEnvelope } from "#src/api/options.ts";
import type { Update } from "@tramline/tramline/types";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Held, logged, post, update, withoutUnhandledRejections } from "./webhook_support.ts";

function request(id: number): Request {
  return new Request("http://bot/", post(update(id)));
}

/** Longer than any test runs: it is never reached. */
const long = 3600;
/** So short that it passes while a test waits for the answer it causes. */
const short = 0.005;

test("an update that comes again while it is being handled is not handled twice", async () => {
  const held = new Held();
  const webhook = new Webhook({ accept: held.accept, timeoutSeconds: long });
  const answers = [webhook.fetch(request(1)), webhook.fetch(request(1)), webhook.fetch(request(1))];
  await held.arrived(1);
  held.finish();
  const statuses = (await Promise.all(answers)).map((response) => response.status);
  assert.deepEqual(statuses, [200, 200, 200]);
  assert.deepEqual(held.ids, [1]);
});

test("those who joined an update share its failure", async () => {
  await logged(async () => {
    const held = new Held();
    const webhook = new Webhook({ accept: held.accept, timeoutSeconds: long });
    const answers = [webhook.fetch(request(1)), webhook.fetch(request(1))];
    await held.arrived(1);
    held.fail(new Error("no luck"));
    const statuses = (await Promise.all(answers)).map((response) => response.status);
    assert.deepEqual(statuses, [500, 500]);
    assert.deepEqual(held.ids, [1]);
  });
});

test("an update that comes again after it was handled is answered, not handled", async () => {
  const held = new Held();
  const webhook = new Webhook({ accept: held.accept });
  // Out of order, as different queues deliver them.
  for (const id of [5, 3, 4]) {
    const answer = webhook.fetch(request(id));
    await held.arrived(held.ids.length + 1);
    held.finish();
    assert.equal((await answer).status, 200);
  }
  for (const id of [3, 4, 5]) assert.equal((await webhook.fetch(request(id))).status, 200);
  assert.deepEqual(held.ids, [5, 3, 4]);
});

test("an update that failed is handled anew when it comes again", async () => {
  await logged(async () => {
    const held = new Held();
    const webhook = new Webhook({ accept: held.accept });
    const failed = webhook.fetch(request(1));
    await held.arrived(1);
    held.fail(new Error("no luck"));
    assert.equal((await failed).status, 500);
    const again = webhook.fetch(request(1));
    await held.arrived(2);
    held.finish();
    assert.equal((await again).status, 200);
  });
});

test("an update that takes too long is answered with 500; its redelivery joins it", async () => {
  const records = await logged(async () => {
    const held = new Held();
    const webhook = new Webhook({ accept: held.accept, timeoutSeconds: short });
    assert.equal((await webhook.fetch(request(1))).status, 500);
    assert.equal((await webhook.fetch(request(1))).status, 500);
    // Taken in within this call: no time can pass before it is finished.
    const joined = webhook.take(update(1), []);
    held.finish();
    assert.equal((await joined).status, 200);
    assert.deepEqual(held.ids, [1]);
  });
  assert.deepEqual(records.map((record) => record.level).slice(0, 2), ["warning", "warning"]);
});

test("with onTimeout return, an update that takes too long is answered with 200", async () => {
  await logged(async () => {
    const held = new Held();
    const config = { accept: held.accept, timeoutSeconds: short, onTimeout: "return" } as const;
    const webhook = new Webhook(config);
    assert.equal((await webhook.fetch(request(1))).status, 200);
    held.finish();
  });
});

test("a function as onTimeout is given the handler's arguments and decides", async () => {
  await logged(async () => {
    const held = new Held();
    const calls: unknown[][] = [];
    const webhook = new Webhook({
      accept: held.accept,
      timeoutSeconds: short,
      onTimeout: (...args: unknown[]) => {
        calls.push(args);
        if (calls.length === 2) throw new Error("deliver again");
        if (calls.length === 3) return Promise.reject(new Error("deliver again"));
      },
    });
    const requests = [request(1), request(1), request(1)];
    const statuses: number[] = [];
    for (const request of requests) statuses.push((await webhook.fetch(request, "more")).status);
    assert.deepEqual(statuses, [200, 500, 500]);
    assert.deepEqual(calls, requests.map((request) => [request, "more"]));
    held.finish();
  });
});

test("no error that comes after the answer goes unhandled", async () => {
  const records = await logged(async () => {
    for (const onTimeout of ["throw", "return"] as const) {
      const held = new Held();
      const webhook = new Webhook({ accept: held.accept, timeoutSeconds: short, onTimeout });
      await withoutUnhandledRejections(async () => {
        await webhook.fetch(request(1));
        held.fail(new Error("too late"));
      });
    }
  });
  const errors = records.filter((record) => record.level === "error");
  assert.equal(errors.length, 2, "a late error is still logged");
});

test("each of many requests has its own time limit", async () => {
  await logged(async () => {
    const held = new Held();
    const webhook = new Webhook({ accept: held.accept, timeoutSeconds: short });
    // Taken in within these calls: no time can pass before the first is finished.
    const answers = [webhook.take(update(1), []), webhook.take(update(2), [])];
    held.finish();
    assert.equal((await answers[0]!).status, 200);
    const third = webhook.fetch(request(3));
    assert.equal((await answers[1]!).status, 500);
    assert.equal((await third).status, 500);
    held.finish();
    held.finish();
  });
});

test("a request that was answered in time does not run out of time later", async () => {
  let statuses: number[] = [];
  const records = await logged(async () => {
    const held = new Held();
    const webhook = new Webhook({ accept: held.accept, timeoutSeconds: 0.05 });
    const first = webhook.fetch(request(1));
    const second = webhook.fetch(request(2));
    await held.arrived(2);
    await new Promise((resolve) => setTimeout(resolve)); // their clocks run by now
    held.finish();
    statuses = [(await first).status, (await second).status];
    held.finish();
  });
  const tooSlow = statuses.filter((status) => status === 500);
  assert.equal(records.length, tooSlow.length, "one warning for each that took too long");
});

test("a time-out of Infinity means that requests wait as long as it takes", async () => {
  const held = new Held();
  const webhook = new Webhook({ accept: held.accept, timeoutSeconds: Infinity });
  const answer = webhook.fetch(request(1));
  await held.arrived(1);
  await new Promise((resolve) => setTimeout(resolve));
  held.finish();
  assert.equal((await answer).status, 200);
});

/** A webhook whose handler keeps the envelope, so that the test can use it. */
function withEnvelope(config: { timeoutSeconds: number }) {
  const outcome = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<WebhookReplyEnvelope>();
  const webhook = new Webhook({
    ...config,
    accept: (_updates: readonly Update[], envelope) => {
      arrived.resolve(envelope!);
      return outcome.promise;
    },
  });
  return { webhook, outcome, envelope: arrived.promise };
}

test("a webhook reply answers at once, while the handler goes on", async () => {
  const { webhook, outcome, envelope } = withEnvelope({ timeoutSeconds: long });
  const answer = webhook.fetch(request(1));
  const call = JSON.stringify({ method: "sendChatAction", chat_id: 1, action: "typing" });
  const opened = await envelope;
  await opened.send!(call);
  const response = await answer;
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
  assert.equal(await response.text(), call);
  assert.equal(opened.send, undefined, "one reply only");
  outcome.resolve();
});

test("a webhook reply is sent to one request, also when several wait", async () => {
  const { webhook, outcome, envelope } = withEnvelope({ timeoutSeconds: long });
  const answers = [webhook.fetch(request(1)), webhook.fetch(request(1))];
  await (await envelope).send!("{}");
  assert.equal(await (await answers[0]!).text(), "{}");
  outcome.resolve();
  assert.equal(await (await answers[1]!).text(), "");
});

test("a webhook reply that is sent before accept returns answers the first request only", async () => {
  const outcome = Promise.withResolvers<void>();
  const webhook = new Webhook({
    timeoutSeconds: long,
    accept: (_updates, envelope) => {
      envelope!.send!("{}");
      assert.equal(envelope!.send, undefined);
      return outcome.promise;
    },
  });
  const answers = [webhook.take(update(1), []), webhook.take(update(1), [])];
  assert.equal((await answers[0]!).body, "{}");
  outcome.resolve();
  assert.equal((await answers[1]!).body, "");
});

test("an update that is safe at once is answered without a promise, and known from then on", () => {
  let accepted = 0;
  const webhook = new Webhook({
    accept: (_updates, envelope) => {
      if (++accepted === 2) envelope!.send!("{}");
      return safeAtOnce;
    },
  });
  const answers = [1, 1, 2, 2].map((id) => webhook.take(update(id), []));
  assert.deepEqual(answers.map((answer) => (answer as { body: string }).body), ["", "", "{}", ""]);
  assert.equal(accepted, 2);
});

test("no webhook reply is possible after the answer", async () => {
  await logged(async () => {
    const late = withEnvelope({ timeoutSeconds: short });
    assert.equal((await late.webhook.fetch(request(1))).status, 500);
    assert.equal((await late.envelope).send, undefined);
    late.outcome.resolve();

    const done = withEnvelope({ timeoutSeconds: long });
    const answer = done.webhook.fetch(request(1));
    done.outcome.resolve();
    await answer;
    assert.equal((await done.envelope).send, undefined);
  });
});

test("an error after a webhook reply is logged and harms nobody", async () => {
  const records = await logged(async () => {
    const { webhook, outcome, envelope } = withEnvelope({ timeoutSeconds: long });
    await withoutUnhandledRejections(async () => {
      const answer = webhook.fetch(request(1));
      await (await envelope).send!("{}");
      assert.equal((await answer).status, 200);
      outcome.reject(new Error("too late"));
    });
  });
  assert.deepEqual(records.map((record) => record.level), ["error"]);
});
