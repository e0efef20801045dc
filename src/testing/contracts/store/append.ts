import { updatesPerLane } from "../../../store/store.ts";
import { expectSame } from "../expect.ts";
import { bot, idsOf, keysOf, nextOf, payloadOf, range, type StoreChecks, update } from "./scene.ts";

/** How updates are kept. */
export const appendChecks: StoreChecks = {
  "an update that is kept can be claimed as it was given": async (scene) => {
    await scene.append([1, "chat"]);
    const { lane: _, ...lane } = await scene.claimOne(await scene.worker());
    expectSame("the lane", lane, {
      key: "chat",
      deaths: 0,
      session: { version: 0, data: undefined },
      updates: [{ id: 1, payload: payloadOf(1), failures: 0 }],
    });
  },

  "updates of a lane are given in the order of their ids, however they came": async (scene) => {
    await scene.append([5, "chat"], [3, "chat"]);
    await scene.append([4, "chat"]);
    await scene.append([1, "chat"], [2, "chat"]);
    const { updates } = await scene.claimOne(await scene.worker());
    expectSame("ids", idsOf(updates), [1, 2, 3, 4, 5]);
  },

  "updates whose ids are known are left out: waiting, owned, finished, dead letters": async (
    scene,
  ) => {
    const worker = await scene.worker();
    const finished = await scene.owned(worker, "finished", 1);
    await scene.complete(worker, finished.lane, 1);
    const dead = await scene.owned(worker, "dead", 2);
    await scene.fail(worker, dead.lane, 2);
    await scene.owned(worker, "owned", 3);
    await scene.append([4, "waiting"]);

    const again = range(1, 5).map((id) => update(id, "another chat"));
    const { known } = await scene.store.append(bot, again);
    expectSame("known", [...known].sort(), [1, 2, 3, 4]);
    const lanes = await scene.claim(worker);
    expectSame("lanes", keysOf(lanes).sort(), ["another chat", "waiting"]);
    expectSame("ids", lanes.flatMap(({ updates }) => idsOf(updates)).sort(), [4, 5]);
  },

  "an id that comes twice in one call is kept once": async (scene) => {
    await scene.store.append(bot, [update(1), update(2), update(1)]);
    expectSame("ids", idsOf((await scene.claimOne(await scene.worker())).updates), [1, 2]);
  },

  "nothing to keep changes nothing": async (scene) => {
    expectSame("appended", await scene.store.append(bot, []), { known: [], lanes: [] });
    expectSame("updates", (await scene.store.stats(bot)).updates, 0);
  },

  "who keeps updates can own their idle lanes at once, as many as it says": async (scene) => {
    const worker = await scene.worker();
    await scene.write("a", 0, "hers");
    const updates = [update(1, "a"), update(2, "b"), update(3, "a"), update(4, "c")];
    const { known, lanes } = await scene.store.append(bot, updates, { worker, lanes: 2 });
    expectSame("known", known, []);
    expectSame("number of lanes", lanes.length, 2);
    for (const { key, updates, session, deaths } of lanes) {
      expectSame(`ids of ${key}`, idsOf(updates), { a: [1, 3], b: [2], c: [4] }[key]);
      expectSame("session", session, key === "a" ? { version: 1, data: "hers" } : { version: 0 });
      expectSame("deaths", deaths, 0);
    }
    const rest = await scene.claimOne(worker);
    expectSame("all lanes", [...keysOf(lanes), rest.key].sort(), ["a", "b", "c"]);
    for (const { lane, updates } of lanes) {
      const { id } = updates[0]!;
      expectSame("outcome", (await scene.complete(worker, lane, id)).outcome, "done");
    }
  },

  "lanes that are not idle are not owned by who keeps updates": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    const owned = await scene.owned(other, "owned", 1);
    await scene.append([2, "ready"]);
    const updates = [update(3, "owned"), update(4, "ready")];
    const { lanes } = await scene.store.append(bot, updates, { worker, lanes: 10 });
    expectSame("lanes", lanes, []);
    expectSame("next", nextOf(await scene.complete(other, owned.lane, 1)), [3]);
    expectSame("ids", idsOf((await scene.claimOne(worker)).updates), [2, 4]);
  },

  "who owns lanes at once is given the first updates, and the others after them": async (scene) => {
    const worker = await scene.worker();
    const ids = range(1, updatesPerLane + 2);
    const { lanes } = await scene.store.append(bot, ids.map((id) => update(id)), {
      worker,
      lanes: 1,
    });
    const [lane] = lanes;
    expectSame("ids", idsOf(lane!.updates), ids.slice(0, updatesPerLane));
    for (const id of ids.slice(0, updatesPerLane - 1)) {
      expectSame("next", nextOf(await scene.complete(worker, lane!.lane, id, { more: true })), []);
    }
    expectSame(
      "next",
      nextOf(await scene.complete(worker, lane!.lane, updatesPerLane)),
      ids.slice(updatesPerLane),
    );
  },

  "a dead worker that keeps updates owns none of their lanes, and they are safe": async (scene) => {
    const worker = await scene.worker();
    await scene.die(worker);
    const { known, lanes } = await scene.store.append(bot, [update(1)], { worker, lanes: 1 });
    expectSame("appended", { known, lanes }, { known: [], lanes: [] });
    expectSame("ids", idsOf((await scene.claimOne(await scene.worker())).updates), [1]);
  },
};
