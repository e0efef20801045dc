import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { copyOf, equal } from "#src/middleware/session/copy.ts";

const anyData = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSet: true,
  maxDepth: 4,
  // Node 22's deepEqual finds two invalid dates different.
}).filter((data) => !objectsIn(data).some((one) => one instanceof Date && isNaN(one.getTime())));

test("a copy of any plain data is the same and shares nothing with the original", () => {
  fc.assert(fc.property(anyData, (data) => {
    const { copy } = copyOf(data)!;
    assert.deepEqual(copy, data);
    assert.ok(equal(copy, data));
    const originals = new Set(objectsIn(data));
    for (const object of objectsIn(copy)) assert.ok(!originals.has(object));
  }));
});

test("a copy of an invalid date is an invalid date, and equal to it", () => {
  const data = [new Date(NaN)];
  const copy = copyOf(data)!.copy as Date[];
  assert.notEqual(copy[0], data[0]);
  assert.ok(copy[0] instanceof Date && isNaN(copy[0].getTime()));
  assert.ok(equal(copy, data));
  assert.ok(!equal(copy, [new Date(0)]));
});

test("two different data are not equal", () => {
  fc.assert(fc.property(anyData, anyData, (one, other) => {
    let same = true;
    try {
      assert.deepEqual(one, other);
    } catch {
      same = false;
    }
    // The order of properties, which deepEqual does not look at, may make a difference here.
    if (!same) assert.ok(!equal(one, other));
  }));
  assert.ok(!equal([1, [2, 3]], [1, [2, 4]]));
  assert.ok(!equal({ a: undefined }, {}));
  assert.ok(!equal([], {}));
  assert.ok(!equal(0, -0));
  assert.ok(!equal(new Date(1), new Date(2)));
  assert.ok(equal(new Date(NaN), new Date(NaN)));
});

test("what contains itself, or something twice, is copied so", () => {
  const shared = { n: 1 };
  const ring: Record<string, unknown> = { shared, again: shared };
  ring.self = ring;
  ring.map = new Map([[ring, shared]]);
  const { copy } = copyOf(ring)!;
  assert.notEqual(copy, ring);
  assert.equal(copy.self, copy);
  assert.equal(copy.shared, copy.again);
  assert.equal((copy.map as Map<unknown, unknown>).get(copy), copy.shared);
  assert.ok(equal(copy, ring));
  shared.n = 2;
  assert.ok(!equal(copy, ring));
});

test("a property named __proto__ is copied as a property", () => {
  const data = JSON.parse('{"__proto__":{"admin":true}}');
  const { copy } = copyOf(data)!;
  assert.deepEqual(Object.keys(copy), ["__proto__"]);
  assert.equal(copy.admin, undefined);
});

test("what a copy would not be the same as is not copied", () => {
  class Money {
    cents = 5;
  }
  const hidden = Object.defineProperty({}, "hidden", { value: 1, enumerable: false });
  const notPlain = [
    new Money(),
    { deep: [new Money()] },
    {
      get now() {
        return 1;
      },
    },
    { [Symbol("key")]: 1 },
    hidden,
    /expression/,
    new Uint8Array(3),
    new (class extends Map {})(),
  ];
  for (const data of notPlain) assert.equal(copyOf(data), undefined);
});

test("data nested deeper than the stack is not copied, and counts as different", () => {
  const nest = () => {
    let data: unknown = 1;
    for (let i = 0; i < 200_000; i++) data = [data];
    return data;
  };
  assert.equal(copyOf(nest()), undefined);
  assert.equal(equal(nest(), nest()), false);
});

function* objectsIn(data: unknown, seen = new Set<unknown>()): Generator<object> {
  if (typeof data !== "object" || data === null || seen.has(data)) return;
  seen.add(data);
  yield data;
  const inner = data instanceof Map
    ? [...data].flat()
    : data instanceof Set
    ? data
    : Object.values(data);
  for (const one of inner) yield* objectsIn(one, seen);
}
