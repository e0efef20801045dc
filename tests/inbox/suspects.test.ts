import { MemoryStore, type NewUpdate, run } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { VirtualUser } from "@tramline/tramline/testing";
import { Gate, simulate, turn, until } from "../run/support.ts";

/** A user's message as a store keeps it. */
function row({ user, id: key }: VirtualUser, text: string, index = 0): NewUpdate {
  const id = 10 * key + index;
  const chat = { ...user, type: "private" };
  const message = { message_id: index + 1, date: 1, chat, from: user, text };
  return { id, key: `${key}`, payload: JSON.stringify({ update_id: id, message }) };
}

/** A store in which workers have died with each of these at the head of their lanes. */
async function storeWithSuspects(bot: number, rows: readonly NewUpdate[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.append(bot, rows);
  for (let deaths = 0; deaths < 2; deaths++) {
    const worker = await store.register({ leaseSeconds: 30 });
    await store.claim(bot, worker, { lanes: rows.length, suspects: 0 });
    await store.expire(worker);
  }
  return store;
}

test("a suspect is handled while no other is, whatever else there is to claim", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const [alice, bob, carol] = [sim.user(), sim.user(), sim.user()];
  const suspects = [alice, bob].map((user) => row(user, "suspect"));
  const store = await storeWithSuspects(sim.mainBot.id, suspects);
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot, { store });
  await gate.count(1);
  // As another process would leave it; who claims it could take the other suspect along.
  await store.append(sim.mainBot.id, [row(carol, "innocent")]);
  await until(() => gate.arrived.includes("innocent"));
  await turn();
  assert.deepEqual(gate.arrived, ["suspect", "innocent"]);
  gate.open("suspect", "innocent");
  await gate.count(3);
  await runner.stop();
});

test("what follows a suspect in its chat, however long it takes, keeps no other suspect waiting", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const [alice, bob] = [sim.user(), sim.user()];
  const rows = [alice, bob].flatMap((user) =>
    ["suspect", "next"].map((text, index) => row(user, text, index))
  );
  const store = await storeWithSuspects(sim.mainBot.id, rows);
  const gate = new Gate();
  bot.on("message:text", (ctx) => gate.pass(ctx.msg.text));
  const runner = run(bot, { store });
  await gate.count(1);
  assert.deepEqual(gate.arrived, ["suspect"]);
  gate.open("suspect");
  await gate.count(4);
  assert.deepEqual(gate.arrived.toSorted(), ["next", "next", "suspect", "suspect"]);
  gate.open("next");
  await runner.stop();
});
