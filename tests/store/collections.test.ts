import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Due, DueHeap } from "#src/store/memory/due_heap.ts";
import { IdSet } from "#src/store/memory/id_set.ts";

test("a heap has the earliest on top, whichever of its items are removed", () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 30 })), {
    minLength: 1,
    maxLength: 150,
    size: "max",
  });
  fc.assert(fc.property(steps, (steps) => {
    const heap = new DueHeap<Due>();
    let model: Due[] = [];
    for (const [turn, [isRemoval, number]] of steps.entries()) {
      if (isRemoval && model.length > 0) {
        const item = model[number % model.length]!;
        heap.remove(item);
        model = model.filter((other) => other !== item);
      } else {
        const item = { due: number, turn, place: -1 };
        heap.add(item);
        model.push(item);
      }
      const [first] = model.toSorted((a, b) => a.due - b.due || a.turn - b.turn);
      assert.equal(heap.first, first);
      assert.equal(heap.size, model.length);
    }
  }));
});

test("a set of ids holds what a set holds", () => {
  const near = fc.integer({ min: 1000, max: 1050 });
  const far = fc.constantFrom(0, 1, 31, 32, 1023, 2 ** 31 - 1, 2 ** 31, 2 ** 52 + 1);
  const steps = fc.array(fc.tuple(fc.boolean(), fc.oneof(near, far)), {
    maxLength: 150,
    size: "max",
  });
  fc.assert(fc.property(steps, (steps) => {
    const ids = new IdSet();
    const model = new Set<number>();
    for (const [isRemoval, id] of steps) {
      if (isRemoval) ids.delete(id);
      else assert.equal(ids.add(id), !model.has(id));
      if (isRemoval) model.delete(id);
      else model.add(id);
      for (const known of [...model, id, id + 1, id - 1]) {
        assert.equal(ids.has(known), model.has(known));
      }
    }
  }));
});
