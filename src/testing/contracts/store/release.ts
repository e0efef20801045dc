import { suspectDeaths } from "../../../store/store.ts";
import { expectSame } from "../expect.ts";
import { bot, idsOf, keysOf, type StoreChecks } from "./scene.ts";

/** How workers give back what they own. */
export const releaseChecks: StoreChecks = {
  "a lane that is given back is ready at once, without a death": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    await scene.append([1, "a"], [2, "a"], [3, "b"]);
    const lanes = await scene.claim(worker);
    const a = lanes.find(({ key }) => key === "a")!;
    await scene.complete(worker, a.lane, 1, { more: true });
    await scene.store.release(worker, [a.lane]);
    expectSame("outcome", (await scene.complete(worker, a.lane, 2)).outcome, "lost");
    const { key, deaths, updates } = await scene.claimOne(other);
    expectSame("lane", { key, deaths, ids: idsOf(updates) }, { key: "a", deaths: 0, ids: [2] });
    expectSame("heartbeat", await scene.store.heartbeat(worker), true);
  },

  "deaths and failures are as they were in a lane that is given back": async (scene) => {
    await scene.append([1, "chat"]);
    for (let number = 0; number < suspectDeaths; number++) {
      const worker = await scene.worker();
      const { lane } = await scene.claimOne(worker);
      if (number === 0) {
        await scene.fail(worker, lane, 1, { retryInSeconds: 0 });
        await scene.claimOne(worker);
      }
      await scene.die(worker);
    }
    const worker = await scene.worker();
    await scene.store.release(worker, [(await scene.claimOne(worker)).lane]);
    const { lanes } = await scene.store.claim(bot, worker, { lanes: 10, suspects: 0 });
    expectSame("lanes without suspects", lanes, []);
    const { deaths, updates } = await scene.claimOne(worker);
    expectSame("deaths", deaths, suspectDeaths);
    expectSame("failures", updates[0]!.failures, 1);
  },

  "a worker that gives everything back has ended its life": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    await scene.append([1, "a"], [2, "b"]);
    const lanes = await scene.claim(worker);
    await scene.store.elect("role", worker, { leaseSeconds: 1000 });
    await scene.store.release(worker);
    expectSame("heartbeat", await scene.store.heartbeat(worker), false);
    expectSame("outcome", (await scene.complete(worker, lanes[0]!.lane, 1)).outcome, "lost");
    expectSame("lanes for the dead", await scene.claim(worker), []);
    expectSame("role", await scene.store.elect("role", other, { leaseSeconds: 10 }), true);
    const taken = await scene.claim(other);
    expectSame("lanes", keysOf(taken).sort(), ["a", "b"]);
    expectSame("deaths", taken.map(({ deaths }) => deaths), [0, 0]);
  },

  "lanes of others are not given back": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    const { lane } = await scene.owned(worker, "chat", 1);
    const mine = await scene.owned(other, "mine", 2);
    await scene.store.release(other, [lane, mine.lane, lane]);
    expectSame("lanes", keysOf(await scene.claim(await scene.worker())), ["mine"]);
    expectSame("outcome", (await scene.complete(worker, lane, 1)).outcome, "done");
  },

  "a worker that retains some lanes gives back the others, without a death": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    await scene.append([1, "a"], [2, "b"], [3, "c"]);
    const lanes = await scene.claim(worker);
    const { lane } = await scene.owned(other, "d", 4);
    const b = lanes.find(({ key }) => key === "b")!;
    await scene.store.retain(worker, [b.lane, lane]);
    const taken = await scene.claim(other);
    expectSame("lanes", keysOf(taken).sort(), ["a", "c"]);
    expectSame("deaths", taken.map(({ deaths }) => deaths), [0, 0]);
    expectSame("outcome", (await scene.complete(worker, b.lane, 2)).outcome, "done");
    expectSame("heartbeat", await scene.store.heartbeat(worker), true);
    await scene.append([5, "b"]);
    await scene.claimOne(worker);
    await scene.store.retain(worker, []);
    expectSame("lanes of nobody", keysOf(await scene.claim(other)), ["b"]);
    expectSame("outcome", (await scene.complete(other, lane, 4)).outcome, "done");
  },

  "giving back no lanes changes nothing": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1);
    await scene.store.release(worker, []);
    expectSame("heartbeat", await scene.store.heartbeat(worker), true);
    expectSame("outcome", (await scene.complete(worker, lane, 1)).outcome, "done");
  },
};
