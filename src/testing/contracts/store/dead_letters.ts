import { expect, expectSame } from "../expect.ts";
import {
  bot,
  idsOf,
  nextOf,
  payloadOf,
  type StoreChecks,
  type StoreScene,
  update,
} from "./scene.ts";

/** Makes dead letters of one chat. */
async function bury(scene: StoreScene, key: string, ...ids: number[]): Promise<void> {
  const worker = await scene.worker();
  const { lane } = await scene.owned(worker, key, ...ids);
  for (const id of ids) await scene.fail(worker, lane, id, { more: id !== ids.at(-1) });
}

/** What becomes of updates that are given up. */
export const deadLetterChecks: StoreChecks = {
  "an update that is not tried again is set aside with all that is known of it": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1);
    await scene.fail(worker, lane, 1, { retryInSeconds: 0 });
    await scene.claimOne(worker);
    await scene.die(worker);
    const last = await scene.worker();
    const again = await scene.claimOne(last);
    const error = "Error: the 3rd — ‘last’ — time";
    expectSame("next", nextOf(await scene.fail(last, again.lane, 1, { error })), []);

    const letter = await scene.store.dead.get(bot, 1);
    expect("the dead letter has a date", letter?.at instanceof Date);
    const { at: _, ...rest } = letter;
    const expected = { bot, id: 1, key: "chat", payload: payloadOf(1), error };
    expectSame("dead letter", rest, { ...expected, failures: 2, deaths: 1 });
    const { updates, dead, owned, ready } = await scene.store.stats(bot);
    const counts = { updates: 0, dead: 1, owned: 0, ready: 0 };
    expectSame("stats", { updates, dead, owned, ready }, counts);
  },

  "a lane goes on after a dead letter": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1, 2);
    await scene.append([3, "chat"]);
    expectSame("next", nextOf(await scene.fail(worker, lane, 1, { more: true })), []);
    expectSame("next", nextOf(await scene.fail(worker, lane, 2)), [3]);
    expectSame("next", nextOf(await scene.complete(worker, lane, 3)), []);
  },

  "dead letters are listed by bot and id, from an id on, as many as are asked for": async (
    scene,
  ) => {
    await bury(scene, "chat", 1, 2, 3, 10);
    const ids = async (options: Parameters<typeof scene.store.dead.list>[0]) =>
      (await scene.store.dead.list(options)).map(({ id }) => id);
    expectSame("all", await ids(undefined), [1, 2, 3, 10]);
    expectSame("of the bot", await ids({ bot }), [1, 2, 3, 10]);
    expectSame("of another bot", await ids({ bot: bot + 1 }), []);
    expectSame("after the 2nd", await ids({ bot, after: 2 }), [3, 10]);
    expectSame("two", await ids({ limit: 2 }), [1, 2]);
    expectSame("one after the 2nd", await ids({ bot, after: 2, limit: 1 }), [3]);
  },

  "what is no dead letter cannot be had, tried again or dropped": async (scene) => {
    await bury(scene, "other", 3);
    await scene.append([1, "chat"]);
    for (const id of [1, 2]) {
      expectSame("get", await scene.store.dead.get(bot, id), undefined);
      expectSame("retry", await scene.store.dead.retry(bot, id), false);
      expectSame("drop", await scene.store.dead.drop(bot, id), false);
    }
    expectSame("another bot's", await scene.store.dead.get(bot + 1, 3), undefined);
    expectSame("ids", idsOf((await scene.claimOne(await scene.worker())).updates), [1]);
  },

  "a dead letter can be tried again, as if it were new": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1);
    await scene.fail(worker, lane, 1, { retryInSeconds: 0 });
    await scene.fail(worker, (await scene.claimOne(worker)).lane, 1);
    expectSame("retry", await scene.store.dead.retry(bot, 1), true);
    expectSame("retry again", await scene.store.dead.retry(bot, 1), false);
    expectSame("get", await scene.store.dead.get(bot, 1), undefined);
    const { key, deaths, updates } = await scene.claimOne(worker);
    const expected = { key: "chat", deaths: 0 };
    expectSame("lane", { key, deaths }, expected);
    expectSame("updates", updates, [{ id: 1, payload: payloadOf(1), failures: 0 }]);
  },

  "a dead letter that is tried again comes before the later updates of its lane": async (scene) => {
    await bury(scene, "chat", 1);
    await scene.append([2, "chat"]);
    await scene.store.dead.retry(bot, 1);
    const worker = await scene.worker();
    expectSame("ids", idsOf((await scene.claimOne(worker)).updates), [1, 2]);
  },

  "a dead letter that is tried again while its lane is owned waits for its turn": async (scene) => {
    await bury(scene, "chat", 1);
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 2);
    await scene.store.dead.retry(bot, 1);
    expectSame("lanes for another", await scene.claim(await scene.worker()), []);
    expectSame("next", nextOf(await scene.complete(worker, lane, 2)), [1]);
  },

  "a dead letter that is dropped is gone, and its id stays known": async (scene) => {
    await bury(scene, "chat", 1);
    expectSame("drop", await scene.store.dead.drop(bot, 1), true);
    expectSame("drop again", await scene.store.dead.drop(bot, 1), false);
    expectSame("list", await scene.store.dead.list(), []);
    expectSame("known", (await scene.store.append(bot, [update(1)])).known, [1]);
  },
};
