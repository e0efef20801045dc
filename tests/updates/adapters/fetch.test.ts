import { adapt } from "#src/updates/adapters/adapters.ts";
import { Webhook } from "#src/updates/webhook.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { whileServing } from "../webhook_support.ts";
import { testAdapter, whileListening } from "./contract.ts";

testAdapter("plain fetch", (webhook, use) => whileServing(adapt(webhook, "std/http"), use));

testAdapter("a Cloudflare service worker", (webhook, use) => {
  const listener = adapt(webhook, "cloudflare");
  return whileServing(
    (request) => new Promise((resolve) => listener({ request, respondWith: resolve })),
    use,
  );
});

testAdapter("SvelteKit", (webhook, use) => {
  const handler = adapt(webhook, "sveltekit");
  return whileServing((request) => handler({ request }), use);
});

testAdapter("a Next.js route", (webhook, use) => {
  const handler = adapt(webhook, "next-js");
  return whileServing((request) => handler(request, { params: Promise.resolve({}) }), use);
});

testAdapter("a Next.js API route", (webhook, use) => {
  const handler = adapt(webhook, "next-js");
  return whileListening((request, response) => void handler(request, response), use);
});

test("every adapter's handler declares its parameters", () => {
  const webhook = new Webhook({ accept: () => Promise.resolve() });
  // `Deno.serve` passes nothing to a function of length 0, and express tells handlers by it.
  assert.ok(adapt(webhook, "std/http").length >= 1);
  assert.ok(adapt(webhook, "bun").length >= 1);
  assert.ok(adapt(webhook, "cloudflare-mod").length >= 1);
  assert.ok(adapt(webhook, "next-js").length >= 1);
  for (const name of ["http", "https", "express"] as const) {
    const { length } = adapt(webhook, name);
    // Four would mark a handler of errors in express.
    assert.ok(length >= 2 && length <= 3, name);
  }
});

test("plain fetch names the adapters when it is given something else than a Request", () => {
  const webhook = new Webhook({ accept: () => Promise.resolve() });
  const handler = adapt(webhook, "std/http");
  assert.throws(
    () => handler({ headers: {}, body: {} } as never),
    /must be a Request, given an object .*webhookCallback\(bot, "express"\)/,
  );
  assert.throws(() => handler(undefined as never), /given undefined/);
});
