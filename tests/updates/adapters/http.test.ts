import { adapt } from "#src/updates/adapters/adapters.ts";
import { Webhook } from "#src/updates/webhook.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged, post, send, update, withoutUnhandledRejections } from "../webhook_support.ts";
import { testAdapter, whileListening } from "./contract.ts";

testAdapter("node http", (webhook, use) => whileListening(adapt(webhook, "http"), use));

test("a function given as onTimeout may answer in place of the adapter", async () => {
  const outcome = Promise.withResolvers<void>();
  const webhook = new Webhook({
    accept: () => outcome.promise,
    timeoutSeconds: 0.005,
    onTimeout: (_request: unknown, response: { statusCode: number; end(body: string): void }) => {
      response.statusCode = 202;
      response.end("later");
      throw new Error("after the answer");
    },
  });
  await logged(async () => {
    await withoutUnhandledRejections(async () => {
      await whileListening(adapt(webhook, "http"), async (url) => {
        const { status, body } = await send(url, post(update(1)));
        assert.deepEqual({ status, body }, { status: 202, body: "later" });
      });
    });
    outcome.resolve();
  });
});
