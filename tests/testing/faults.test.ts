import { test, type TestContext } from "node:test";
import assert from "node:assert/strict";
import { TelegramError } from "@tramline/tramline/testing";
import { caller, simulator } from "./calls.ts";

async function setUp(t: TestContext, options = {}) {
  const sim = simulator(t, options);
  const alice = sim.user();
  await alice.send("/start");
  const call = caller(sim);
  const say = () => call("sendMessage", { chat_id: alice.id, text: "hi" });
  return { sim, alice, call, say };
}

test("flood control can be ordered, with the header that goes with it", async (t) => {
  const { sim, say, alice } = await setUp(t);
  sim.failNext("sendMessage", { retry_after: 7 });
  const url = `${sim.client.apiRoot}/bot${sim.token}/sendMessage?chat_id=${alice.id}&text=hi`;
  const response = await sim.fetch(url);
  assert.equal(response.status, 429);
  assert.equal(response.headers.get("retry-after"), "7");
  assert.deepEqual(await response.json(), {
    ok: false,
    error_code: 429,
    description: "Too Many Requests: retry after 7",
    parameters: { retry_after: 7 },
  });
  assert.equal((await say()).ok, true);
});

test("errors can be ordered, for a method or for any, once or several times", async (t) => {
  const { sim, alice, call, say } = await setUp(t);
  sim.failNext("sendMessage", { error_code: 500 }, 2);
  sim.failNext("*", { error_code: 403, description: "Forbidden: no" });
  assert.equal((await say()).description, "Internal Server Error");
  assert.equal((await say()).error_code, 500);
  assert.equal((await call("getUpdates")).ok, true);
  assert.equal((await call("getMe")).description, "Forbidden: no");
  assert.equal((await say()).ok, true);
  assert.equal(alice.messages.length, 2);
  assert.deepEqual(
    sim.calls.filter(({ error }) => error).map(({ method, error }) => [method, error?.error_code]),
    [["sendMessage", 500], ["sendMessage", 500], ["getMe", 403]],
  );
});

test("a bad gateway answers with HTML", async (t) => {
  const { sim } = await setUp(t);
  sim.failNext("getMe", "bad_gateway");
  const response = await sim.fetch(`${sim.client.apiRoot}/bot${sim.token}/getMe`);
  assert.equal(response.status, 502);
  assert.equal(response.headers.get("content-type"), "text/html");
  assert.match(await response.text(), /<html>/);
});

for (const overHttp of [false, true]) {
  const way = overHttp ? "over HTTP" : "in this process";

  test(`a dropped call is not carried out, one whose answer is lost is (${way})`, async (t) => {
    const { sim, alice } = await setUp(t);
    const root = overHttp ? (await sim.listen()).url : undefined;
    const call = caller(sim, { root });
    const say = () => call("sendMessage", { chat_id: alice.id, text: "hi" });
    sim.failNext("sendMessage", "dropped");
    await assert.rejects(say(), TypeError);
    assert.equal(alice.messages.length, 1);
    sim.failNext("sendMessage", "lost_answer");
    await assert.rejects(say(), TypeError);
    assert.equal(alice.messages.length, 2);
    assert.equal((await say()).ok, true);
  });

  test(`a truncated answer breaks off, and the call is carried out (${way})`, async (t) => {
    const { sim, alice } = await setUp(t);
    const root = overHttp ? (await sim.listen()).url : undefined;
    sim.failNext("sendMessage", "truncated");
    await assert.rejects(caller(sim, { root })("sendMessage", { chat_id: alice.id, text: "hi" }));
    assert.equal(alice.messages.length, 2);
  });
}

test("a rule decides for each call", async (t) => {
  const { sim, call, say } = await setUp(t);
  const stop = sim.failWhen(({ method }) =>
    method.startsWith("send") ? { error_code: 500 } : undefined
  );
  assert.equal((await say()).ok, false);
  assert.equal((await call("getMe")).ok, true);
  stop();
  assert.equal((await say()).ok, true);
});

test("calls take the time that was ordered", async (t) => {
  const { sim, alice, call } = await setUp(t, { clock: "manual", latencySeconds: 2 });
  let answered = false;
  const sending = call("sendMessage", { chat_id: alice.id, text: "hi" });
  sending.then(() => answered = true);
  await sim.clock.advance(1.9);
  assert.equal(answered, false);
  await sim.clock.advance(0.1);
  assert.equal((await sending).ok, true);
  sim.latencySeconds = 0;
  assert.equal((await call("getMe")).ok, true);
});

test("a responder answers in the simulator's place, or passes", async (t) => {
  const { sim, call } = await setUp(t);
  const asked: unknown[] = [];
  const stop = sim.on("getMyStarBalance", (payload) => {
    asked.push(payload);
    return asked.length === 1 ? { amount: 50 } : undefined;
  });
  assert.equal((await call("getmystarbalance")).result.amount, 50);
  assert.equal((await call("getMyStarBalance")).result.amount, 0);
  sim.on("sendGift", ({ gift_id }) => {
    throw new TelegramError(400, `Bad Request: no gift ${gift_id}`);
  });
  assert.equal((await call("sendGift", { gift_id: "g" })).description, "Bad Request: no gift g");
  stop();
  await call("getMyStarBalance");
  assert.equal(asked.length, 2);
});

test("calls are listed with what they asked and what they got", async (t) => {
  const { sim, alice, say } = await setUp(t);
  await say();
  const call = await sim.nextCall("sendMessage");
  assert.deepEqual(call.payload, { chat_id: alice.id, text: "hi" });
  assert.equal((call.result as { text: string }).text, "hi");
  const next = sim.nextCall("sendMessage");
  await say();
  assert.notEqual(await next, call);
  await assert.rejects(
    sim.nextCall("sendPhoto", { timeoutSeconds: 0 }),
    /A call of sendPhoto did not come within 0 s/,
  );
});

test("flood limits count messages to a chat, to a group and overall", async (t) => {
  const { sim, alice, call } = await setUp(t, { clock: "manual", flood: {} });
  const group = sim.group([alice]);
  const bob = sim.user();
  await bob.send("/start");
  const sent = async (chat_id: number, count: number) => {
    let accepted = 0;
    let wait = 0;
    for (let n = 0; n < count; n++) {
      const { ok, parameters } = await call("sendMessage", { chat_id, text: "x" });
      if (ok) accepted++;
      else wait = parameters!.retry_after!;
    }
    return [accepted, wait];
  };
  assert.deepEqual(await sent(alice.id, 5), [3, 1]);
  assert.deepEqual(await sent(bob.id, 1), [1, 0]);
  assert.equal((await call("sendChatAction", { chat_id: alice.id, action: "typing" })).ok, true);
  await sim.clock.advance(1);
  assert.deepEqual(await sent(alice.id, 2), [1, 1]);
  let accepted = 0;
  for (let second = 0; second < 22; second++) {
    await sim.clock.advance(1);
    accepted += (await sent(group.id, 1))[0]!;
  }
  assert.ok(accepted >= 20 && accepted < 30, `${accepted}`);
});
