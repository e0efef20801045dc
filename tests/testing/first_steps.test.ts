import { test } from "node:test";
import assert from "node:assert/strict";
import type { Simulator } from "@tramline/tramline/testing";
import { simulator } from "./calls.ts";

/** Calls a method as a bot would, in this process or over HTTP. */
async function call(
  sim: Simulator,
  method: string,
  payload: Record<string, unknown> = {},
  root = sim.client.apiRoot,
) {
  const fetch = root === sim.client.apiRoot ? sim.fetch : globalThis.fetch;
  const response = await fetch(`${root}/bot${sim.token}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(payload),
  });
  return await response.json();
}

test("a user's message reaches a bot that polls, and the bot's answer reaches the user", async (t) => {
  const sim = simulator(t);
  const alice = sim.user({ first_name: "Alice" });
  await alice.send("/start");
  const { result: [update] } = await call(sim, "getUpdates");
  assert.equal(update.message.text, "/start");
  assert.deepEqual(update.message.entities, [{ type: "bot_command", offset: 0, length: 6 }]);
  assert.equal(update.message.chat.id, alice.id);
  const { ok } = await call(sim, "sendMessage", { chat_id: alice.id, text: "Hi!" });
  assert.equal(ok, true);
  assert.equal((await alice.nextReply()).text, "Hi!");
  assert.equal(alice.transcript, "Alice: /start\nBot: Hi!");
});

test("a long poll over HTTP is answered when a user writes", async (t) => {
  const sim = simulator(t);
  const server = await sim.listen();
  const alice = sim.user();
  const polling = call(sim, "getUpdates", { timeout: 30 }, server.url);
  await sim.until(() => sim.mainBot.isPolling);
  await alice.send("hello");
  const { result } = await polling;
  assert.equal(result[0].message.text, "hello");
});

test("a webhook in this process gets the update, with its secret", async (t) => {
  const sim = simulator(t);
  const seen: [string | null, { message: { text: string } }][] = [];
  const url = sim.serve(async (request) => {
    seen.push([request.headers.get("x-telegram-bot-api-secret-token"), await request.json()]);
    return new Response();
  });
  const answer = await call(sim, "setWebhook", { url, secret_token: "s3cret" });
  assert.deepEqual(answer, { ok: true, result: true, description: "Webhook was set" });
  await sim.user().send("hello");
  const report = await sim.nextDelivery();
  assert.equal(report.confirmed, true);
  assert.equal(seen[0]?.[0], "s3cret");
  assert.equal(seen[0]?.[1].message.text, "hello");
  await sim.idle();
});

test("a button press is answered", async (t) => {
  const sim = simulator(t);
  const alice = sim.user();
  await alice.send("/start");
  const reply_markup = { inline_keyboard: [[{ text: "Yes", callback_data: "y" }]] };
  await call(sim, "sendMessage", { chat_id: alice.id, text: "Sure?", reply_markup });
  await alice.press("Yes");
  const { result } = await call(sim, "getUpdates", { offset: -1 });
  const { id, data } = result[0].callback_query;
  assert.equal(data, "y");
  await call(sim, "answerCallbackQuery", { callback_query_id: id, text: "Good" });
  assert.equal((await alice.nextAnswer()).text, "Good");
});
