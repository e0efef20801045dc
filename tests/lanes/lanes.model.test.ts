import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { Lanes } from "#src/lanes/lanes.ts";

// A failing run prints its seed and path: `fc.assert(property, { seed, path })` replays it.

type Step =
  | { kind: "push"; key: string | undefined }
  | { kind: "end" | "fail" | "suspend" | "resume"; pick: number };

const key = fc.constantFrom("a", "b", "c", "d", undefined);
const pick = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("push" as const), key }) },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "end" as const,
        "end" as const,
        "fail" as const,
        "suspend" as const,
        "resume" as const,
      ),
      pick,
    }),
  },
);

/** The same scheduler in the plainest form: arrays, and everything recomputed. */
class Model {
  readonly concurrency: number;
  ready: string[] = [];
  running: string[] = [];
  suspended: string[] = [];
  lanes = new Map<string, string[]>();

  constructor(concurrency: number) {
    this.concurrency = concurrency;
  }

  push(name: string, key: string | undefined): void {
    const lane = key === undefined ? [] : this.lanes.get(key) ?? [];
    lane.push(name);
    if (key !== undefined) this.lanes.set(key, lane);
    if (lane.length === 1) this.ready.push(name);
    this.#fill();
  }

  end(name: string): void {
    this.running = this.running.filter((other) => other !== name);
    for (const [key, lane] of this.lanes) {
      if (lane[0] !== name) continue;
      lane.shift();
      if (lane[0] !== undefined) this.ready.push(lane[0]);
      else this.lanes.delete(key);
    }
    this.#fill();
  }

  suspend(name: string): void {
    this.running = this.running.filter((other) => other !== name);
    this.suspended.push(name);
    this.#fill();
  }

  resume(name: string): void {
    this.suspended = this.suspended.filter((other) => other !== name);
    this.ready.push(name);
    this.#fill();
  }

  #fill(): void {
    while (this.running.length < this.concurrency && this.ready.length > 0) {
      this.running.push(this.ready.shift()!);
    }
  }
}

/** A task of the real lanes that does what the steps say: end, fail, suspend, resume. */
class Puppet {
  readonly name: string;
  #order = Promise.withResolvers<"end" | "fail" | "suspend">();
  #wake = Promise.withResolvers<void>();

  constructor(name: string) {
    this.name = name;
  }

  order(what: "end" | "fail" | "suspend"): void {
    this.#order.resolve(what);
  }

  resume(): void {
    this.#wake.resolve();
  }

  async run(
    wait: (pending: Promise<void>) => Promise<void>,
    active: Set<string>,
  ): Promise<void> {
    active.add(this.name);
    for (;;) {
      const what = await this.#order.promise;
      active.delete(this.name);
      if (what === "end") return;
      if (what === "fail") throw new Error(this.name);
      this.#order = Promise.withResolvers();
      this.#wake = Promise.withResolvers();
      await wait(this.#wake.promise);
      active.add(this.name);
    }
  }
}

test("whatever is pushed, ended, failed and suspended, the lanes run what the model runs", async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 4 }),
    fc.array(step, { maxLength: 60 }),
    async (concurrency, steps) => {
      const lanes = new Lanes({ concurrency });
      const model = new Model(concurrency);
      const puppets = new Map<string, Puppet>();
      const active = new Set<string>();
      const failed = new Set<string>();
      const expectedFailures = new Set<string>();

      const compare = async () => {
        await setImmediate();
        assert.deepEqual([...active].sort(), [...model.running].sort());
        assert.equal(lanes.running, model.running.length);
        assert.deepEqual(failed, expectedFailures);
      };
      const apply = (what: "end" | "fail" | "suspend", name: string) => {
        puppets.get(name)!.order(what);
        if (what === "suspend") return model.suspend(name);
        if (what === "fail") expectedFailures.add(name);
        puppets.delete(name);
        model.end(name);
      };
      const resume = (name: string) => {
        puppets.get(name)!.resume();
        model.resume(name);
      };

      let pushed = 0;
      for (const one of steps) {
        if (one.kind === "push") {
          const puppet = new Puppet(`task ${pushed++}`);
          puppets.set(puppet.name, puppet);
          model.push(puppet.name, one.key);
          lanes.push(one.key, (slot) => puppet.run((pending) => slot.wait(pending), active))
            .catch((error) => failed.add(error.message));
        } else {
          const from = one.kind === "resume" ? model.suspended : model.running;
          const name = from[one.pick % from.length];
          if (name === undefined) continue;
          if (one.kind === "resume") resume(name);
          else apply(one.kind, name);
        }
        await compare();
        assert.equal(lanes.size, puppets.size);
      }

      // Nothing is lost: all that is left can be brought to its end.
      while (puppets.size > 0) {
        for (const name of [...model.suspended]) resume(name);
        for (const name of [...model.running]) apply("end", name);
        await compare();
      }
      await lanes.idle();
      assert.equal(lanes.size, 0);
    },
  );
  await fc.assert(property, { numRuns: 1000 });
});

test("under real concurrency every key sees its tasks once and in order, within the bound", async () => {
  const task = fc.record({
    key,
    turns: fc.nat({ max: 4 }),
    suspends: fc.boolean(),
    fails: fc.boolean(),
  });
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 8 }),
    fc.array(task, { maxLength: 80 }),
    async (concurrency, tasks) => {
      const lanes = new Lanes({ concurrency });
      const seen: number[] = [];
      const busy = new Set<string>();
      const outcomes = await Promise.allSettled(
        tasks.map(({ key, turns, suspends, fails }, n) =>
          lanes.push(key, async (slot) => {
            seen.push(n);
            if (key !== undefined) {
              assert.ok(!busy.has(key), `two tasks of the key ${key} at once`);
              busy.add(key);
            }
            for (let turn = 0; turn < turns; turn++) {
              assert.ok(lanes.running <= concurrency);
              await (turn % 2 ? setImmediate() : null);
            }
            if (suspends) await slot.wait(setImmediate());
            assert.ok(lanes.running >= 1 && lanes.running <= concurrency);
            if (key !== undefined) busy.delete(key);
            if (fails) throw new Error(`task ${n} fails`);
          })
        ),
      );
      for (const [n, outcome] of outcomes.entries()) {
        const error = outcome.status === "rejected" ? outcome.reason.message : undefined;
        assert.equal(error, tasks[n]!.fails ? `task ${n} fails` : undefined);
      }
      assert.deepEqual([...seen].sort((a, b) => a - b), tasks.map((_, n) => n));
      for (const one of ["a", "b", "c", "d"]) {
        const order = seen.filter((n) => tasks[n]!.key === one);
        assert.deepEqual(order, [...order].sort((a, b) => a - b));
      }
      assert.equal(lanes.running, 0);
    },
  );
  await fc.assert(property, { numRuns: 1000 });
});
