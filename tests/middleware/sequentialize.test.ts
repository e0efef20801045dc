import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { Composer, type Context, sequentialize } from "@tramline/tramline";
import fc from "fast-check";
import { type UnitOfWork, unitOfWork } from "#src/context/unit_of_work.ts";

interface Task {
  keys: string | string[] | undefined;
  [unitOfWork]?: UnitOfWork;
}

/** Updates that run until they are told to end. */
function observed() {
  const pass = sequentialize((task: Task) => task.keys);
  const running = new Set<number>();
  const started: number[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const begin = (keys: Task["keys"], more: Partial<Task> = {}): Promise<void> => {
    const id = ends.length;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    ends.push((error) => error ? reject(error) : resolve());
    return pass({ keys, ...more }, () => {
      started.push(id);
      running.add(id);
      return promise.finally(() => running.delete(id));
    });
  };
  return { begin, started, running, ends };
}

test("updates with the same key run one after the other, in the order of arrival", async () => {
  const { begin, started, ends } = observed();
  const all = [begin("a"), begin("a"), begin("a")];
  await setImmediate();
  assert.deepEqual(started, [0]);
  ends[0]!();
  await all[0];
  await setImmediate();
  assert.deepEqual(started, [0, 1]);
  ends[2]!();
  ends[1]!();
  await Promise.all(all);
  assert.deepEqual(started, [0, 1, 2]);
});

test("updates with other keys, without any, or with an empty list do not wait", () => {
  const { begin, started } = observed();
  for (const keys of ["a", "b", undefined, [], undefined]) begin(keys);
  assert.deepEqual(started, [0, 1, 2, 3, 4]);
});

test("with several keys, an update waits for all that share one, and later ones wait for it", async () => {
  const { begin, started, ends } = observed();
  begin("a");
  begin("b");
  begin(["a", "b", "a"]);
  begin("b");
  begin("c");
  assert.deepEqual(started, [0, 1, 4]);
  ends[0]!();
  await setImmediate();
  assert.deepEqual(started, [0, 1, 4]);
  ends[1]!();
  await setImmediate();
  assert.deepEqual(started, [0, 1, 4, 2]);
  ends[2]!();
  await setImmediate();
  assert.deepEqual(started, [0, 1, 4, 2, 3]);
});

test("an update that fails lets the next one go on, and rejects", async () => {
  const { begin, started, ends } = observed();
  const failing = begin("a");
  begin("a");
  ends[0]!(new Error("no luck"));
  await assert.rejects(failing, /no luck/);
  await setImmediate();
  assert.deepEqual(started, [0, 1]);
});

test("with random keys and ends, no two with a common key overlap, and all come in order", async () => {
  const key = fc.constantFrom("a", "b", "c", "d");
  const tasks = fc.array(fc.array(key, { maxLength: 3 }), { minLength: 1, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(tasks, fc.infiniteStream(fc.nat()), async (tasks, choices) => {
      const { begin, started, running, ends } = observed();
      const share = (a: number, b: number) => tasks[a]!.some((key) => tasks[b]!.includes(key));
      const all = tasks.map((keys) => begin(keys));
      let ended = 0;
      while (ended < tasks.length) {
        await setImmediate();
        assert.ok(running.size > 0, "all wait for one another");
        for (const a of running) for (const b of running) assert.ok(a === b || !share(a, b));
        const one = [...running][choices.next().value! % running.size]!;
        ends[one]!();
        ended++;
        await all[one];
      }
      for (const [i, a] of started.entries()) {
        for (const b of started.slice(i)) assert.ok(a <= b || !share(a, b), `${a} before ${b}`);
      }
    }),
    { numRuns: 50 },
  );
});

test("in a unit of work, an update waits through it, and only if it has to", async () => {
  const waits: Promise<unknown>[] = [];
  const unit: UnitOfWork = {
    key: "a",
    wait(pending) {
      waits.push(pending);
      return pending;
    },
  };
  const { begin, started, ends } = observed();
  begin("a", { [unitOfWork]: unit });
  assert.equal(waits.length, 0);
  begin("a", { [unitOfWork]: unit });
  assert.equal(waits.length, 1);
  ends[0]!();
  await setImmediate();
  assert.deepEqual(started, [0, 1]);
});

test("an update whose wait is given up does not let those behind it overtake those before it", async () => {
  const unit: UnitOfWork = { key: "a", wait: () => Promise.reject(new Error("out of time")) };
  const { begin, started, ends } = observed();
  begin("a");
  await assert.rejects(begin("a", { [unitOfWork]: unit }), /out of time/);
  begin("a");
  await setImmediate();
  assert.deepEqual(started, [0]);
  ends[0]!();
  await setImmediate();
  assert.deepEqual(started, [0, 2]);
});

test("an error of the constraint rejects, and nothing is left waiting", async () => {
  const composer = new Composer<Context>();
  composer.use(sequentialize(() => {
    throw new Error("no key");
  }));
  await assert.rejects(
    async () => await composer.handle({ update: { update_id: 1 } } as Context),
    /no key/,
  );
});
