import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MemoryStore, updatesPerLane } from "@tramline/tramline";

const bot = 123456;

function update(id: number, key = "a") {
  return { id, key, payload: "{}" };
}

test("a long lane is in order, in whatever order its updates come and go", async () => {
  const ids = fc.uniqueArray(fc.nat({ max: 100_000 }), {
    minLength: 1,
    maxLength: 300,
    size: "max",
  });
  const property = fc.asyncProperty(ids, fc.nat({ max: 4 }), async (ids, pace) => {
    const store = new MemoryStore();
    const worker = await store.register({ leaseSeconds: 30 });
    const coming = [...ids];
    const waiting: number[] = [];
    let hand: number[] = [];
    let lane: string | number = 0;
    while (coming.length > 0 || waiting.length > 0) {
      const batch = coming.splice(0, waiting.length > 40 ? pace : 9);
      const { lanes } = await store.append(bot, batch.map((id) => update(id)), {
        worker,
        lanes: 1,
      });
      waiting.push(...batch);
      waiting.sort((a, b) => a - b);
      for (const claimed of lanes) {
        lane = claimed.lane;
        hand = claimed.updates.map(({ id }) => id);
        assert.deepEqual(hand, waiting.slice(0, updatesPerLane));
      }
      for (let count = 0; count <= pace && hand.length > 0; count++) {
        const id = hand.shift()!;
        waiting.splice(waiting.indexOf(id), 1);
        const more = hand.length > 0;
        const settled = await store.complete(worker, { bot, lane, id, sessions: [], more });
        assert.equal(settled.outcome, "done");
        if (more || settled.outcome !== "done") continue;
        hand = settled.next.map(({ id }) => id);
        assert.deepEqual(hand, waiting.slice(0, updatesPerLane));
      }
    }
    assert.equal((await store.stats()).updates, 0);
  });
  await fc.assert(property, { numRuns: 200 });
});

test("of hundreds of thousands of ids, those of the last day are known", async () => {
  let now = 0;
  const store = new MemoryStore({ now: () => now });
  const worker = await store.register({ leaseSeconds: 30 });
  const perHour = 5000;
  for (let hour = 0; hour < 72; hour++) {
    now = hour * 3_600_000;
    const ids = Array.from({ length: perHour }, (_, index) => hour * perHour + index);
    const updates = ids.map((id) => update(id, `${id}`));
    const { known, lanes } = await store.append(bot, updates, { worker, lanes: perHour });
    assert.deepEqual(known, []);
    for (const { lane, updates: [update] } of lanes) {
      await store.complete(worker, { bot, lane, id: update!.id, sessions: [], more: false });
    }
  }
  const again = async (hour: number) => {
    const ids = Array.from({ length: perHour }, (_, index) => hour * perHour + index);
    return (await store.append(bot, ids.map((id) => update(id)))).known.length;
  };
  assert.equal(await again(71), perHour);
  assert.equal(await again(48), perHour);
  assert.equal(await again(10), 0);
});

test("lanes are claimed by the time at which they are due, however many there are", async () => {
  let now = 0;
  const store = new MemoryStore({ now: () => now });
  const worker = await store.register({ leaseSeconds: 1e6 });
  const waits = fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 200, size: "max" });
  let id = 0;
  const property = fc.asyncProperty(waits, async (waits) => {
    const updates = waits.map(() => update(++id, `${id}`));
    const { lanes } = await store.append(bot, updates, { worker, lanes: waits.length });
    for (const [index, { lane, updates: [update] }] of lanes.entries()) {
      const retryInSeconds = waits[index]!;
      const failure = { bot, lane, id: update!.id, error: "", retryInSeconds, more: false };
      await store.fail(worker, failure);
    }
    const claimed: number[] = [];
    for (let second = 0; second <= 50; second++, now += 1000) {
      const { lanes } = await store.claim(bot, worker, { lanes: 1000, suspects: 0 });
      for (const { lane, updates: [update] } of lanes) {
        claimed.push(second);
        await store.complete(worker, { bot, lane, id: update!.id, sessions: [], more: false });
      }
    }
    assert.deepEqual(claimed, waits.toSorted((a, b) => a - b));
  });
  await fc.assert(property, { numRuns: 100 });
});

test("what a closed store holds is there for the next runner of this process", async () => {
  const store = new MemoryStore();
  await store.append(bot, [update(1)]);
  await store.close();
  const worker = await store.register({ leaseSeconds: 30 });
  assert.equal((await store.claim(bot, worker, { lanes: 1, suspects: 0 })).lanes.length, 1);
});
