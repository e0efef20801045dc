import { Webhook } from "#src/updates/webhook.ts";
import type { Update } from "@tramline/tramline/types";
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answersIn,
  converse,
  Held,
  logged,
  post,
  secret,
  send,
  update,
  whileServing,
} from "./webhook_support.ts";

/** A webhook that notes the updates it takes in. */
function noting(): { webhook: Webhook; updates: Update[] } {
  const updates: Update[] = [];
  const webhook = new Webhook({
    secretToken: secret,
    accept: (batch) => {
      updates.push(...batch);
      return Promise.resolve();
    },
  });
  return { webhook, updates };
}

test("an update that is posted is handled, then answered with 200 and no body", async () => {
  const { webhook, updates } = noting();
  await whileServing(webhook.fetch, async (url) => {
    const { status, body } = await send(url, post(update(1)));
    assert.deepEqual({ status, body }, { status: 200, body: "" });
    assert.deepEqual(updates, [update(1)]);
  });
});

test("an update is answered only when it has been handled", async () => {
  const held = new Held();
  const webhook = new Webhook({ accept: held.accept });
  let answered = false;
  const answer = webhook.fetch(new Request("http://bot/", post(update(1)))).then((response) => {
    answered = true;
    return response.status;
  });
  await held.arrived(1);
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(answered, false);
  held.finish();
  assert.equal(await answer, 200);
});

test("a request without the right secret is answered with 401 and not handled", async () => {
  const { webhook, updates } = noting();
  const wrong = ["", secret.slice(0, -1), `${secret}x`, secret.toUpperCase(), "x".repeat(5000)];
  await whileServing(webhook.fetch, async (url) => {
    for (const token of wrong) {
      const { status } = await send(
        url,
        post(update(1), { "x-telegram-bot-api-secret-token": token }),
      );
      assert.equal(status, 401, `given ${JSON.stringify(token.slice(0, 40))}`);
    }
    const { method, body } = post(update(1));
    assert.equal((await send(url, { method, body })).status, 401);
  });
  assert.deepEqual(updates, []);
});

test("the secret is checked before anything else", async () => {
  const { webhook } = noting();
  assert.equal((await webhook.fetch(new Request("http://bot/"))).status, 401);
  const broken = new Request("http://bot/", { method: "POST", body: "{" });
  assert.equal((await webhook.fetch(broken)).status, 401);
});

test("without a secret token every request is believed", async () => {
  const held = new Held();
  const webhook = new Webhook({ accept: held.accept });
  const answer = webhook.fetch(
    new Request("http://bot/", { method: "POST", body: JSON.stringify(update(1)) }),
  );
  await held.arrived(1);
  held.finish();
  assert.equal((await answer).status, 200);
});

test("other methods than POST are answered with 405 that names POST", async () => {
  const { webhook } = noting();
  await whileServing(webhook.fetch, async (url) => {
    for (const method of ["GET", "PUT", "DELETE", "HEAD"]) {
      const init = { ...post(""), method, body: method === "PUT" ? "{}" : undefined };
      const { status, headers } = await send(url, init);
      assert.equal(status, 405, method);
      assert.equal(headers.get("allow"), "POST");
    }
  });
});

test("what is not an update is answered with 400 and not handled", async () => {
  const { webhook, updates } = noting();
  const wrong = [
    "",
    "{",
    "null",
    "[]",
    "1",
    '"update"',
    "{}",
    '{"update_id":"1"}',
    '{"update_id":1.5}',
    '{"update_id":null}',
    '[{"update_id":1}]',
  ];
  await whileServing(webhook.fetch, async (url) => {
    for (const body of wrong) assert.equal((await send(url, post(body))).status, 400, body);
  });
  assert.deepEqual(updates, []);
});

test("a body over 1 MiB is answered with 413 and not handled", async () => {
  const { webhook, updates } = noting();
  const large = JSON.stringify({ update_id: 1, padding: "x".repeat(1024 * 1024) });
  await whileServing(webhook.fetch, async (url) => {
    const head = `POST / HTTP/1.1\r\nhost: bot\r\nx-telegram-bot-api-secret-token: ${secret}\r\n`;
    const announced = `${head}content-length: ${large.length}\r\n\r\n${large}`;
    assert.deepEqual(answersIn(await converse(url, [announced])), [413]);
    const chunk = large.slice(0, 2 ** 16);
    const chunked = `${head}transfer-encoding: chunked\r\n\r\n` +
      `10000\r\n${chunk}\r\n`.repeat(20) + "0\r\n\r\n";
    assert.deepEqual(answersIn(await converse(url, [chunked])), [413]);
  });
  assert.deepEqual(updates, []);
});

test("a body of almost 1 MiB is handled, in one piece or in chunks", async () => {
  const { webhook, updates } = noting();
  const text = "🚋".repeat(250_000);
  const large = (id: number) => JSON.stringify({ ...update(id), padding: text });
  assert.ok(new TextEncoder().encode(large(1)).byteLength > 1_000_000);
  await whileServing(webhook.fetch, async (url) => {
    assert.equal((await send(url, post(large(1)))).status, 200);
    // 1000 bytes cut many of the characters in two.
    const bytes = new TextEncoder().encode(large(2));
    let at = 0;
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(bytes.subarray(at, at += 1000));
        if (at >= bytes.length) controller.close();
      },
    });
    const init = { ...post(""), body: stream, duplex: "half" };
    assert.equal((await send(url, init)).status, 200);
  });
  const padding = updates.map((update) => (update as unknown as { padding: string }).padding);
  assert.deepEqual(padding.map((padding) => padding === text), [true, true]);
});

test("a refused request leaves its connection usable", async () => {
  const { webhook, updates } = noting();
  const body = JSON.stringify({ update_id: 1, padding: "x".repeat(100_000) });
  const request = (method: string, token: string) =>
    `${method} / HTTP/1.1\r\nhost: bot\r\nx-telegram-bot-api-secret-token: ${token}\r\n` +
    `content-length: ${body.length}\r\n\r\n${body}`;
  await whileServing(webhook.fetch, async (url) => {
    const requests = [request("POST", "wrong"), request("PUT", secret), request("POST", secret)];
    assert.deepEqual(answersIn(await converse(url, requests)), [401, 405, 200]);
  });
  assert.equal(updates.length, 1);
});

test("while draining new updates are answered with 503, to come again soon", async () => {
  const held = new Held();
  const webhook = new Webhook({ secretToken: secret, accept: held.accept });
  await whileServing(webhook.fetch, async (url) => {
    const first = send(url, post(update(1)));
    await held.arrived(1);
    webhook.close();
    const { status, headers } = await send(url, post(update(2)));
    assert.equal(status, 503);
    assert.match(headers.get("retry-after") ?? "", /^[1-9]$/);
    // What is being handled is still finished, and a redelivery of it is joined.
    const again = send(url, post(update(1)));
    held.finish();
    assert.equal((await first).status, 200);
    assert.equal((await again).status, 200);
    assert.deepEqual(held.ids, [1]);

    webhook.open();
    const later = send(url, post(update(2)));
    await held.arrived(2);
    held.finish();
    assert.equal((await later).status, 200);
  });
});

test("a failed update is answered with 500 and logged once", async () => {
  const failure = new Error("no luck");
  const records = await logged(async () => {
    const webhook = new Webhook({ accept: () => Promise.reject(failure) });
    const { status } = await webhook.fetch(new Request("http://bot/", post(update(7))));
    assert.equal(status, 500);
  });
  assert.deepEqual(records.map(({ level, properties }) => [level, properties]), [
    ["error", { id: 7, error: failure }],
  ]);
});

test("an accept that throws at once is answered with 500", async () => {
  await logged(async () => {
    const webhook = new Webhook({
      accept: () => {
        throw new Error("no luck");
      },
    });
    const { status } = await webhook.fetch(new Request("http://bot/", post(update(7))));
    assert.equal(status, 500);
  });
});

test("a secret token that Telegram would not take is refused, without being shown", () => {
  const accept = () => Promise.resolve();
  for (const secretToken of ["", "with space", "ключ", "x".repeat(257), 55555 as never]) {
    assert.throws(() => new Webhook({ accept, secretToken }), (error: Error) => {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, /must be 1 to 256 characters/);
      if (secretToken !== "") assert.ok(!error.message.includes(secretToken));
      return true;
    });
  }
});

test("a request whose body was read before is refused with advice", async () => {
  const webhook = new Webhook({ accept: () => Promise.resolve() });
  for (const length of [undefined, "26"]) {
    const request = new Request("http://bot/", post(update(1)));
    if (length !== undefined) request.headers.set("content-length", length);
    await request.json();
    await assert.rejects(webhook.fetch(request), /was read before\. Pass the request on unread/);
  }
});

test("a time-out that is not more than zero is refused", () => {
  const accept = () => Promise.resolve();
  for (const timeoutSeconds of [0, -1, NaN]) {
    assert.throws(() => new Webhook({ accept, timeoutSeconds }), RangeError);
  }
});

test("the handler declares its parameter, without which Deno.serve passes no request", () => {
  assert.ok(new Webhook({ accept: () => Promise.resolve() }).fetch.length > 0);
});
