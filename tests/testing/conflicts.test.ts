import { test } from "node:test";
import assert from "node:assert/strict";
import { caller, simulator } from "./calls.ts";

const byOther = "Conflict: terminated by other getUpdates request; " +
  "make sure that only one bot instance is running";

test("of two polls that wait, the older is ended", async (t) => {
  const sim = simulator(t);
  const call = caller(sim);
  const older = call("getUpdates", { offset: 1, timeout: 30 });
  await sim.until(() => sim.mainBot.isPolling);
  const newer = call("getUpdates", { offset: 2, timeout: 30 });
  const { status, error_code, description } = await older;
  assert.deepEqual([status, error_code, description], [409, 409, byOther]);
  await sim.user().send("for the newer");
  assert.equal((await newer).result[0].message.text, "for the newer");
});

test("a poll that has something to return leaves the one that waits alone", async (t) => {
  const sim = simulator(t);
  const call = caller(sim);
  const waiting = call("getUpdates", { offset: 5, timeout: 30 });
  await sim.until(() => sim.mainBot.isPolling);
  assert.deepEqual((await call("getUpdates", { offset: 1, timeout: 0 })).result, []);
  await sim.user().send("for both");
  assert.equal((await call("getUpdates", { offset: 2, timeout: 30 })).result.length, 1);
  assert.equal((await waiting).result[0].message.text, "for both");
});

test("the second conflict within 3 s is held back 3 s", async (t) => {
  const sim = simulator(t, { clock: "manual" });
  const call = caller(sim);
  const polls = [1, 2, 3].map((offset) => call("getUpdates", { offset, timeout: 30 }));
  assert.equal((await polls[0])?.status, 409);
  let held = true;
  polls[1]?.then(() => held = false);
  await sim.clock.advance(2.9);
  assert.equal(held, true);
  await sim.clock.advance(0.1);
  assert.equal((await polls[1])?.status, 409);
});

test("a poll whose client has gone still waits, and nobody sees the conflict", async (t) => {
  const sim = simulator(t);
  const call = caller(sim);
  const controller = new AbortController();
  const url = `${sim.client.apiRoot}/bot${sim.token}/getUpdates?timeout=30`;
  const gone = sim.fetch(url, { signal: controller.signal });
  await sim.until(() => sim.mainBot.isPolling);
  controller.abort();
  await assert.rejects(gone, { name: "AbortError" });
  assert.equal(sim.mainBot.isPolling, true);
  const next = call("getUpdates", { offset: 1, timeout: 30 });
  await sim.user().send("hello");
  assert.equal((await next).result.length, 1);
});

test("setWebhook ends the poll that waits", async (t) => {
  const sim = simulator(t);
  const call = caller(sim);
  const waiting = call("getUpdates", { timeout: 30 });
  await sim.until(() => sim.mainBot.isPolling);
  await call("setWebhook", { url: sim.serve(() => new Response()) });
  const { status, description } = await waiting;
  assert.deepEqual([status, description], [409, "Conflict: terminated by setWebhook request"]);
});

test("getUpdates is refused while a webhook is set", async (t) => {
  const sim = simulator(t);
  const call = caller(sim);
  await call("setWebhook", { url: sim.serve(() => new Response()) });
  const { status, description } = await call("getUpdates");
  assert.equal(status, 409);
  assert.equal(
    description,
    "Conflict: can't use getUpdates method while webhook is active; " +
      "use deleteWebhook to delete the webhook first",
  );
  await call("deleteWebhook");
  assert.equal((await call("getUpdates")).ok, true);
});
