import { adapt } from "#src/updates/adapters/adapters.ts";
import { Webhook } from "#src/updates/webhook.ts";
import type { ReqResHandler } from "@tramline/tramline";
import type { Update } from "@tramline/tramline/types";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged, secret, update } from "../webhook_support.ts";

/** A request of an imaginary framework. */
interface Ticket {
  update: unknown;
  token?: string;
}

function adapter(ticket: Ticket): ReqResHandler<string> {
  const answer = Promise.withResolvers<string>();
  return {
    update: ticket.update as Update,
    header: ticket.token,
    end: () => answer.resolve("ended"),
    respond: (json) => answer.resolve(json),
    unauthorized: () => answer.resolve("unauthorized"),
    handlerReturn: answer.promise,
  };
}

test("a function as the adapter bridges a framework of one's own", async () => {
  const updates: Update[] = [];
  const webhook = new Webhook({
    secretToken: secret,
    accept: ([update], envelope) => {
      updates.push(update!);
      if (update!.update_id === 2) envelope!.send!("{}");
      return Promise.resolve();
    },
  });
  const handle = adapt(webhook, adapter);
  assert.equal(await handle({ update: update(1), token: "wrong" }), "unauthorized");
  assert.equal(await handle({ update: update(1) }), "unauthorized");
  assert.equal(await handle({ update: update(1), token: secret }), "ended");
  assert.equal(await handle({ update: update(2), token: secret }), "{}");
  assert.deepEqual(updates, [update(1), update(2)]);
});

test("what a function as the adapter cannot answer, it rejects with", async () => {
  const webhook = new Webhook({ accept: () => Promise.reject(new Error("no luck")) });
  const handle = adapt(webhook, adapter);
  await assert.rejects(handle({ update: {} }), /^Error: 400 .* must be an update/);
  await logged(async () => {
    await assert.rejects(handle({ update: update(1) }), /^Error: 500 /);
  });
  webhook.close();
  await assert.rejects(handle({ update: update(2) }), /^Error: 503 /);
});
