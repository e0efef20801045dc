import { run, session } from "@tramline/tramline";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { allDone, anotherBot, simulateStored, type StoreMethod, wrapped } from "./store_support.ts";
import { until } from "./support.ts";

// A store on a server behind a cut line does not fail: it says nothing at all, for minutes.

const initial = () => ({ count: 0 });
const methods: readonly StoreMethod[] = [
  "open",
  "register",
  "heartbeat",
  "elect",
  "resign",
  "append",
  "claim",
  "readSessions",
  "complete",
  "stats",
  "release",
];

for (const silent of methods) {
  test(`a stop ends though the store never answers to ${silent}, and nothing is lost`, async () => {
    const { sim, bot, store } = simulateStored();
    await using _ = sim;
    bot.use(session({ initial, getSessionKey: (ctx) => `of ${ctx.chat?.id}` }));
    bot.on("message:text", (ctx) => void ctx.session.count++);
    const alice = sim.user();
    await alice.send("hello");
    const asked = Promise.withResolvers<void>();
    await logged(async () => {
      const runner = run(bot, {
        drainSeconds: 0.05,
        store: wrapped(store, ({ method }, go) => {
          if (method !== silent) return go();
          asked.resolve();
          return new Promise(() => {});
        }),
      });
      // These are asked for by the stop itself.
      if (["resign", "stats", "release"].includes(silent)) {
        await until(() => sim.mainBot.pendingUpdates === 0);
        await allDone(store);
      } else await asked.promise;
      await runner.stop();
      await asked.promise;
      assert.equal(runner.task(), undefined);
      // Its lease would run out; that is not to be waited for here.
      for (let worker = 1; worker < 10; worker++) await store.expire(worker);
      const again = anotherBot(sim);
      again.use(session({ initial, getSessionKey: (ctx) => `of ${ctx.chat?.id}` }));
      again.on("message:text", (ctx) => void ctx.session.count++);
      const second = run(again, { store });
      await until(() => sim.mainBot.pendingUpdates === 0);
      await allDone(store);
      await second.stop();
    });
    const { count } = (await store.sessions<{ count: number }>(sim.mainBot.id)
      .read(`of ${alice.id}`))!;
    assert.equal(count, 1);
  });
}

test("a handler is refused its calls, and not held up, when the store is silent past the lease", async () => {
  const { sim, bot, store } = simulateStored();
  await using _ = sim;
  let isSilent = false;
  const begun = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<Error>();
  bot.on("message:text", async (ctx) => {
    isSilent = true;
    begun.resolve();
    const { reason } = await new Promise<AbortSignal>((resolve) => {
      const ask = () => {
        if (ctx.signal.aborted) return resolve(ctx.signal);
        ctx.api.sendChatAction(ctx.chat.id, "typing").then(ask, ask);
      };
      ask();
    });
    refused.resolve(reason);
  });
  await logged(async (lines) => {
    const runner = run(bot, {
      leaseSeconds: 1,
      drainSeconds: 0,
      store: wrapped(store, (_, go) => isSilent ? new Promise(() => {}) : go()),
    });
    await sim.user().send("hello");
    await begun.promise;
    assert.equal((await refused.promise).name, "LeaseLostError");
    await runner.stop();
    assert.match(lines.join("\n"), /does not take the heartbeat: .*the store does not answer/);
  });
});
