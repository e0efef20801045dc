import { test, type TestContext } from "node:test";
import assert from "node:assert/strict";
import { caller, type Reply, simulator } from "./calls.ts";

function texts({ result }: Reply): string[] {
  return result.map((update: { message: { text: string } }) => update.message.text);
}

/** A simulator on which time stands still, with `count` messages waiting: "1", "2", … */
async function withMessages(t: TestContext, count: number) {
  const sim = simulator(t, { clock: "manual" });
  const alice = sim.user();
  for (let n = 1; n <= count; n++) await alice.send(String(n));
  const call = caller(sim);
  /** Polls without being slowed down for asking the same again. */
  const poll = async (payload: Record<string, unknown> = {}) => {
    await sim.clock.advance(3);
    return await call("getUpdates", payload);
  };
  const first: number = (await poll({ limit: 1 })).result[0]?.update_id;
  return { sim, alice, call, poll, first };
}

test("updates are returned again until a higher offset confirms them", async (t) => {
  const { sim, poll, first } = await withMessages(t, 3);
  assert.deepEqual(texts(await poll()), ["1", "2", "3"]);
  assert.deepEqual(texts(await poll()), ["1", "2", "3"]);
  assert.deepEqual(texts(await poll({ offset: first + 2 })), ["3"]);
  assert.equal(sim.mainBot.pendingUpdates, 1);
  assert.deepEqual(texts(await poll({ offset: first })), ["3"]);
  assert.deepEqual(texts(await poll({ offset: first + 3 })), []);
  assert.equal(sim.mainBot.pendingUpdates, 0);
});

test("ids rise by one and begin high", async (t) => {
  const { poll, first } = await withMessages(t, 3);
  const ids = (await poll()).result.map(({ update_id }: { update_id: number }) => update_id);
  assert.deepEqual(ids, [first, first + 1, first + 2]);
  assert.ok(first > 2_000_000 && first <= 1_000_000_000);
});

test("a negative offset keeps only the last updates", async (t) => {
  const { poll } = await withMessages(t, 5);
  assert.deepEqual(texts(await poll({ offset: -2 })), ["4", "5"]);
  assert.deepEqual(texts(await poll()), ["4", "5"]);
});

test("an offset far beyond the next id is ignored", async (t) => {
  const { sim, poll, first } = await withMessages(t, 2);
  assert.deepEqual(texts(await poll({ offset: first + 2 + 11 })), ["1", "2"]);
  assert.equal(sim.mainBot.pendingUpdates, 2);
});

test("an offset a little beyond the next id loses what comes below it", async (t) => {
  const { sim, alice, poll, first } = await withMessages(t, 1);
  const waiting = poll({ offset: first + 3, timeout: 50 });
  await sim.until(() => sim.mainBot.isPolling);
  await alice.send("lost");
  assert.deepEqual(texts(await waiting), []);
  await alice.send("lost too");
  await alice.send("kept");
  assert.deepEqual(texts(await poll({ offset: first + 3 })), ["kept"]);
});

test("the limit is between 1 and 100", async (t) => {
  const { poll } = await withMessages(t, 101);
  assert.equal((await poll()).result.length, 100);
  assert.equal((await poll({ limit: 1000 })).result.length, 100);
  assert.equal((await poll({ limit: -5 })).result.length, 1);
});

test("a long poll waits, and is answered when an update comes", async (t) => {
  const { sim, alice, poll } = await withMessages(t, 0);
  const waiting = poll({ timeout: 30 });
  await sim.until(() => sim.mainBot.isPolling);
  await alice.send("at last");
  assert.deepEqual(texts(await waiting), ["at last"]);
});

test("updates that come together are answered together", async (t) => {
  const { sim, alice, poll } = await withMessages(t, 0);
  const waiting = poll({ timeout: 30 });
  await sim.until(() => sim.mainBot.isPolling);
  await alice.send("1");
  await alice.send("2");
  assert.deepEqual(texts(await waiting), ["1", "2"]);
});

test("a long poll ends empty when its time is up, after 50 s at most", async (t) => {
  const { sim, call } = await withMessages(t, 0);
  await sim.clock.advance(3);
  const waiting = call("getUpdates", { timeout: 1000 });
  await sim.until(() => sim.mainBot.isPolling);
  await sim.clock.advance(49);
  assert.equal(sim.mainBot.isPolling, true);
  await sim.clock.advance(1);
  assert.deepEqual(texts(await waiting), []);
});

test("who asks the same again within half a second gets one update", async (t) => {
  const { sim, call } = await withMessages(t, 3);
  await sim.clock.advance(3);
  assert.equal((await call("getUpdates")).result.length, 3);
  await sim.clock.advance(0.4);
  assert.equal((await call("getUpdates")).result.length, 1);
  await sim.clock.advance(0.6);
  assert.equal((await call("getUpdates")).result.length, 3);
});

test("who asks the same again within 3 s waits although the timeout is 0", async (t) => {
  const { sim, alice, call } = await withMessages(t, 0);
  await sim.clock.advance(3);
  await call("getUpdates");
  await sim.clock.advance(1);
  const waiting = call("getUpdates");
  await sim.until(() => sim.mainBot.isPolling);
  await alice.send("hello");
  assert.deepEqual(texts(await waiting), ["hello"]);
});

test("updates end their life 24 hours after the message, inline queries after 30 s", async (t) => {
  const { sim, alice, poll } = await withMessages(t, 1);
  const unanswered = alice.inlineQuery("pizza", { timeoutSeconds: 0 }).catch(() => {});
  assert.equal(sim.mainBot.pendingUpdates, 2);
  await sim.clock.advance(30);
  assert.equal(sim.mainBot.pendingUpdates, 1);
  await sim.clock.advance(24 * 3600);
  assert.deepEqual(texts(await poll()), []);
  await unanswered;
});

test("a message that is older than 24 hours is not stored at all", (t) => {
  const sim = simulator(t);
  const message = {
    message_id: 1,
    date: sim.clock.date() - 24 * 3600 - 1,
    chat: { id: 5, type: "private" as const, first_name: "Old" },
    from: { id: 5, is_bot: false, first_name: "Old" },
    text: "late",
  };
  assert.equal(sim.deliver({ message }), undefined);
  assert.equal(typeof sim.deliver({ message: { ...message, date: sim.clock.date() } }), "number");
});

test("kinds that are not allowed are never stored; the setting is kept", async (t) => {
  const { alice, poll } = await withMessages(t, 0);
  const message = await alice.send("by default");
  await alice.react(message, "👍");
  assert.deepEqual(texts(await poll()), ["by default"]);
  await poll({ allowed_updates: ["Message_Reaction", "nonsense"] });
  await alice.react(message);
  await alice.send("not allowed");
  // No array: the setting stays.
  const { result } = await poll({ offset: -1, allowed_updates: "reactions" });
  assert.equal(result[0].message_reaction.new_reaction.length, 0);
  // Nothing known: the default again.
  await poll({ allowed_updates: [] });
  await alice.send("allowed again");
  assert.deepEqual(texts(await poll({ offset: -1 })), ["allowed again"]);
});

test("a stored update keeps its first text when the message is edited", async (t) => {
  const { alice, poll } = await withMessages(t, 0);
  const message = await alice.send("before");
  await alice.edit(message, "after");
  const { result } = await poll();
  assert.equal(result[0].message.text, "before");
  assert.equal(result[1].edited_message.text, "after");
  assert.equal(typeof result[1].edited_message.edit_date, "number");
});

test("at 100 000 updates the queue is full, and new ones are dropped", (t) => {
  const sim = simulator(t);
  const chat = { id: 5, type: "private" as const, first_name: "Busy" };
  const from = { id: 5, is_bot: false, first_name: "Busy" };
  const date = sim.clock.date();
  for (let n = 1; n <= 100_000; n++) {
    sim.deliver({ message: { message_id: n, date, chat, from, text: "x" } });
  }
  const id = sim.deliver({ message: { message_id: 100_001, date, chat, from, text: "x" } });
  assert.equal(id, undefined);
  assert.equal(sim.mainBot.pendingUpdates, 100_000);
});

test("an answer is cut at about 4 MiB", async (t) => {
  const { alice, poll } = await withMessages(t, 0);
  for (let n = 0; n < 20; n++) await alice.send("x".repeat(400_000));
  const { result } = await poll();
  assert.equal(result.length, 10);
});

test("ids can begin anew, lower, and a high offset is then of no use", async (t) => {
  const { sim, alice, poll, first } = await withMessages(t, 1);
  await poll({ offset: first + 1 });
  sim.mainBot.restartUpdateIds(2_000_500);
  await alice.send("after the reset");
  assert.deepEqual(texts(await poll({ offset: first + 1 })), ["after the reset"]);
  assert.deepEqual(texts(await poll({ offset: first + 1 })), ["after the reset"]);
  assert.deepEqual(texts(await poll({ offset: 2_000_501 })), []);
});
