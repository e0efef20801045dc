import { MemoryStore, run, type Runner, session } from "@tramline/tramline";
import { Simulator } from "@tramline/tramline/testing";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { allDone } from "../run/store_support.ts";
import { turn } from "../run/support.ts";
import { Mortal, type Seen } from "./mortal.ts";

for (const workers of [1, 2]) {
  test(`one update of 500 in flight that kills its process is buried, and no other, with ${workers} at work`, async () => {
    await using sim = new Simulator({ seed: 2000 + workers, timeoutSeconds: 60 });
    const store = new MemoryStore();
    const users = Array.from({ length: 500 }, () => sim.user());
    for (const [index, user] of users.entries()) await user.send(index === 250 ? "poison" : "1");
    // Behind the poison, in its lane.
    await users[250]!.send("2");
    let deaths = 0;
    const runners: Promise<void>[] = [];
    const begin = (): Runner => {
      const life = new Mortal({ token: sim.token, ...sim.client }, store);
      life.bot.use(session({ initial: (): Seen => ({ seen: [] }) }));
      life.bot.on("message:text", async (ctx) => {
        if (ctx.msg.text === "poison") {
          life.die();
          await new Promise(() => {});
        }
        const { seen } = ctx.session;
        // Long enough for all that were claimed together to be in flight together.
        for (let turns = 0; turns < 5; turns++) await turn();
        ctx.session.seen = [...seen, Number(ctx.msg.text)];
      });
      const runner = run(life.bot, { store: life.store, drainSeconds: 0, concurrency: 1000 });
      void life.death.then(async () => {
        deaths++;
        runners.push(runner.stop());
        await life.expire();
        last[last.indexOf(runner)] = begin();
      });
      return runner;
    };
    const last: Runner[] = [];
    await logged(async () => {
      for (let count = 0; count < workers; count++) last.push(begin());
      await sim.until(() => sim.mainBot.pendingUpdates === 0);
      await allDone(store);
      await Promise.all([...runners, ...last.map((runner) => runner.stop())]);
    });
    assert.equal(deaths, 5);
    const [letter, ...others] = await store.dead.list();
    assert.deepEqual(others, []);
    assert.equal(JSON.parse(letter!.payload).message.text, "poison");
    assert.equal(letter!.deaths, 5);
    assert.match(letter!.error, /Its process ended 5 times while it was being handled/);
    for (const [index, user] of users.entries()) {
      const session = await store.sessions<Seen>(sim.mainBot.id).read(`${user.id}`);
      assert.deepEqual(session, { seen: [index === 250 ? 2 : 1] });
    }
  });
}
