import { MemoryStore, run, session } from "@tramline/tramline";
import { Simulator } from "@tramline/tramline/testing";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";
import { allDone } from "../run/store_support.ts";
import { turn } from "../run/support.ts";
import { isInOrder, Mortal, type Seen, upTo } from "./mortal.ts";

const messages = 3;
let seed = 1000;

/** What three chats look like after a process has died at a certain call of its store, and another went on. */
async function lifeWithDeathAt(number: number, when: "before" | "after"): Promise<boolean> {
  await using sim = new Simulator({ seed: ++seed, timeoutSeconds: 60 });
  const store = new MemoryStore();
  const way = { token: sim.token, ...sim.client };
  let method = "";
  const first = new Mortal(way, store, (n, where, call) => {
    if (n === number && where === when) method = call.method;
    return n === number && where === when;
  });
  const second = new Mortal(way, store);
  const sent = new Map<number, number[]>();
  for (const { bot } of [first, second]) {
    bot.use(session({ initial: (): Seen => ({ seen: [] }) }));
    bot.on("message:text", async (ctx) => {
      const { seen } = ctx.session;
      await turn();
      await ctx.reply(ctx.msg.text);
      sent.set(ctx.chat.id, [...sent.get(ctx.chat.id) ?? [], Number(ctx.msg.text)]);
      await turn();
      ctx.session.seen = [...seen, Number(ctx.msg.text)];
    });
  }
  const users = Array.from({ length: 3 }, () => sim.user());
  for (const text of upTo(messages)) for (const user of users) await user.send(`${text}`);
  const runner = run(first.bot, { store: first.store, drainSeconds: 0 });
  const isComplete = async (): Promise<void> => {
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    await allDone(store);
  };
  await Promise.race([isComplete(), first.death]);
  const hasDied = first.isDead;
  const stopped = runner.stop();
  await first.expire();
  const next = run(second.bot, { store: second.store });
  await isComplete();
  await next.stop();
  await stopped;
  const where = `died ${when} call ${number}, ${method}`;
  for (const user of users) {
    const { seen } = (await store.sessions<Seen>(sim.mainBot.id).read(`${user.id}`))!;
    assert.deepEqual(seen, upTo(messages), where);
    const replies = sent.get(user.id)!;
    assert.ok(isInOrder(replies, messages), `${where}: replies ${replies}`);
    assert.ok(replies.length <= messages + 1, `${where}: replies ${replies}`);
  }
  assert.deepEqual(await store.dead.list(), [], where);
  const { updates, owned, ready } = await store.stats();
  assert.deepEqual({ updates, owned, ready }, { updates: 0, owned: 0, ready: 0 }, where);
  return hasDied;
}

for (const when of ["before", "after"] as const) {
  test(`a process that dies ${when} any call of its store loses nothing, and repeats only what is in flight`, async () => {
    let number = 1;
    await logged(async () => {
      while (await lifeWithDeathAt(number, when)) number++;
    });
    // Open, register, heartbeat, claim, elect, append, and one completion for each update, at least.
    assert.ok(number > 6 + 3 * messages, `only ${number - 1} calls`);
  });
}
