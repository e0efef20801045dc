import { test } from "node:test";
import assert from "node:assert/strict";
import { caller, simulator } from "./calls.ts";

const bad = "Bad Request: bad webhook: ";

const refusals: [title: string, settings: Record<string, unknown>, description: string][] = [
  ["a URL that is none", { url: "https://" }, "Bad Request: invalid webhook URL specified"],
  ["another scheme", { url: "ftp://bot.org" }, "Bad Request: invalid webhook URL specified"],
  [
    "a secret over 256 characters",
    { url: "https://bot.org", secret_token: "x".repeat(257) },
    "Bad Request: secret token is too long",
  ],
  [
    "a secret with other characters",
    { url: "https://bot.org", secret_token: "a b" },
    "Bad Request: secret token contains unallowed characters",
  ],
  [
    "an address that is none",
    { url: "https://bot.org", ip_address: "1.2.3" },
    `${bad}Invalid IP address specified`,
  ],
  [
    "a name that does not resolve",
    { url: "https://bot.invalid" },
    `${bad}Failed to resolve host: Name or service not known`,
  ],
  [
    "another port",
    { url: "http://127.0.0.1:3000" },
    `${bad}Webhook can be set up only on ports 80, 88, 443 or 8443`,
  ],
  ["plain http", { url: "http://bot.org" }, `${bad}An HTTPS URL must be provided for webhook`],
  ["IPv6", { url: "https://[2001:db8::1]" }, `${bad}IPv6-only addresses are not allowed`],
  ["this machine", { url: "https://localhost" }, `${bad}IP address 127.0.0.1 is reserved`],
  ["a private network", { url: "https://10.1.2.3:8443" }, `${bad}IP address 10.1.2.3 is reserved`],
];

for (const [title, settings, description] of refusals) {
  test(`a webhook with ${title} is refused`, async (t) => {
    const sim = simulator(t);
    const answer = await caller(sim)("setWebhook", settings);
    assert.deepEqual(answer, { status: 400, ok: false, error_code: 400, description });
  });
}

test("a local server takes http, any port and this machine", async (t) => {
  const sim = simulator(t, { local: true });
  const call = caller(sim);
  assert.equal((await call("setWebhook", { url: "http://127.0.0.1:3000/hook" })).ok, true);
  const { result } = await call("getWebhookInfo");
  assert.equal(result.max_connections, 100);
  assert.equal(result.ip_address, "127.0.0.1");
});

test("success says what has changed", async (t) => {
  const sim = simulator(t);
  const call = caller(sim);
  const said = async (method: string, payload?: Record<string, unknown>) => {
    await sim.clock.advance(1);
    const { ok, result, description } = await call(method, payload);
    assert.deepEqual([ok, result], [true, true]);
    return description;
  };
  const url = sim.serve(() => new Response());
  assert.equal(await said("deleteWebhook"), "Webhook is already deleted");
  assert.equal(await said("setWebhook", { url }), "Webhook was set");
  assert.equal(await said("setWebhook", { url }), "Webhook is already set");
  assert.equal(await said("setWebhook", { url, max_connections: 1 }), "Webhook was set");
  assert.equal(await said("setWebhook", { url: "" }), "Webhook was deleted");
});

test("two setWebhook within a second are too many", async (t) => {
  const sim = simulator(t, { clock: "manual" });
  const call = caller(sim);
  const url = sim.serve(() => new Response());
  await call("setWebhook", { url });
  const { status, parameters } = await call("setWebhook", { url });
  assert.deepEqual([status, parameters], [429, { retry_after: 1 }]);
  await sim.clock.advance(1);
  assert.equal((await call("setWebhook", { url })).ok, true);
});

test("a setWebhook that fails leaves no webhook, and an empty queue if it was to drop", async (t) => {
  const sim = simulator(t, { clock: "manual" });
  const call = caller(sim);
  await call("setWebhook", { url: sim.serve(() => new Response(null, { status: 500 })) });
  await sim.user().send("hello");
  await sim.nextDelivery();
  await sim.clock.advance(1);
  const { ok } = await call("setWebhook", { url: "http://bot.org", drop_pending_updates: true });
  assert.equal(ok, false);
  const { result } = await call("getWebhookInfo");
  assert.deepEqual(result, { url: "", has_custom_certificate: false, pending_update_count: 0 });
});

test("getWebhookInfo tells the settings", async (t) => {
  const sim = simulator(t);
  const call = caller(sim);
  const url = sim.serve(() => new Response());
  await call("setWebhook", { url, max_connections: 7, allowed_updates: ["message"] });
  assert.deepEqual((await call("getWebhookInfo")).result, {
    url,
    has_custom_certificate: false,
    pending_update_count: 0,
    max_connections: 7,
    ip_address: "203.0.114.1",
    allowed_updates: ["message"],
  });
});

test("a certificate must be a file, and at most 3 MiB", async (t) => {
  const sim = simulator(t);
  const set = async (size: number) => {
    await sim.clock.advance(1);
    const form = new FormData();
    form.set("url", sim.serve(() => new Response()));
    form.set("certificate", new Blob([new Uint8Array(size)]), "cert.pem");
    const url = `${sim.client.apiRoot}/bot${sim.token}/setWebhook`;
    return await (await sim.fetch(url, { method: "POST", body: form })).json();
  };
  assert.equal(
    (await set(3 * 2 ** 20 + 1)).description,
    "Bad Request: certificate size is too big (3145729 bytes)",
  );
  assert.equal((await set(100)).ok, true);
  const { result } = await caller(sim)("getWebhookInfo");
  assert.equal(result.has_custom_certificate, true);
});
