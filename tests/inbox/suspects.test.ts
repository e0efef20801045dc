import { MemoryStore, run } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Gate, simulate } from "../run/support.ts";

test("what follows a suspect in its chat, however long it takes, keeps no other suspect waiting", async () => {
  const { sim, bot } = simulate();
  await using _ = sim;
  const store = new MemoryStore();
  const [alice, bob] = [sim.user(), sim.user()];
  const rows = [alice, bob].flatMap((user) =>
    ["suspect", "next"].map((text, index) => {
      const id = 10 * user.id + index;
      const chat = { ...user.user, type: "private" };
      const message = { message_id: index + 1, date: 1, chat, from: user.user, text };
      return { id, key: String(user.id), payload: JSON.stringify({ update_id: id, message }) };
    })
  );
  await store.append(sim.mainBot.id, rows);
  for (let deaths = 0; deaths < 2; deaths++) {
    const worker = await store.register({ leaseSeconds: 30 });
    await store.claim(sim.mainBot.id, worker, { lanes: 2, suspects: 0 });
    await store.expire(worker);
  }
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
