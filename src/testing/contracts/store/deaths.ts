import { suspectDeaths } from "../../../store/store.ts";
import { expectBetween, expectSame } from "../expect.ts";
import { bot, idsOf, keysOf, nextOf, type StoreChecks, type StoreScene } from "./scene.ts";

/** Lets workers claim all that is ready and die, one after the other. */
async function killWorkers(scene: StoreScene, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    const worker = await scene.worker();
    await scene.claim(worker);
    await scene.die(worker);
  }
}

/** What happens to the lanes of workers that die, and to updates that kill them. */
export const deathChecks: StoreChecks = {
  "the lanes of a dead worker are ready, with a death at the head of each": async (scene) => {
    const worker = await scene.worker();
    await scene.append([1, "a"], [2, "a"], [3, "b"]);
    await scene.claim(worker);
    await scene.die(worker);
    const { owned, ready } = await scene.store.stats(bot);
    expectSame("stats", { owned, ready }, { owned: 0, ready: 2 });

    const next = await scene.worker();
    const lanes = await scene.claim(next);
    expectSame("lanes", keysOf(lanes).sort(), ["a", "b"]);
    for (const { deaths, updates } of lanes) {
      expectSame("deaths", deaths, 1);
      expectSame("failures", updates[0]!.failures, 0);
    }
    const a = lanes.find(({ key }) => key === "a")!;
    await scene.complete(next, a.lane, 1, { more: true });
    await scene.store.release(next, [a.lane]);
    const { deaths, updates } = await scene.claimOne(next);
    expectSame("deaths of the 2nd update", { deaths, ids: idsOf(updates) }, {
      deaths: 0,
      ids: [2],
    });
  },

  "only the update in hand has the death, not those that its worker has finished": async (
    scene,
  ) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1, 2, 3);
    await scene.complete(worker, lane, 1, { more: true });
    await scene.die(worker);
    const { deaths, updates } = await scene.claimOne(await scene.worker());
    expectSame("head", { deaths, ids: idsOf(updates) }, { deaths: 1, ids: [2, 3] });
  },

  "lanes that a dead worker does not own have no death": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    const finished = await scene.owned(worker, "finished", 1);
    await scene.complete(worker, finished.lane, 1);
    const failed = await scene.owned(worker, "failed", 2);
    await scene.fail(worker, failed.lane, 2, { retryInSeconds: 0 });
    const released = (await scene.claimOne(worker)).lane;
    await scene.store.release(worker, [released]);
    expectSame("released", (await scene.claimOne(other)).deaths, 0);
    await scene.die(worker);
    await scene.append([3, "finished"]);
    expectSame("deaths", (await scene.claimOne(other)).deaths, 0);
    await scene.store.release(other);
    for (const { deaths } of await scene.claim(await scene.worker())) {
      expectSame("deaths", deaths, 0);
    }
  },

  "deaths add up, failures do not count as deaths nor deaths as failures": async (scene) => {
    await scene.append([1, "chat"]);
    await killWorkers(scene, 1);
    const worker = await scene.worker();
    const once = await scene.claimOne(worker);
    await scene.fail(worker, once.lane, 1, { retryInSeconds: 0 });
    await killWorkers(scene, 3);
    const { deaths, updates } = await scene.claimOne(worker);
    expectSame("counts", { deaths, failures: updates[0]!.failures }, { deaths: 4, failures: 1 });
  },

  "suspects are claimed only as they are asked for, beside the other lanes": async (scene) => {
    await scene.append([1, "s1"], [2, "s2"], [3, "s3"]);
    await killWorkers(scene, suspectDeaths);
    await scene.append([4, "a"], [5, "b"], [6, "c"]);
    const worker = await scene.worker();
    const claim = async (lanes: number, suspects: number) => {
      const claimed = await scene.store.claim(bot, worker, { lanes, suspects });
      return keysOf(claimed.lanes);
    };
    const suspectsAmong = (keys: string[]) => keys.filter((key) => key.startsWith("s")).length;

    const first = await claim(2, 0);
    expectSame("lanes, suspects", [first.length, suspectsAmong(first)], [2, 0]);
    const second = await claim(2, 1);
    expectSame("lanes, suspects", [second.length, suspectsAmong(second)], [2, 1]);
    const third = await claim(10, 0);
    expectSame("lanes", third, []);
    const fourth = await claim(0, 10);
    expectSame("lanes, suspects", [fourth.length, suspectsAmong(fourth)], [2, 2]);
  },

  "a lane is no suspect before its head has enough deaths": async (scene) => {
    await scene.append([1, "chat"]);
    await killWorkers(scene, suspectDeaths - 1);
    const worker = await scene.worker();
    const { lanes } = await scene.store.claim(bot, worker, { lanes: 1, suspects: 0 });
    expectSame("deaths", lanes.map(({ deaths }) => deaths), [suspectDeaths - 1]);
  },

  "a suspect that waits for another try is not claimed early": async (scene) => {
    await scene.append([1, "chat"]);
    await killWorkers(scene, suspectDeaths);
    const worker = await scene.worker();
    await scene.fail(worker, (await scene.claimOne(worker)).lane, 1, { retryInSeconds: 1000 });
    const limits = { lanes: 10, suspects: 10 };
    const { lanes, nextInSeconds } = await scene.store.claim(bot, worker, limits);
    expectSame("lanes", lanes, []);
    expectBetween("nextInSeconds", nextInSeconds, 900, 1000);
    await scene.advance(1000);
    expectSame("deaths", (await scene.claimOne(worker)).deaths, suspectDeaths);
  },

  "a lane is a suspect no longer when the head that killed is gone": async (scene) => {
    await scene.append([1, "chat"], [2, "chat"]);
    await killWorkers(scene, suspectDeaths);
    const worker = await scene.worker();
    const { lane } = await scene.claimOne(worker);
    expectSame("next", nextOf(await scene.fail(worker, lane, 1, { more: true })), []);
    await scene.store.release(worker, [lane]);
    const { lanes } = await scene.store.claim(bot, worker, { lanes: 1, suspects: 0 });
    expectSame("deaths", lanes.map(({ deaths }) => deaths), [0]);
  },

  "a lane is no suspect while an update with a smaller id is at its head": async (scene) => {
    await scene.append([5, "chat"]);
    await killWorkers(scene, suspectDeaths);
    await scene.append([3, "chat"]);
    const worker = await scene.worker();
    const { lanes } = await scene.store.claim(bot, worker, { lanes: 1, suspects: 0 });
    expectSame("lanes", lanes.map(({ updates }) => idsOf(updates)), [[3, 5]]);
    expectSame("deaths", lanes[0]!.deaths, 0);
    await scene.complete(worker, lanes[0]!.lane, 3, { more: true });
    await scene.store.release(worker);
    const next = await scene.worker();
    const none = await scene.store.claim(bot, next, { lanes: 1, suspects: 0 });
    expectSame("lanes without suspects", none.lanes, []);
    expectSame("deaths", (await scene.claimOne(next)).deaths, suspectDeaths);
  },
};
