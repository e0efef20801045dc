import { expectBetween, expectSame } from "../expect.ts";
import { bot, idsOf, nextOf, payloadOf, type StoreChecks } from "./scene.ts";

/** How failures wait for another try. */
export const failureChecks: StoreChecks = {
  "an update that failed is ready again when its time has come, and not before": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1);
    expectSame("next", nextOf(await scene.fail(worker, lane, 1, { retryInSeconds: 1000 })), []);
    const early = await scene.store.claim(bot, worker, { lanes: 10, suspects: 10 });
    expectSame("lanes before", early.lanes, []);
    expectBetween("nextInSeconds", early.nextInSeconds, 900, 1000);

    await scene.advance(1000);
    const late = await scene.claimOne(worker);
    expectSame("updates", late.updates, [{ id: 1, payload: payloadOf(1), failures: 1 }]);
    await scene.fail(worker, late.lane, 1, { retryInSeconds: 1 });
    await scene.advance(1);
    expectSame("failures", (await scene.claimOne(worker)).updates[0]!.failures, 2);
  },

  "a try that need not wait is ready at once": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1);
    await scene.fail(worker, lane, 1, { retryInSeconds: 0 });
    expectSame("ids", idsOf((await scene.claimOne(await scene.worker())).updates), [1]);
  },

  "a lane waits with its failed update: nothing overtakes it": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1, 2);
    await scene.fail(worker, lane, 1, { retryInSeconds: 100, more: true });
    await scene.append([3, "chat"]);
    expectSame("lanes meanwhile", await scene.claim(worker), []);
    expectSame("ready", (await scene.store.stats(bot)).ready, 1);
    await scene.advance(100);
    const { updates } = await scene.claimOne(worker);
    expectSame("ids", idsOf(updates), [1, 2, 3]);
    expectSame("failures", updates.map(({ failures }) => failures), [1, 0, 0]);
  },

  "a worker that told of a failure does not own the lane any more": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1);
    await scene.fail(worker, lane, 1, { retryInSeconds: 100 });
    expectSame("outcome of complete", (await scene.complete(worker, lane, 1)).outcome, "lost");
    expectSame("outcome of fail", (await scene.fail(worker, lane, 1)).outcome, "lost");
    expectSame("owned", (await scene.store.stats(bot)).owned, 0);
  },

  "lanes that wait for another try do not hold up others": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "waits", 1);
    await scene.fail(worker, lane, 1, { retryInSeconds: 1000 });
    const other = await scene.owned(worker, "fails sooner", 2);
    await scene.fail(worker, other.lane, 2, { retryInSeconds: 200 });
    await scene.append([3, "new"]);
    const limits = { lanes: 10, suspects: 0 };
    const { lanes, nextInSeconds } = await scene.store.claim(bot, worker, limits);
    expectSame("lanes", lanes.map(({ key }) => key), ["new"]);
    expectBetween("nextInSeconds", nextInSeconds, 100, 200);
  },
};
