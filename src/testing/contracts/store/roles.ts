import { expectSame } from "../expect.ts";
import { range, type StoreChecks } from "./scene.ts";

const lease = { leaseSeconds: 8 };

/** How one worker among many is elected. */
export const roleChecks: StoreChecks = {
  "one worker at a time has a role, and keeps it while it renews it": async (scene) => {
    const second = await scene.reopen();
    const worker = await scene.worker(scene.store, 1000);
    const other = await scene.worker(second, 1000);
    expectSame("first", await scene.store.elect("poller", worker, lease), true);
    for (let round = 0; round < 4; round++) {
      await scene.advance(5);
      expectSame("other", await second.elect("poller", other, lease), false);
      expectSame("again", await scene.store.elect("poller", worker, lease), true);
    }
  },

  "roles are independent of each other": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    expectSame("one", await scene.store.elect("poll 1", worker, lease), true);
    expectSame("another", await scene.store.elect("poll 2", other, lease), true);
    expectSame("the first", await scene.store.elect("poll 1", other, lease), false);
  },

  "a role whose lease is over goes to who asks next, and does not come back": async (scene) => {
    const worker = await scene.worker(scene.store, 1000);
    const other = await scene.worker(scene.store, 1000);
    await scene.store.elect("poller", worker, lease);
    await scene.advance(9);
    expectSame("other", await scene.store.elect("poller", other, lease), true);
    expectSame("first", await scene.store.elect("poller", worker, lease), false);
    await scene.advance(9);
    expectSame("first, later", await scene.store.elect("poller", worker, lease), true);
  },

  "the roles of a dead worker are free": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    await scene.store.elect("poller", worker, { leaseSeconds: 1000 });
    await scene.die(worker);
    expectSame("dead", await scene.store.elect("poller", worker, lease), false);
    expectSame("other", await scene.store.elect("poller", other, lease), true);
  },

  "a role that is given up is free at once": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    await scene.store.elect("poller", worker, lease);
    await scene.store.resign("poller", other);
    expectSame("not the other's to give", await scene.store.elect("poller", other, lease), false);
    await scene.store.resign("poller", worker);
    await scene.store.resign("poller", worker);
    await scene.store.resign("nothing", worker);
    expectSame("other", await scene.store.elect("poller", other, lease), true);
  },

  "one of many that ask at the same time is elected": async (scene) => {
    const stores = [scene.store, await scene.reopen()];
    const workers = await Promise.all(range(0, 19).map((n) => scene.worker(stores[n % 2])));
    const elected = await Promise.all(
      workers.map((worker, n) => stores[n % 2]!.elect("poller", worker, { leaseSeconds: 1000 })),
    );
    expectSame("number elected", elected.filter((isElected) => isElected).length, 1);
  },
};
