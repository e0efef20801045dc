import { updatesPerLane } from "../../../store/store.ts";
import { expectSame } from "../expect.ts";
import { bot, idsOf, nextOf, range, type StoreChecks } from "./scene.ts";

/** How updates are finished. */
export const completeChecks: StoreChecks = {
  "a worker with more of a lane in hand keeps it, and is given nothing": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    const { lane } = await scene.owned(worker, "chat", 1, 2);
    await scene.append([3, "chat"]);
    expectSame("next", nextOf(await scene.complete(worker, lane, 1, { more: true })), []);
    expectSame("lanes for another", await scene.claim(other), []);
    expectSame("updates", (await scene.store.stats(bot)).updates, 2);
    expectSame("next", nextOf(await scene.complete(worker, lane, 2)), [3]);
  },

  "a worker with nothing more in hand is given what waits, a few at a time": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1);
    const ids = range(2, 2 + updatesPerLane);
    await scene.append(...ids.map((id) => [id, "chat"] as const));
    const next = await scene.complete(worker, lane, 1);
    expectSame("next", nextOf(next), ids.slice(0, updatesPerLane));
    if (next.outcome === "done") expectSame("failures", next.next[0]!.failures, 0);
  },

  "a lane in which nothing waits any more is nobody's": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    const { lane } = await scene.owned(worker, "chat", 1);
    expectSame("next", nextOf(await scene.complete(worker, lane, 1)), []);
    const { owned, ready, updates } = await scene.store.stats(bot);
    expectSame("stats", { owned, ready, updates }, { owned: 0, ready: 0, updates: 0 });
    await scene.append([2, "chat"]);
    expectSame("outcome", (await scene.complete(worker, lane, 2)).outcome, "lost");
    expectSame("ids", idsOf((await scene.claimOne(other)).updates), [2]);
  },

  "a final update ends its lane only if nothing is in it": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    const { lane } = await scene.owned(worker, "chat", 1);
    await scene.append([2, "chat"]);
    const sessions = [{ key: "chat", version: 0, data: "kept" }];
    const next = await scene.complete(worker, lane, 1, { final: true, sessions });
    expectSame("next", nextOf(next), [2]);
    await scene.complete(worker, lane, 2, { final: true });
    expectSame("session", await scene.store.readSessions(bot, ["chat"]), [{
      version: 1,
      data: "kept",
    }]);
    const alone = await scene.owned(worker, "alone", 3);
    expectSame("next", nextOf(await scene.complete(worker, alone.lane, 3, { final: true })), []);
    expectSame("outcome", (await scene.complete(worker, alone.lane, 3)).outcome, "lost");
    const again = await scene.owned(other, "alone", 4);
    expectSame("outcome", (await scene.complete(other, again.lane, 4)).outcome, "done");
  },

  "an update with a smaller id that comes late has its turn afterwards": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 5, 6);
    await scene.append([3, "chat"], [9, "chat"]);
    expectSame("next", nextOf(await scene.complete(worker, lane, 5, { more: true })), []);
    expectSame("next", nextOf(await scene.complete(worker, lane, 6)), [3, 9]);
  },

  "an update is finished once": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1, 2);
    await scene.complete(worker, lane, 1, { more: true });
    const write = { key: "other", version: 0, data: "twice" };
    const again = await scene.complete(worker, lane, 1, { more: true, sessions: [write] });
    expectSame("outcome", again.outcome, "lost");
    expectSame("session", await scene.store.readSessions(bot, ["other"]), [{ version: 0 }]);
    expectSame("next", nextOf(await scene.complete(worker, lane, 2)), []);
  },

  "a worker that does not own the lane changes nothing": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    const { lane } = await scene.owned(worker, "chat", 1);
    const sessions = [{ key: "chat", version: 0, data: "stolen" }];
    for (const stranger of [other, other + 1000]) {
      const settled = await scene.complete(stranger, lane, 1, { sessions });
      expectSame("outcome of complete", settled.outcome, "lost");
      expectSame("outcome of fail", (await scene.fail(stranger, lane, 1)).outcome, "lost");
    }
    expectSame("sessions", (await scene.store.stats(bot)).sessions, 0);
    expectSame("dead letters", (await scene.store.stats(bot)).dead, 0);
    expectSame("outcome", (await scene.complete(worker, lane, 1)).outcome, "done");
  },

  "what is finished stays finished, whoever dies": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1, 2, 3);
    await scene.complete(worker, lane, 1, { more: true });
    await scene.die(worker);
    const again = await scene.claimOne(await scene.worker());
    expectSame("ids", idsOf(again.updates), [2, 3]);
  },
};
