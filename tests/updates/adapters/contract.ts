import { Webhook } from "#src/updates/webhook.ts";
import type { WebhookReplyEnvelope } from "#src/api/options.ts";
import type { Update } from "@tramline/tramline/types";
import assert from "node:assert/strict";
import http from "node:http";
import { test } from "node:test";
import { logged, post, secret, send, update } from "../webhook_support.ts";

/** Serves a webhook through a framework while `use` runs. */
export type Serve = (webhook: Webhook, use: (url: string) => Promise<void>) => Promise<void>;

/** Listens with a listener of `node:http` on a free port while `use` runs. */
export async function whileListening(
  listener: http.RequestListener,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as { port: number }).port}/`);
  } finally {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

type Handle = (update: Update, envelope: WebhookReplyEnvelope) => Promise<void> | void;

function webhookOf(handle: Handle, timeoutSeconds?: number): Webhook {
  return new Webhook({
    secretToken: secret,
    timeoutSeconds,
    accept: async ([update], envelope) => await handle(update!, envelope!),
  });
}

/** The tests that every adapter passes, with the real framework. */
export function testAdapter(name: string, serve: Serve): void {
  test(`${name}: an update is handled and answered with 200`, async () => {
    const updates: Update[] = [];
    await serve(webhookOf((update) => void updates.push(update)), async (url) => {
      const { status, body } = await send(url, post(update(1)));
      assert.deepEqual({ status, body }, { status: 200, body: "" });
    });
    assert.deepEqual(updates, [update(1)]);
  });

  test(`${name}: a wrong secret is answered with 401, and nothing is handled`, async () => {
    const updates: Update[] = [];
    await serve(webhookOf((update) => void updates.push(update)), async (url) => {
      const wrong = post(update(1), { "x-telegram-bot-api-secret-token": "wrong" });
      assert.equal((await send(url, wrong)).status, 401);
      const { method, headers, body } = post(update(1));
      const { "content-type": type } = headers as Record<string, string>;
      const without = { method, body, headers: { "content-type": type! } };
      assert.equal((await send(url, without)).status, 401);
    });
    assert.deepEqual(updates, []);
  });

  test(`${name}: what is not an update is answered with 400`, async () => {
    await serve(webhookOf(() => assert.fail()), async (url) => {
      for (const body of ["{", "{}", "[]", '{"update_id":"1"}', ""]) {
        assert.equal((await send(url, post(body))).status, 400, `given ${body}`);
      }
    });
  });

  test(`${name}: a body over 1 MiB is answered with 413`, async () => {
    await serve(webhookOf(() => assert.fail()), async (url) => {
      const large = post({ ...update(1), padding: "x".repeat(2 ** 20) });
      assert.equal((await send(url, large)).status, 413);
    });
  });

  test(`${name}: a webhook reply is sent as JSON`, async () => {
    const call = { method: "sendMessage", chat_id: 1, text: "Привет 🚋" };
    const webhook = webhookOf((_update, { send }) => send!(JSON.stringify(call)));
    await serve(webhook, async (url) => {
      const { status, headers, body } = await send(url, post(update(1)));
      assert.equal(status, 200);
      assert.match(headers.get("content-type") ?? "", /^application\/json/);
      assert.deepEqual(JSON.parse(body), call);
    });
  });

  test(`${name}: a failed update is answered with 500`, async () => {
    await logged(async () => {
      await serve(webhookOf(() => Promise.reject(new Error("no luck"))), async (url) => {
        assert.equal((await send(url, post(update(1)))).status, 500);
      });
    });
  });

  test(`${name}: an update that takes too long is answered with 500`, async () => {
    const outcome = Promise.withResolvers<void>();
    await logged(async () => {
      await serve(webhookOf(() => outcome.promise, 0.005), async (url) => {
        assert.equal((await send(url, post(update(1)))).status, 500);
      });
      outcome.resolve();
    });
  });
}
