import type { Update } from "@tramline/tramline/types";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { Script, update, updates } from "./polling_support.ts";

function offsets(script: Script): number[] {
  return script.calls.map(({ offset }) => offset);
}

test("the offset is one more than the last update that was received, and 0 before the first", async () => {
  const script = new Script([], updates(101, 103), [], [update(107)]);
  await script.play();
  assert.deepEqual(offsets(script), [0, 0, 104, 104, 108]);
});

test("updates are accepted in the order in which they came, each once", async () => {
  const accepted: number[] = [];
  const script = new Script(updates(1, 3), updates(4, 5));
  await script.play({
    accept: (updates) => {
      accepted.push(...updates.map((update) => update.update_id));
      return Promise.resolve();
    },
  });
  assert.deepEqual(accepted, [1, 2, 3, 4, 5]);
});

test("limit, timeout and allowed_updates are passed on, and have defaults", async () => {
  const plain = new Script();
  await plain.play();
  assert.deepEqual(plain.calls, [{ offset: 0, limit: 100, timeout: 30 }]);
  const chosen = new Script();
  await chosen.play({ limit: 7, timeout: 3, allowed_updates: ["message"] });
  assert.deepEqual(chosen.calls, [
    { offset: 0, limit: 7, timeout: 3, allowed_updates: ["message"] },
  ]);
});

test("the next updates are asked for before those that came are handed on", async () => {
  const callsBefore: number[] = [];
  const script = new Script(updates(1, 2), updates(3, 4));
  await script.play({
    accept: () => {
      callsBefore.push(script.calls.length);
      return Promise.resolve();
    },
  });
  assert.deepEqual(callsBefore, [2, 3]);
});

test("while accept is pending at most one more batch is fetched, and none is handed on", async () => {
  const room = Promise.withResolvers<void>();
  const accepted: number[] = [];
  const script = new Script([update(1)], [update(2)], [update(3)]);
  const run = script.polling({
    accept: ([update]) => {
      accepted.push(update!.update_id);
      return room.promise;
    },
  }).run(script.stop.signal);
  while (script.calls.length < 2) await null;
  for (let turn = 0; turn < 20; turn++) await null;
  assert.deepEqual([accepted, script.calls.length], [[1], 2]);
  room.resolve();
  await script.over;
  assert.deepEqual(accepted, [1, 2, 3]);
  script.stop.abort();
  await run;
});

test("a stop aborts the open poll at once", async () => {
  const script = new Script(updates(1, 3));
  await script.play();
  assert.ok(script.aborted);
});

test("what was fetched but not handed on at a stop is not confirmed", async () => {
  const never = new Promise<void>(() => {});
  const script = new Script([update(1)], [update(2)], [], []);
  const polling = script.polling({ accept: () => never });
  const run = polling.run(script.stop.signal);
  while (script.calls.length < 2) await null;
  script.stop.abort();
  await run;
  script.calls.length = 0;
  await polling.confirm();
  assert.equal(script.calls.at(-1)?.offset, 2);
});

test("the last confirmation asks for one update, waits for none, and is not held back", async () => {
  // The aborted poll had the same offset: Telegram makes a call that repeats it wait for 3 s.
  const script = new Script([update(5)], "hang", [], []);
  const polling = script.polling();
  const run = polling.run(script.stop.signal);
  while (script.calls.length < 2) await null;
  script.stop.abort();
  await run;
  await polling.confirm();
  assert.deepEqual(script.calls.slice(2), [
    { offset: 0, limit: 1, timeout: 0 },
    { offset: 6, limit: 1, timeout: 0 },
  ]);
});

test("two confirmations at once are one", async () => {
  const script = new Script([update(5)], "hang", [], [], [], []);
  const polling = script.polling();
  const run = polling.run(script.stop.signal);
  while (script.calls.length < 2) await null;
  script.stop.abort();
  await run;
  await Promise.all([polling.confirm(), polling.confirm()]);
  assert.deepEqual(offsets(script).slice(2), [0, 6]);
});

test("nothing is confirmed when nothing came, or when it is confirmed already", async () => {
  const silent = new Script();
  await (await silent.play()).confirm();
  assert.equal(silent.calls.length, 1);
  const answered = new Script([update(1)], []);
  await (await answered.play()).confirm();
  assert.equal(answered.calls.length, 3);
});

test("a failing confirmation is logged, and nothing else", async () => {
  const script = new Script([update(5)], "hang", new Error("the cable is cut"));
  const polling = script.polling();
  const run = polling.run(script.stop.signal);
  while (script.calls.length < 2) await null;
  script.stop.abort();
  await run;
  const lines = await logged(() => polling.confirm());
  assert.match(lines.join(), /^warning: Cannot confirm the last updates.*the cable is cut/);
});

test("ids that started anew below the offset are accepted when they come a second time", async () => {
  const accepted: number[] = [];
  const accept = (updates: readonly Update[]) => {
    accepted.push(...updates.map((update) => update.update_id));
    return Promise.resolve();
  };
  const script = new Script(updates(700, 702), updates(50, 52), updates(50, 52), updates(53, 54));
  const lines = await logged(async () => {
    await script.play({ accept });
  });
  assert.deepEqual(accepted, [700, 701, 702, 50, 51, 52, 53, 54]);
  assert.deepEqual(offsets(script), [0, 703, 703, 53, 55]);
  assert.match(lines.join(), /numbers updates anew, from 50 on/);
});

test("old updates that come once more by mistake are not accepted again", async () => {
  const accepted: number[] = [];
  const script = new Script(updates(10, 11), updates(10, 11), [update(12)], updates(10, 12));
  await script.play({
    accept: (updates) => {
      accepted.push(...updates.map((update) => update.update_id));
      return Promise.resolve();
    },
  });
  assert.deepEqual(accepted, [10, 11, 12]);
});

test("one by one, the offset moves behind each update that was handled", async () => {
  const script = new Script(updates(1, 3), [], []);
  const accepted: number[] = [];
  const polling = script.polling({
    confirm: "each",
    accept: ([update]) => {
      accepted.push(update!.update_id);
      if (update!.update_id === 2) script.stop.abort();
      return Promise.resolve();
    },
  });
  await polling.run(script.stop.signal);
  assert.deepEqual(accepted, [1, 2]);
  await polling.confirm();
  assert.equal(script.calls.at(-1)?.offset, 3);
});

test("one by one, no poll is open while updates are handled", async () => {
  const open: number[] = [];
  const script = new Script(updates(1, 2));
  await script.play({
    confirm: "each",
    accept: () => {
      open.push(script.calls.length);
      return Promise.resolve();
    },
  });
  assert.deepEqual(open, [1, 1]);
});

test("one by one, an update that cannot be accepted ends polling and does not come again", async () => {
  const script = new Script(updates(1, 3), [], []);
  const polling = script.polling({
    confirm: "each",
    accept: ([update]) =>
      update!.update_id === 2 ? Promise.reject(new Error("no")) : Promise.resolve(),
  });
  await assert.rejects(polling.run(script.stop.signal), /no/);
  await polling.confirm();
  assert.equal(script.calls.at(-1)?.offset, 3);
});
