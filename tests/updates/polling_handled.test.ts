import { Api } from "@tramline/tramline";
import { Simulator } from "@tramline/tramline/testing";
import type { Update } from "@tramline/tramline/types";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Polling } from "#src/updates/polling.ts";
import { logged } from "../log_support.ts";
import { Script, update, updates } from "./polling_support.ts";

/** An accept whose updates are pending until the test ends them. */
class Pending {
  readonly accepted: number[] = [];
  readonly #outcomes = new Map<number, PromiseWithResolvers<void>>();
  #changed = Promise.withResolvers<void>();

  readonly accept = ([update]: readonly Update[]): Promise<void> => {
    const outcome = Promise.withResolvers<void>();
    this.accepted.push(update!.update_id);
    this.#outcomes.set(update!.update_id, outcome);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
    return outcome.promise;
  };

  /** Resolves when `count` updates have been accepted altogether. */
  async count(count: number): Promise<void> {
    while (this.accepted.length < count) await this.#changed.promise;
  }

  finish(...ids: number[]): void {
    for (const id of ids) this.#outcomes.get(id)!.resolve();
  }

  fail(id: number): void {
    this.#outcomes.get(id)!.reject(new Error("it is not safe"));
  }
}

/** A simulated Telegram, and polling from it that confirms what is handled. */
function setUp() {
  const sim = new Simulator({ timeoutSeconds: 60 });
  const api = new Api(sim.token, sim.client);
  const pending = new Pending();
  const stop = new AbortController();
  const polling = new Polling({
    getUpdates: (params, signal) => api.getUpdates(params, signal),
    accept: pending.accept,
    confirm: "handled",
  });
  const run = polling.run(stop.signal);
  return {
    sim,
    pending,
    deliver: (text: string) => {
      // Telegram does not keep messages that are older than a day.
      const message = { ...update(1).message!, date: sim.clock.date(), text };
      return sim.deliver({ message })!;
    },
    getUpdates: () => sim.calls.filter(({ method }) => method === "getUpdates"),
    end: async () => {
      stop.abort();
      await run;
      await polling.confirm();
      await sim.close();
    },
  };
}

test("an update is confirmed when it is handled, not before", async () => {
  const { sim, pending, deliver, end } = setUp();
  const id = deliver("hello");
  await pending.count(1);
  assert.equal(sim.mainBot.pendingUpdates, 1);
  pending.finish(id);
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  await end();
});

test("a handled update stays unconfirmed while an earlier one is not handled", async () => {
  const { sim, pending, deliver, end } = setUp();
  const ids = [deliver("one"), deliver("two"), deliver("three")] as const;
  await pending.count(3);
  pending.finish(ids[1]);
  await end();
  assert.equal(sim.mainBot.pendingUpdates, 3);
});

test("an update of another chat is handled while one is still running, and none runs twice", async () => {
  const { sim, pending, deliver, end } = setUp();
  const first = deliver("one");
  await pending.count(1);
  const second = deliver("two");
  await pending.count(2);
  const third = deliver("three");
  await pending.count(3);
  assert.deepEqual(pending.accepted, [first, second, third]);
  pending.finish(first, second, third);
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  assert.deepEqual(pending.accepted, [first, second, third]);
  await end();
});

test("a poll with the same offset waits half a second, so that Telegram does not cut it to one update", async () => {
  const { pending, deliver, getUpdates, end } = setUp();
  const first = deliver("one");
  await pending.count(1);
  deliver("two");
  await pending.count(2);
  deliver("three");
  await pending.count(3);
  const sameOffset = getUpdates().filter(({ payload }) => payload.offset === first);
  assert.ok(sameOffset.length >= 2);
  for (const [n, call] of sameOffset.entries()) {
    if (n > 0) assert.ok(call.at - sameOffset[n - 1]!.at >= 0.49);
  }
  await end();
});

test("when the lowest unfinished update is handled, the next poll does not wait", async () => {
  const script = new Script(updates(1, 3), updates(1, 3), updates(2, 4));
  const pending = new Pending();
  const polling = script.polling({ confirm: "handled", accept: pending.accept });
  const run = polling.run(script.stop.signal);
  await pending.count(3);
  // The poll for the same offset has found nothing new; the next one would wait for half a second.
  while (script.calls.length < 2) await null;
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(script.calls.length, 2);
  pending.finish(1);
  for (let turn = 0; turn < 100; turn++) await null;
  assert.deepEqual(pending.accepted, [1, 2, 3, 4]);
  assert.equal(script.calls[2]?.offset, 2);
  script.stop.abort();
  await run;
});

test("a backlog that is handled at once is polled without pauses or repetitions", async () => {
  const script = new Script(updates(1, 100), updates(101, 200), updates(201, 250));
  await script.play({ confirm: "handled" });
  assert.deepEqual(script.calls.map(({ offset }) => offset), [0, 101, 201, 251]);
});

test("an update that could not be made safe is accepted again when it is delivered again", async () => {
  const script = new Script(updates(1, 2), updates(1, 2));
  const pending = new Pending();
  const lines = await logged(async () => {
    const run = script.polling({ confirm: "handled", accept: pending.accept })
      .run(script.stop.signal);
    await pending.count(2);
    pending.fail(1);
    pending.finish(2);
    await pending.count(3);
    assert.deepEqual(pending.accepted, [1, 2, 1]);
    script.stop.abort();
    await run;
  });
  assert.match(lines.join(), /error: Update 1 is not safe/);
});

test("at a stop the confirmation goes as far as all is handled", async () => {
  const script = new Script(updates(1, 5), "hang", [], []);
  const pending = new Pending();
  const polling = script.polling({ confirm: "handled", accept: pending.accept });
  const run = polling.run(script.stop.signal);
  await pending.count(5);
  script.stop.abort();
  await run;
  pending.finish(1, 2, 4);
  await null;
  await polling.confirm();
  assert.equal(script.calls.at(-1)?.offset, 3);
});

test("when the ids start anew, updates still running do not hold back the new ones", async () => {
  const script = new Script([update(900)], [update(40)], [update(40)], [update(41)]);
  const pending = new Pending();
  await logged(async () => {
    const polling = script.polling({ confirm: "handled", accept: pending.accept });
    const run = polling.run(script.stop.signal);
    await pending.count(2);
    pending.finish(40, 900);
    await pending.count(3);
    assert.deepEqual(pending.accepted, [900, 40, 41]);
    script.stop.abort();
    await run;
  });
  assert.equal(script.calls.find(({ offset }) => offset === 41)?.offset, 41);
});
