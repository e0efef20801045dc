import { expectSame } from "../expect.ts";
import { bot, idsOf, keysOf, type StoreChecks } from "./scene.ts";

/** How workers live, die and are fenced off. */
export const leaseChecks: StoreChecks = {
  "a worker that beats keeps its lanes": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    const { lane } = await scene.owned(worker, "chat", 1);
    for (let beat = 0; beat < 4; beat++) {
      await scene.advance(20);
      expectSame("heartbeat", await scene.store.heartbeat(worker), true);
      expectSame("heartbeat of the other", await scene.store.heartbeat(other), true);
    }
    expectSame("lanes for the other", await scene.claim(other), []);
    expectSame("outcome", (await scene.complete(worker, lane, 1)).outcome, "done");
  },

  "a worker that does not beat loses its lanes to whoever beats": async (scene) => {
    const second = await scene.reopen();
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1);
    const other = await scene.worker(second, 3600);
    await scene.advance(31);
    expectSame("lanes before anybody beats", await scene.claim(other, second), []);
    expectSame("heartbeat of the other", await second.heartbeat(other), true);
    const taken = await scene.claimOne(other, second);
    const { key, deaths, updates } = taken;
    expectSame("lane", { key, deaths, ids: idsOf(updates) }, { key: "chat", deaths: 1, ids: [1] });

    expectSame("heartbeat", await scene.store.heartbeat(worker), false);
    const sessions = [{ key: "chat", version: 0, data: "late" }];
    expectSame("outcome", (await scene.complete(worker, lane, 1, { sessions })).outcome, "lost");
    expectSame("outcome of fail", (await scene.fail(worker, lane, 1)).outcome, "lost");
    expectSame("session", await second.readSessions(bot, ["chat"]), [{ version: 0 }]);
    const settled = await scene.complete(other, taken.lane, 1, {}, second);
    expectSame("outcome for the other", settled.outcome, "done");
  },

  "a late beat counts if nobody has taken the lanes": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1, 2);
    await scene.advance(3600);
    const settled = await scene.complete(worker, lane, 1, { more: true });
    expectSame("outcome", settled.outcome, "done");
    expectSame("heartbeat", await scene.store.heartbeat(worker), true);
    expectSame("heartbeat of another", await scene.store.heartbeat(await scene.worker()), true);
    expectSame("outcome", (await scene.complete(worker, lane, 2)).outcome, "done");
  },

  "each worker has a lease of its own length": async (scene) => {
    const short = await scene.worker(scene.store, 5);
    const long = await scene.worker(scene.store, 500);
    await scene.append([1, "a"]);
    await scene.store.claim(bot, short, { lanes: 1, suspects: 0 });
    await scene.append([2, "b"]);
    await scene.store.claim(bot, long, { lanes: 1, suspects: 0 });
    await scene.advance(100);
    const other = await scene.worker();
    await scene.store.heartbeat(other);
    expectSame("lanes of the dead", keysOf(await scene.claim(other)), ["a"]);
    expectSame("heartbeat of the long lease", await scene.store.heartbeat(long), true);
  },

  "a worker that is declared dead is dead at once": async (scene) => {
    const second = await scene.reopen();
    const [worker, other] = [await scene.worker(), await scene.worker(second)];
    const { lane } = await scene.owned(worker, "chat", 1);
    await second.expire(worker);
    await second.expire(worker);
    expectSame("outcome", (await scene.complete(worker, lane, 1)).outcome, "lost");
    expectSame("heartbeat", await scene.store.heartbeat(worker), false);
    expectSame("lanes", await scene.claim(worker), []);
    expectSame("deaths", (await scene.claimOne(other, second)).deaths, 1);
    expectSame("workers", (await second.stats()).workers, 1);
  },

  "who was never there is not alive, and can be declared dead": async (scene) => {
    const nobody = (await scene.worker()) + 1000;
    expectSame("heartbeat", await scene.store.heartbeat(nobody), false);
    await scene.store.expire(nobody);
    await scene.store.release(nobody);
    await scene.store.release(nobody, []);
    expectSame("workers", (await scene.store.stats()).workers, 1);
  },

  "a lane that comes back to its first owner is not its former one": async (scene) => {
    const [first, second] = [await scene.worker(), await scene.worker()];
    const before = await scene.owned(first, "chat", 1);
    await scene.store.release(first, [before.lane]);
    await scene.claimOne(second);
    expectSame("outcome", (await scene.complete(first, before.lane, 1)).outcome, "lost");
    await scene.store.release(second, [before.lane]);
    const after = await scene.claimOne(first);
    expectSame("outcome", (await scene.complete(first, after.lane, 1)).outcome, "done");
  },
};
