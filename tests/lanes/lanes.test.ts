import assert from "node:assert/strict";
import { test } from "node:test";
import { Lanes, type Slot } from "#src/lanes/lanes.ts";

/** A task that runs until it is told to end, and tells what happened in `events`. */
function controlled(name: string, events: string[]) {
  const gate = Promise.withResolvers<void>();
  const started = Promise.withResolvers<Slot>();
  return {
    end: () => gate.resolve(),
    fail: (error: Error) => gate.reject(error),
    started: started.promise,
    task: async (slot: Slot) => {
      events.push(`${name} begins`);
      started.resolve(slot);
      await gate.promise;
      events.push(`${name} ends`);
    },
  };
}

test("tasks of one key run one after the other, in the order they came", async () => {
  const events: string[] = [];
  const lanes = new Lanes({ concurrency: 10 });
  const first = controlled("first", events);
  const second = controlled("second", events);
  lanes.push("chat", first.task);
  const done = lanes.push("chat", second.task);
  second.end();
  first.end();
  await done;
  assert.deepEqual(events, ["first begins", "first ends", "second begins", "second ends"]);
});

test("a busy key delays no other, and what waits behind it holds no slot", async () => {
  const events: string[] = [];
  const lanes = new Lanes({ concurrency: 2 });
  const slow = controlled("slow", events);
  lanes.push("busy", slow.task);
  const behind = [1, 2, 3].map((n) => lanes.push("busy", () => void events.push(`behind ${n}`)));
  await lanes.push("other", () => void events.push("other"));
  assert.deepEqual(events, ["slow begins", "other"]);
  assert.equal(lanes.running, 1);
  assert.equal(lanes.size, 4);
  slow.end();
  await Promise.all(behind);
  assert.deepEqual(events.slice(2), ["slow ends", "behind 1", "behind 2", "behind 3"]);
});

test("never more tasks hold a slot than the concurrency allows", async () => {
  const lanes = new Lanes({ concurrency: 3 });
  let most = 0;
  const work = Array.from(
    { length: 50 },
    (_, n) =>
      lanes.push(n % 2 ? undefined : `key ${n}`, async () => {
        most = Math.max(most, lanes.running);
        await null;
      }),
  );
  assert.equal(lanes.running, 3);
  await Promise.all(work);
  assert.equal(most, 3);
  assert.equal(lanes.running, 0);
});

test("tasks without a key are not ordered among each other", async () => {
  const events: string[] = [];
  const lanes = new Lanes({ concurrency: 2 });
  const slow = controlled("slow", events);
  lanes.push(undefined, slow.task);
  await lanes.push(undefined, () => void events.push("quick"));
  assert.deepEqual(events, ["slow begins", "quick"]);
  slow.end();
  await lanes.idle();
});

test("the lane that became ready first is served first", async () => {
  const events: string[] = [];
  const lanes = new Lanes({ concurrency: 1 });
  const note = (name: string) => () => void events.push(name);
  const opening = controlled("opening", events);
  lanes.push("a", opening.task);
  for (const name of ["a2", "a3"]) lanes.push("a", note(name));
  lanes.push("b", note("b1"));
  lanes.push("b", note("b2"));
  lanes.push("c", note("c1"));
  opening.end();
  await lanes.idle();
  assert.deepEqual(events.slice(2), ["b1", "c1", "a2", "b2", "a3"]);
});

test("a task that fails rejects its own completion and its lane goes on", async () => {
  const lanes = new Lanes({ concurrency: 1 });
  const thrown = lanes.push("chat", () => {
    throw new Error("thrown");
  });
  const rejected = lanes.push("chat", () => Promise.reject(new Error("rejected")));
  const next = lanes.push("chat", () => "handled");
  await assert.rejects(thrown, /thrown/);
  await assert.rejects(rejected, /rejected/);
  assert.equal(await next, "handled");
  assert.equal(lanes.size, 0);
});

test("a suspended task lends its slot, keeps its lane and has a slot again when it goes on", async () => {
  const events: string[] = [];
  const lanes = new Lanes({ concurrency: 1 });
  const pending = Promise.withResolvers<string>();
  const suspended = lanes.push("chat", async (slot) => {
    events.push(await slot.wait(pending.promise));
    assert.equal(lanes.running, 1);
  });
  lanes.push("chat", () => void events.push("behind"));
  await lanes.push("other", () => void events.push("other"));
  const holder = controlled("holder", events);
  lanes.push("other", holder.task);
  await holder.started;
  pending.resolve("went on");
  holder.end();
  await suspended;
  await lanes.idle();
  assert.deepEqual(events, ["other", "holder begins", "holder ends", "went on", "behind"]);
});

test("a wait that rejects gives the task its slot back and the error", async () => {
  const lanes = new Lanes({ concurrency: 1 });
  await lanes.push("chat", async (slot) => {
    await assert.rejects(slot.wait(Promise.reject(new Error("no"))), /no/);
    assert.equal(lanes.running, 1);
  });
});

test("two waits of one task hold one slot, not two, when both are over", async () => {
  const lanes = new Lanes({ concurrency: 2 });
  const one = Promise.withResolvers<void>();
  const two = Promise.withResolvers<void>();
  const task = lanes.push("chat", async (slot) => {
    const both = [slot.wait(one.promise), slot.wait(two.promise)];
    assert.equal(lanes.running, 0);
    one.resolve();
    two.resolve();
    await Promise.all(both);
    assert.equal(lanes.running, 1);
  });
  await task;
  assert.equal(lanes.running, 0);
});

test("two waits of one task that end while no slot is free come back together", async () => {
  const events: string[] = [];
  const lanes = new Lanes({ concurrency: 1 });
  const holder = controlled("holder", events);
  const task = lanes.push("chat", async (slot) => {
    const both = Promise.all([slot.wait(Promise.resolve()), slot.wait(Promise.resolve())]);
    await holder.started;
    await both;
    assert.equal(lanes.running, 1);
  });
  lanes.push("other", holder.task);
  await holder.started;
  holder.end();
  await task;
  assert.equal(lanes.running, 0);
});

test("a task that ends without its wait neither keeps a slot nor takes one later", async () => {
  const lanes = new Lanes({ concurrency: 1 });
  const pending = Promise.withResolvers<void>();
  let wait: Promise<void> | undefined;
  await lanes.push("chat", (slot) => {
    wait = slot.wait(pending.promise);
  });
  assert.equal(lanes.running, 0);
  pending.resolve();
  await wait;
  assert.equal(lanes.running, 0);
  assert.equal(await lanes.push("chat", () => "free"), "free");
});

test("a task that ends while it queues for its slot is not given one", async () => {
  const events: string[] = [];
  const lanes = new Lanes({ concurrency: 1 });
  const end = Promise.withResolvers<void>();
  let wait: Promise<void> | undefined;
  const task = lanes.push("chat", (slot) => {
    wait = slot.wait(Promise.resolve());
    return end.promise;
  });
  const holder = controlled("holder", events);
  lanes.push("other", holder.task);
  await holder.started;
  end.resolve();
  await task;
  holder.end();
  await wait;
  await lanes.idle();
  assert.equal(lanes.running, 0);
  assert.equal(await lanes.push("chat", () => "free"), "free");
});

test("a long lane of tasks that end at once does not overflow the stack", async () => {
  const lanes = new Lanes({ concurrency: 1 });
  const gate = Promise.withResolvers<void>();
  lanes.push("chat", () => gate.promise);
  let count = 0;
  for (let n = 0; n < 50_000; n++) lanes.push("chat", () => void count++);
  gate.resolve();
  await lanes.idle();
  assert.equal(count, 50_000);
});

test("a task may push tasks, under its own key too", async () => {
  const lanes = new Lanes({ concurrency: 1 });
  const inner = Promise.withResolvers<string>();
  await lanes.push("chat", () => {
    lanes.push("chat", () => inner.resolve("inner"));
  });
  assert.equal(await inner.promise, "inner");
});

test("what a task pushes into its own lane waits for it, also if it goes on for long", async () => {
  const events: string[] = [];
  const lanes = new Lanes({ concurrency: 3 });
  const inner: Promise<void>[] = [];
  const outer = controlled("outer", events);
  const done = lanes.push("chat", (slot) => {
    inner.push(lanes.push("chat", () => void events.push("first inner")));
    inner.push(lanes.push("chat", () => void events.push("second inner")));
    return outer.task(slot);
  });
  const after = lanes.push("chat", () => void events.push("after"));
  outer.end();
  await Promise.all([done, ...inner, after]);
  assert.deepEqual(events, ["outer begins", "outer ends", "first inner", "second inner", "after"]);
});

test("pass returns what a task returns at once, and throws what it throws", () => {
  const lanes = new Lanes({ concurrency: 1 });
  assert.equal(lanes.pass("chat", () => "result"), "result");
  assert.throws(() => lanes.pass("chat", () => assert.fail("broken")), /broken/);
  assert.equal(lanes.pass(undefined, () => "unordered"), "unordered");
  assert.deepEqual([lanes.size, lanes.running], [0, 0]);
});

test("pass returns a promise for a task that takes long or has to wait", async () => {
  const events: string[] = [];
  const lanes = new Lanes({ concurrency: 1 });
  const slow = controlled("slow", events);
  const outcomes = [
    lanes.pass("chat", slow.task),
    lanes.pass("chat", () => void events.push("behind in its lane")),
    lanes.pass("another", () => void events.push("without a slot")),
  ];
  assert.ok(outcomes.every((outcome) => outcome instanceof Promise));
  slow.end();
  await Promise.all(outcomes);
  assert.deepEqual(events, ["slow begins", "slow ends", "without a slot", "behind in its lane"]);
});

test("idle resolves at once without work, and only after the last task with some", async () => {
  const events: string[] = [];
  const lanes = new Lanes({ concurrency: 1 });
  await lanes.idle();
  const task = controlled("task", events);
  lanes.push("chat", task.task);
  const idle = lanes.idle().then(() => events.push("idle"));
  lanes.push("chat", () => void events.push("last"));
  task.end();
  await idle;
  assert.deepEqual(events, ["task begins", "task ends", "last", "idle"]);
});

test("a concurrency below one is refused with what was given", () => {
  assert.throws(
    () => new Lanes({ concurrency: 0 }),
    { name: "RangeError", message: /must be 1 or more, given the number 0/ },
  );
  assert.throws(() => new Lanes({ concurrency: NaN }), RangeError);
});
