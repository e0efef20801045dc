import type { ClaimedLane, Store, WorkerId } from "../../../store/store.ts";
import { expectSame, within } from "../expect.ts";
import { bot, keysOf, type StoreChecks, type StoreScene, update } from "./scene.ts";

/**
 * Claims as a worker does: when it is told that there may be something. Nothing must be there at
 * first; `cause` makes it so.
 */
async function claimWhenTold(
  scene: StoreScene,
  store: Store,
  worker: WorkerId,
  cause: () => Promise<unknown>,
): Promise<readonly ClaimedLane[]> {
  let told = Promise.withResolvers<void>();
  const stop = store.watch(bot, () => told.resolve());
  try {
    expectSame("lanes before", await scene.claim(worker, store), []);
    await cause();
    for (;;) {
      await within("a watch is told that there is something to claim", told.promise);
      told = Promise.withResolvers();
      const lanes = await scene.claim(worker, store);
      if (lanes.length > 0) return lanes;
    }
  } finally {
    stop();
  }
}

/** How workers learn that there is something to claim. */
export const watchChecks: StoreChecks = {
  "a watch is told of updates that nobody owns": async (scene) => {
    const worker = await scene.worker();
    const lanes = await claimWhenTold(
      scene,
      scene.store,
      worker,
      () => scene.append([1, "chat"]),
    );
    expectSame("lanes", keysOf(lanes), ["chat"]);
  },

  "a watch is told of updates that another process keeps": async (scene) => {
    const second = await scene.reopen();
    const worker = await scene.worker(second);
    for (const id of [1, 2, 3]) {
      const lanes = await claimWhenTold(
        scene,
        second,
        worker,
        () => scene.append([id, `chat ${id}`]),
      );
      expectSame("lanes", keysOf(lanes), [`chat ${id}`]);
    }
  },

  "a watch is told of what who keeps updates has not owned": async (scene) => {
    const second = await scene.reopen();
    const [busy, worker] = [await scene.worker(), await scene.worker(second)];
    const updates = [update(1, "a"), update(2, "b")];
    const lanes = await claimWhenTold(
      scene,
      second,
      worker,
      () => scene.store.append(bot, updates, { worker: busy, lanes: 1 }),
    );
    expectSame("number of lanes", lanes.length, 1);
  },

  "a watch is told of lanes that are given back": async (scene) => {
    const second = await scene.reopen();
    const [first, worker] = [await scene.worker(), await scene.worker(second)];
    const { lane } = await scene.owned(first, "chat", 1);
    const back = () => scene.store.release(first, [lane]);
    expectSame("lanes", keysOf(await claimWhenTold(scene, second, worker, back)), ["chat"]);
  },

  "a watch is told of the lanes of the dead": async (scene) => {
    const second = await scene.reopen();
    const [first, worker] = [await scene.worker(), await scene.worker(second)];
    await scene.owned(first, "chat", 1);
    const die = () => scene.store.expire(first);
    expectSame("lanes", keysOf(await claimWhenTold(scene, second, worker, die)), ["chat"]);
  },

  "a watch is told of an update that is to be tried again": async (scene) => {
    const second = await scene.reopen();
    const [first, worker] = [await scene.worker(), await scene.worker(second)];
    const { lane } = await scene.owned(first, "chat", 1);
    const retry = () => scene.fail(first, lane, 1, { retryInSeconds: 0 });
    expectSame("lanes", keysOf(await claimWhenTold(scene, second, worker, retry)), ["chat"]);
  },

  "a watch is told of a dead letter that is tried again": async (scene) => {
    const second = await scene.reopen();
    const [first, worker] = [await scene.worker(), await scene.worker(second)];
    const { lane } = await scene.owned(first, "chat", 1);
    await scene.fail(first, lane, 1);
    const retry = () => scene.store.dead.retry(bot, 1);
    expectSame("lanes", keysOf(await claimWhenTold(scene, second, worker, retry)), ["chat"]);
  },

  "watches end one by one": async (scene) => {
    let told = 0;
    const wake = () => void told++;
    const stopOne = scene.store.watch(bot, wake);
    const stopOther = scene.store.watch(bot, wake);
    stopOne();
    stopOne();
    const lanes = await claimWhenTold(
      scene,
      scene.store,
      await scene.worker(),
      () => scene.append([1, "chat"]),
    );
    expectSame("lanes", keysOf(lanes), ["chat"]);
    stopOther();
    const before = told;
    await claimWhenTold(
      scene,
      scene.store,
      await scene.worker(),
      () => scene.append([2, "other chat"]),
    );
    expectSame("calls after the end", told - before, 0);
  },
};
