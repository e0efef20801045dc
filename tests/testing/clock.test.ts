import { test } from "node:test";
import assert from "node:assert/strict";
import { caller, simulator } from "./calls.ts";

test("a manual clock stands still until it is advanced", async (t) => {
  const sim = simulator(t, { clock: "manual" });
  const began = sim.clock.now();
  assert.ok(Math.abs(began - Date.now() / 1000) < 60);
  const real = Date.now();
  while (Date.now() === real) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(sim.clock.now(), began);
  await sim.clock.advance(1000);
  assert.equal(sim.clock.now(), began + 1000);
});

test("a real clock runs, and can be advanced too", async (t) => {
  const sim = simulator(t);
  const began = sim.clock.now();
  while (sim.clock.now() === began) await new Promise((resolve) => setTimeout(resolve, 1));
  await sim.clock.advance(1000);
  assert.ok(sim.clock.now() - began > 1000);
  const alice = sim.user();
  assert.ok((await alice.send("later")).date >= Math.floor(began) + 1000);
});

test("what falls due on the way happens in order and each at its own time", async (t) => {
  const sim = simulator(t, { clock: "manual" });
  const began = sim.clock.now();
  const happened: [string, number][] = [];
  const note = (name: string) => () => happened.push([name, Math.round(sim.clock.now() - began)]);
  sim.clock.after(20, note("b"));
  sim.clock.after(10, () => {
    note("a")();
    sim.clock.after(5, note("made on the way"));
  });
  sim.clock.after(30, note("too late"));
  sim.clock.after(12, note("taken back"))();
  sim.clock.after(12, note("never"));
  await sim.clock.advance(25);
  assert.deepEqual(happened, [["a", 10], ["never", 12], ["made on the way", 15], ["b", 20]]);
});

test("time waits for a webhook's answer, unless it never comes", async (t) => {
  const sim = simulator(t, { clock: "manual" });
  const answers: ((response: Response) => void)[] = [];
  const first = Promise.withResolvers<void>();
  const url = sim.serve(() =>
    new Promise((resolve) => {
      answers.push(resolve);
      first.resolve();
    })
  );
  await caller(sim)("setWebhook", { url });
  await sim.user().send("hi");
  await first.promise;
  const began = sim.clock.now();
  const advancing = sim.clock.advance(10, { settleSeconds: 0.1 });
  assert.equal(sim.clock.now(), began);
  answers[0]!(new Response(null, { status: 500 }));
  // The second attempt, at once after the first, is never answered: after a while time goes on.
  await advancing;
  assert.equal(Math.round(sim.clock.now() - began), 10);
  assert.deepEqual(sim.mainBot.deliveries.map(({ status, began: at }) => [status, at - began]), [
    [500, 0],
  ]);
  await sim.clock.advance(50);
  assert.equal(sim.mainBot.deliveries[1]?.error, "Read timeout expired");
});

test("going back in time is refused", async (t) => {
  const sim = simulator(t);
  await assert.rejects(sim.clock.advance(-1), RangeError);
  await assert.rejects(sim.clock.advance(NaN), RangeError);
});

test("the same seed gives the same ids and tokens", (t) => {
  const ids = (seed: number) => {
    const sim = simulator(t, { seed });
    return [sim.token, sim.mainBot.nextUpdateId];
  };
  assert.deepEqual(ids(5), ids(5));
  assert.notDeepEqual(ids(5), ids(6));
});
