import { run, session } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { allDone, simulateStored, type StoreMethod, wrapped } from "./store_support.ts";
import { Gate } from "./support.ts";

// A call to a server can take effect while its answer is lost: the caller sees a failure.

const methods: readonly StoreMethod[] = [
  "heartbeat",
  "elect",
  "append",
  "claim",
  "complete",
  "fail",
  "retain",
  "release",
];

for (const lossy of methods) {
  test(`updates are handled though answers to ${lossy} are lost, each once and in order`, async () => {
    const { sim, bot, store } = simulateStored();
    await using _ = sim;
    const seen: string[] = [];
    const failed = new Set<string>();
    bot.use(session({ initial: () => ({ count: 0 }) }));
    bot.on("message:text", (ctx) => {
      const { text } = ctx.msg;
      if (text.endsWith("3") && !failed.has(text)) {
        failed.add(text);
        throw new Error("no luck");
      }
      seen.push(text);
      ctx.session.count++;
    });
    const users = Array.from({ length: 4 }, () => sim.user());
    const send = async (from: number, to: number): Promise<void> => {
      for (let n = from; n <= to; n++) {
        for (const user of users) await user.send(`${user.id} ${n}`);
      }
    };
    await send(1, 5);
    let calls = 0;
    await logged(async () => {
      const runner = run(bot, {
        leaseSeconds: 1,
        concurrency: 3,
        store: wrapped(store, async ({ method }, go) => {
          const answer = await go();
          const isLossy = method === lossy || (lossy === "retain" && method === "claim");
          // One in three, so that there is an end.
          if (isLossy && calls++ % 3 === 0) throw new Error("connection lost");
          return answer;
        }),
      });
      await sim.until(() => sim.mainBot.isPolling);
      await send(6, 10);
      await sim.until(() => sim.mainBot.pendingUpdates === 0);
      await allDone(store);
      await runner.stop();
    });
    assert.ok(calls > 0, "an answer was lost");
    for (const user of users) {
      const expected = Array.from({ length: 10 }, (_, n) => `${user.id} ${n + 1}`);
      assert.deepEqual(seen.filter((text) => text.startsWith(`${user.id} `)), expected);
      const { count } = (await store.sessions<{ count: number }>(sim.mainBot.id)
        .read(`${user.id}`))!;
      assert.equal(count, 10);
    }
  });
}

test("what is being handled when an answer is lost goes on, and is not handled again", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  const gate = new Gate();
  bot.on("message:text", async (ctx) => {
    await gate.pass(ctx.msg.text);
    await ctx.reply(ctx.msg.text);
  });
  let loses = false;
  const retained = Promise.withResolvers<void>();
  const [alice, bob] = [sim.user(), sim.user()];
  await logged(async () => {
    const runner = run(bot, {
      store: wrapped(store, async ({ method }, go) => {
        const answer = await go();
        if (method === "retain") retained.resolve();
        if (method !== "append" || !loses) return answer;
        loses = false;
        throw new Error("connection lost");
      }),
    });
    await alice.send("slow");
    await gate.count(1);
    loses = true;
    await bob.send("quick");
    await retained.promise;
    gate.open("slow", "quick");
    assert.equal((await alice.nextReply()).text, "slow");
    assert.equal((await bob.nextReply()).text, "quick");
    await runner.stop();
  });
  assert.deepEqual(gate.arrived, ["slow", "quick"]);
});
