import { test } from "node:test";
import assert from "node:assert/strict";
import type { Simulator } from "@tramline/tramline/testing";
import { caller, simulator } from "./calls.ts";

function urlOf(sim: Simulator, rest = "getMe", token = sim.token): string {
  return `${sim.client.apiRoot}/bot${token}/${rest}`;
}

test("a success has ok, a result and no description", async (t) => {
  const sim = simulator(t, { botInfo: { first_name: "Echo", username: "echo_bot" } });
  const response = await sim.fetch(urlOf(sim));
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/json");
  const { ok, result, ...rest } = await response.json();
  assert.equal(ok, true);
  assert.equal(result.username, "echo_bot");
  assert.deepEqual(rest, {});
});

test("method names are read in any case, and the token may be percent-encoded", async (t) => {
  const sim = simulator(t);
  assert.equal((await sim.fetch(urlOf(sim, "GETME"))).status, 200);
  assert.equal((await sim.fetch(urlOf(sim, "getMe", sim.token.replace(":", "%3A")))).status, 200);
});

test("without a method in the path, the parameter named method counts", async (t) => {
  const sim = simulator(t);
  const response = await sim.fetch(urlOf(sim, "?method=getMe"));
  assert.equal((await response.json()).result.id, sim.mainBot.id);
});

const refusals: [title: string, path: (token: string) => string, number, string][] = [
  ["a path that is none of the Bot API", () => "/something", 404, "Not Found"],
  ["a path without a slash after the token", (token) => `/bot${token}`, 404, "Not Found"],
  ["an unknown method", (token) => `/bot${token}/getYou`, 404, "Not Found: method not found"],
  ["a token without a colon", () => "/bot123/getMe", 401, "Unauthorized: invalid token specified"],
  ["an empty token", () => "/bot/getMe", 401, "Unauthorized: invalid token specified"],
  [
    "a token that begins with 0",
    () => `/bot012:${"a".repeat(35)}/getMe`,
    401,
    "Unauthorized: invalid token specified",
  ],
  [
    "a token over 80 characters",
    () => `/bot1:${"a".repeat(80)}/getMe`,
    401,
    "Unauthorized: invalid token specified",
  ],
  [
    "a token whose id is no number",
    () => `/botabc:${"a".repeat(35)}/getMe`,
    421,
    "Misdirected Request: unallowed token specified",
  ],
  ["a token of no bot", () => `/bot5:${"a".repeat(35)}/getMe`, 401, "Unauthorized"],
  ["a wrong secret", (token) => `/bot${token.slice(0, -1)}!/getMe`, 401, "Unauthorized"],
];

for (const [title, path, status, description] of refusals) {
  test(`${title} is refused with ${status}`, async (t) => {
    const sim = simulator(t);
    const response = await sim.fetch(sim.client.apiRoot + path(sim.token));
    assert.equal(response.status, status);
    assert.deepEqual(await response.json(), { ok: false, error_code: status, description });
  });
}

test("other verbs than GET and POST get 501 without a body", async (t) => {
  const sim = simulator(t);
  for (const method of ["PUT", "DELETE", "OPTIONS"]) {
    const response = await sim.fetch(urlOf(sim), { method });
    assert.equal(response.status, 501);
    assert.equal(await response.text(), "");
  }
});

test("the test environment is apart from the other", async (t) => {
  const sim = simulator(t);
  assert.equal((await sim.fetch(urlOf(sim, "test/getMe"))).status, 401);
  const bot = sim.bot({}, "test");
  assert.equal((await sim.fetch(urlOf(sim, "test/getMe", bot.token))).status, 200);
  assert.equal((await sim.fetch(urlOf(sim, "getMe", bot.token))).status, 401);
});

test("parameters of more than 1 MiB get 413 without a body", async (t) => {
  const sim = simulator(t);
  const response = await sim.fetch(urlOf(sim, "sendMessage"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ chat_id: 1, text: "x".repeat(2 ** 20) }),
  });
  assert.equal(response.status, 413);
  assert.equal(await response.text(), "");
});

test("after logOut every call is refused and the queue is empty", async (t) => {
  const sim = simulator(t);
  const call = caller(sim);
  await sim.user().send("hello");
  assert.equal((await call("logOut")).ok, true);
  const { status, description } = await call("getMe");
  assert.deepEqual([status, description], [400, "Logged out"]);
  assert.equal(sim.mainBot.pendingUpdates, 0);
});

test("close is refused in the first ten minutes", async (t) => {
  const sim = simulator(t, { clock: "manual" });
  const call = caller(sim);
  assert.equal((await call("close")).parameters?.retry_after, 600);
  await sim.clock.advance(600);
  assert.equal((await call("close")).ok, true);
});

test("a revoked token is refused, and the new one works", async (t) => {
  const sim = simulator(t);
  const old = sim.token;
  sim.mainBot.revokeToken();
  assert.notEqual(sim.token, old);
  assert.equal((await sim.fetch(urlOf(sim, "getMe", old))).status, 401);
  assert.equal((await sim.fetch(urlOf(sim))).status, 200);
});

test("a method that is not simulated says so, by its name", async (t) => {
  const sim = simulator(t);
  const { status, description } = await caller(sim)("sendGift", { user_id: 1, gift_id: "1" });
  assert.equal(status, 400);
  assert.match(description!, /does not simulate sendGift.*sim\.on\("sendGift"/);
});
