import { expectSame } from "../expect.ts";
import { bot, idsOf, keysOf, type StoreChecks, type StoreScene, update } from "./scene.ts";

const other = bot + 1;

async function claimOther(scene: StoreScene, worker: number): Promise<number[]> {
  const { lanes } = await scene.store.claim(other, worker, { lanes: 10, suspects: 10 });
  return lanes.flatMap(({ updates }) => idsOf(updates));
}

/** How several bots share one store. */
export const botChecks: StoreChecks = {
  "the same chat and the same id of two bots are two of each": async (scene) => {
    const worker = await scene.worker();
    const [first, second] = [
      await scene.store.append(bot, [update(1)]),
      await scene.store.append(other, [update(1), update(2)]),
    ];
    expectSame("known", [first.known, second.known], [[], []]);
    const lane = await scene.claimOne(worker);
    expectSame("ids", idsOf(lane.updates), [1]);
    await scene.complete(worker, lane.lane, 1);
    expectSame("ids of the other bot", await claimOther(scene, worker), [1, 2]);
  },

  "sessions of bots are apart": async (scene) => {
    await scene.write("k", 0, "ours");
    const write = { key: "k", version: 0, data: "theirs" };
    expectSame("written", await scene.store.writeSession(other, write), true);
    expectSame("ours", await scene.store.readSessions(bot, ["k"]), [{ version: 1, data: "ours" }]);
    await scene.store.append(other, [update(1, "k")]);
    const { lanes } = await scene.store.claim(other, await scene.worker(), {
      lanes: 1,
      suspects: 0,
    });
    expectSame("session", lanes[0]!.session, { version: 1, data: "theirs" });
  },

  "a worker of several bots claims for each, and dies for all": async (scene) => {
    const worker = await scene.worker();
    await scene.owned(worker, "chat", 1);
    await scene.store.append(other, [update(1, "their chat")]);
    expectSame("ids", await claimOther(scene, worker), [1]);
    await scene.die(worker);
    const next = await scene.worker();
    expectSame("lanes", keysOf(await scene.claim(next)), ["chat"]);
    expectSame("ids of the other bot", await claimOther(scene, next), [1]);
  },

  "dead letters and counts are told for one bot or for all": async (scene) => {
    const worker = await scene.worker();
    for (const [of, key] of [[other, "theirs"], [bot, "ours"]] as const) {
      await scene.store.append(of, [update(1, key), update(2, "rest")]);
      const { lanes } = await scene.store.claim(of, worker, { lanes: 10, suspects: 0 });
      const { lane } = lanes.find((lane) => lane.key === key)!;
      const failure = { bot: of, lane, id: 1, error: key, retryInSeconds: undefined, more: false };
      await scene.store.fail(worker, failure);
    }
    await scene.write("k", 0, "1");
    const letters = await scene.store.dead.list();
    expectSame("dead letters", letters.map(({ error }) => error), ["ours", "theirs"]);
    const ofOther = await scene.store.dead.list({ bot: other });
    expectSame("dead letters of one", ofOther.map(({ error }) => error), ["theirs"]);
    const counts = { updates: 1, owned: 1, ready: 0, dead: 1, workers: 1 };
    expectSame("stats of one", await scene.store.stats(bot), { ...counts, sessions: 1 });
    expectSame("stats of the other", await scene.store.stats(other), { ...counts, sessions: 0 });
    const all = { updates: 2, owned: 2, ready: 0, dead: 2, sessions: 1, workers: 1 };
    expectSame("stats of all", await scene.store.stats(), all);
    expectSame("stats of none", (await scene.store.stats(bot + 9)).updates, 0);
  },
};
