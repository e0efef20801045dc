import { updatesPerLane } from "../../../store/store.ts";
import { expect, expectSame } from "../expect.ts";
import { bot, idsOf, keysOf, range, type StoreChecks, update } from "./scene.ts";

/** How lanes are claimed. */
export const claimChecks: StoreChecks = {
  "lanes due for longest are claimed first, as many as are asked for": async (scene) => {
    const worker = await scene.worker();
    for (const key of ["c", "a", "b"]) {
      await scene.append([key.charCodeAt(0), key]);
      await scene.advance(1);
    }
    const first = await scene.store.claim(bot, worker, { lanes: 2, suspects: 0 });
    expectSame("first", keysOf(first.lanes), ["c", "a"]);
    expectSame("more is there", first.nextInSeconds, 0);
    const second = await scene.store.claim(bot, worker, { lanes: 2, suspects: 0 });
    expectSame("second", keysOf(second.lanes), ["b"]);
    expectSame("nothing is there", second.nextInSeconds, undefined);
  },

  "who asks for no lanes is told that there are some": async (scene) => {
    await scene.append([1, "chat"]);
    const limits = { lanes: 0, suspects: 1 };
    const { lanes, nextInSeconds } = await scene.store.claim(bot, await scene.worker(), limits);
    expectSame("lanes", lanes, []);
    expectSame("nextInSeconds", nextInSeconds, 0);
  },

  "an empty store has nothing to claim": async (scene) => {
    const limits = { lanes: 10, suspects: 1 };
    const claimed = await scene.store.claim(bot, await scene.worker(), limits);
    expectSame("claimed", claimed, { lanes: [], nextInSeconds: undefined });
  },

  "a lane that is owned is not claimed again, whatever comes into it": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    await scene.owned(worker, "chat", 1);
    await scene.append([2, "chat"]);
    expectSame("lanes for another", await scene.claim(other), []);
    expectSame("lanes for the same", await scene.claim(worker), []);
  },

  "a claim gives no more than the first updates of a lane": async (scene) => {
    const ids = range(1, updatesPerLane * 3);
    const { updates } = await scene.owned(await scene.worker(), "chat", ...ids);
    expectSame("ids", idsOf(updates), ids.slice(0, updatesPerLane));
  },

  "the session under the lane's key comes with the claim": async (scene) => {
    const worker = await scene.worker();
    await scene.write("chat", 0, '{"count":1}');
    await scene.write("chat", 1, '{"count":2}');
    await scene.write("other", 0, "{}");
    const { session } = await scene.owned(worker, "chat", 1);
    expectSame("session", session, { version: 2, data: '{"count":2}' });
  },

  "a worker that was never registered claims nothing": async (scene) => {
    await scene.append([1, "chat"]);
    const worker = await scene.worker();
    const claimed = await scene.store.claim(bot, worker + 1000, { lanes: 10, suspects: 1 });
    expectSame("lanes", claimed.lanes, []);
    expectSame("key", (await scene.claimOne(worker)).key, "chat");
  },

  "workers of two processes that claim at the same time never get the same lane": async (scene) => {
    const stores = [scene.store, await scene.reopen()];
    const workers = [await scene.worker(stores[0]), await scene.worker(stores[1])];
    const keys = range(1, 60).map((number) => `chat ${number}`);
    await scene.append(...keys.map((key, index) => [index + 1, key] as const));
    const claimed: string[] = [];
    const limits = { lanes: 4, suspects: 0 };
    const rounds = range(1, 16).map((round) => {
      const store = stores[round % 2]!;
      return store.claim(bot, workers[round % 2]!, limits);
    });
    for (const { lanes } of await Promise.all(rounds)) claimed.push(...keysOf(lanes));
    for (const worker of workers) claimed.push(...keysOf(await scene.claim(worker)));
    expectSame("lanes claimed", claimed.sort(), keys.sort());
  },

  "what one process keeps another can claim, at once": async (scene) => {
    const other = await scene.reopen();
    const worker = await scene.worker(other);
    await scene.append([1, "chat"]);
    const lane = await scene.claimOne(worker, other);
    expectSame("ids", idsOf(lane.updates), [1]);
    const { known } = await other.append(bot, [update(1)]);
    expectSame("known", known, [1]);
    const { outcome } = await scene.complete(worker, lane.lane, 1, {}, other);
    expectSame("outcome", outcome, "done");
    expectSame("updates", (await scene.store.stats(bot)).updates, 0);
  },

  "what is kept is there after everybody has closed the store": async (scene) => {
    await scene.append([1, "chat"], [2, "chat"]);
    await scene.write("chat", 0, "kept");
    await scene.store.close();
    await scene.store.close();
    const again = await scene.reopen();
    const lane = await scene.claimOne(await scene.worker(again), again);
    expectSame("ids", idsOf(lane.updates), [1, 2]);
    expectSame("session", lane.session, { version: 1, data: "kept" });
  },

  "ids of workers are never given twice": async (scene) => {
    const other = await scene.reopen();
    const ids = await Promise.all(
      range(1, 20).map((number) => scene.worker(number % 2 ? scene.store : other)),
    );
    expectSame("number of ids", new Set(ids).size, 20);
    for (const id of ids) await scene.store.release(id);
    const later = await scene.worker();
    expect("the id is new", !ids.includes(later));
  },
};
