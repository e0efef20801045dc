import { RecentIds } from "#src/updates/redelivery.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

test("an id is recognised exactly, in whatever order ids come", () => {
  const recent = new RecentIds();
  for (const id of [900, 17, 4096, 0, 4095, 2_000_000_000]) recent.add(id);
  for (const id of [900, 17, 4096, 0, 4095, 2_000_000_000]) assert.ok(recent.has(id), `${id}`);
  for (const id of [901, 16, 4097, 1, 4094, 1_999_999_999, 899]) {
    assert.ok(!recent.has(id), `${id}`);
  }
});

test("ids that start anew below the earlier ones are new", () => {
  const recent = new RecentIds();
  recent.add(727_334_708);
  assert.ok(!recent.has(117_314_199));
});

test("ids beyond what Telegram sends do not collide", () => {
  const recent = new RecentIds();
  recent.add(-1);
  recent.add(2 ** 40 + 3);
  assert.ok(recent.has(-1));
  assert.ok(recent.has(2 ** 40 + 3));
  assert.ok(!recent.has(4095));
  assert.ok(!recent.has(3));
  assert.ok(!recent.has(-4097));
});

test("an id is remembered for the horizon, and forgotten after two at the latest", () => {
  let now = 0;
  const recent = new RecentIds({ horizonSeconds: 10, now: () => now });
  now = 9_000;
  assert.ok(!recent.has(1));
  recent.add(1);
  now = 18_999; // within the horizon, though its generation has become the older one
  assert.ok(recent.has(1));
  now = 29_001;
  assert.ok(!recent.has(1));
});

test("after a long silence nothing is remembered", () => {
  let now = 0;
  const recent = new RecentIds({ horizonSeconds: 10, now: () => now });
  recent.add(1);
  now = 1_000_000;
  assert.ok(!recent.has(1));
});

test("memory is bounded: of ids far apart only the latest are remembered", () => {
  const recent = new RecentIds({ maxPages: 4 });
  const ids = Array.from({ length: 100 }, (_, index) => index * 1_000_000);
  ids.forEach((id) => recent.add(id));
  const kept = ids.filter((id) => recent.has(id));
  assert.deepEqual(kept, ids.slice(-kept.length));
  assert.ok(kept.length >= 4 && kept.length <= 8, `${kept.length} kept`);
});
