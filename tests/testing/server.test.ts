import { test } from "node:test";
import assert from "node:assert/strict";
import { caller, simulator } from "./calls.ts";

test("the server and the fetch in this process answer alike", async (t) => {
  const sim = simulator(t);
  const server = await sim.listen();
  const alice = sim.user();
  await alice.send("/start");
  const [near, far] = [caller(sim), caller(sim, { root: server.url })];
  for (
    const [method, payload] of [
      ["getMe", {}],
      ["getUpdates", {}],
      ["sendMessage", { chat_id: alice.id }],
      ["nothing", {}],
      ["getWebhookInfo", {}],
    ] as const
  ) {
    await sim.clock.advance(3);
    assert.deepEqual(await far(method, payload), await near(method, payload));
  }
});

test("files go up and down over HTTP", async (t) => {
  const sim = simulator(t);
  const { url } = await sim.listen();
  const alice = sim.user();
  await alice.send("/start");
  const content = new Uint8Array(300_000).map((_, index) => index % 251);
  const form = new FormData();
  form.set("chat_id", String(alice.id));
  form.set("document", new Blob([content]), "big.bin");
  const sent = await fetch(`${url}/bot${sim.token}/sendDocument`, { method: "POST", body: form });
  const { file_id } = (await sent.json()).result.document;
  const { result } = await caller(sim, { root: url })("getFile", { file_id });
  const file = await fetch(`${url}/file/bot${sim.token}/${result.file_path}`);
  assert.deepEqual(new Uint8Array(await file.arrayBuffer()), content);
});

test("other verbs get 501 without a body over HTTP too", async (t) => {
  const sim = simulator(t);
  const { url } = await sim.listen();
  const response = await fetch(`${url}/bot${sim.token}/getMe`, { method: "PUT", body: "x" });
  assert.equal(response.status, 501);
  assert.equal(await response.text(), "");
});

test("a client that goes away leaves its long poll waiting", async (t) => {
  const sim = simulator(t);
  const { url } = await sim.listen();
  const controller = new AbortController();
  const gone = fetch(`${url}/bot${sim.token}/getUpdates?timeout=50`, {
    signal: controller.signal,
  });
  await sim.until(() => sim.mainBot.isPolling);
  controller.abort();
  await assert.rejects(gone, { name: "AbortError" });
  assert.equal(sim.mainBot.isPolling, true);
  const next = caller(sim, { root: url })("getUpdates", { offset: 1, timeout: 50 });
  await sim.user().send("hi");
  assert.equal((await next).result.length, 1);
});

test("closing ends long polls and frees the port", async (t) => {
  const sim = simulator(t);
  const server = await sim.listen();
  const { port } = new URL(server.url);
  const waiting = caller(sim, { root: server.url })("getUpdates", { timeout: 50 })
    .catch(() => undefined);
  await sim.until(() => sim.mainBot.isPolling);
  await sim.close();
  await waiting;
  const other = simulator(t);
  assert.equal(new URL((await other.listen({ port: Number(port) })).url).port, port);
});

test("a port that is taken is an error", async (t) => {
  const sim = simulator(t);
  const { url } = await sim.listen();
  await assert.rejects(sim.listen({ port: Number(new URL(url).port) }), /EADDRINUSE|in use/);
});

test("thousands of messages pass through in order", async (t) => {
  const sim = simulator(t);
  const { url } = await sim.listen();
  const call = caller(sim, { root: url });
  const users = Array.from({ length: 20 }, () => sim.user());
  const polled: string[] = [];
  const count = 2000;
  for (let n = 0; n < count; n++) void users[n % 20]!.send(`${n}`);
  for (let offset = 0; polled.length < count;) {
    const { result } = await call("getUpdates", { offset });
    for (const { update_id, message } of result) {
      polled.push(message.text);
      offset = update_id + 1;
    }
  }
  assert.deepEqual(polled, Array.from({ length: count }, (_, n) => `${n}`));
});
