import { expectSame } from "../expect.ts";
import { bot, idsOf, nextOf, range, type StoreChecks, type StoreScene, update } from "./scene.ts";

const hourSeconds = 3600;

async function isKnown(scene: StoreScene, id: number): Promise<boolean> {
  const { known } = await scene.store.append(bot, [update(id, `chat of ${id}`)]);
  return known.includes(id);
}

/** A day passes: time, and an update that is finished. */
async function passDay(scene: StoreScene, id: number): Promise<void> {
  await scene.advance(25 * hourSeconds);
  const worker = await scene.worker();
  const { lane } = await scene.owned(worker, `day ${id}`, id);
  await scene.complete(worker, lane, id);
  await scene.store.release(worker);
}

/** How long ids are known. */
export const seenChecks: StoreChecks = {
  "a finished update is recognised for 24 hours": async (scene) => {
    const worker = await scene.worker();
    for (const id of [1, 2, 3]) {
      const { lane } = await scene.owned(worker, "chat", id);
      await scene.complete(worker, lane, id);
      await scene.advance(7 * hourSeconds);
    }
    expectSame("of 21 hours ago", await isKnown(scene, 1), true);
    await scene.advance(9 * hourSeconds);
    expectSame("of 23 hours ago", await isKnown(scene, 2), true);
    await scene.advance(7 * hourSeconds);
    expectSame("of 23 hours ago", await isKnown(scene, 3), true);
  },

  "no finished update is forgotten within 24 hours, whichever the hour": async (scene) => {
    // Beats go on meanwhile, as a worker's do: what a store removes, it removes with them.
    const worker = await scene.worker(scene.store, 1e6);
    for (const hour of range(1, 60)) {
      const { lane } = await scene.owned(worker, `chat ${hour}`, hour);
      await scene.complete(worker, lane, hour);
      await scene.advance(hourSeconds);
      expectSame("heartbeat", await scene.store.heartbeat(worker), true);
      const first = hour - 22;
      if (first > 0) expectSame(`id ${first} after 23 hours`, await isKnown(scene, first), true);
    }
  },

  "the 24 hours begin when an update is finished, not when it came": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1, 2);
    for (const id of [101, 102]) await passDay(scene, id);
    await scene.complete(worker, lane, 1, { more: true });
    await scene.advance(23 * hourSeconds);
    expectSame("finished 23 hours ago", await isKnown(scene, 1), true);
  },

  "an update that waits is recognised however long it waits": async (scene) => {
    await scene.append([1, "chat"]);
    for (const id of [101, 102, 103]) {
      await scene.advance(25 * hourSeconds);
      expectSame("known", await isKnown(scene, 1), true);
      await scene.append([id, "chat"]);
    }
    const { updates } = await scene.claimOne(await scene.worker());
    expectSame("ids", idsOf(updates), [1, 101, 102, 103]);
  },

  "what was finished days ago is forgotten": async (scene) => {
    await passDay(scene, 1);
    for (const id of [101, 102, 103]) await passDay(scene, id);
    expectSame("known", await isKnown(scene, 1), false);
  },

  "lanes go on over days as over hours": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1);
    await scene.write("chat", 0, "old");
    for (const id of [2, 3, 4]) {
      await scene.advance(25 * hourSeconds);
      await scene.append([id, "chat"]);
    }
    expectSame("next", nextOf(await scene.complete(worker, lane, 1)), [2, 3, 4]);
    const [session] = await scene.store.readSessions(bot, ["chat"]);
    expectSame("session", session, { version: 1, data: "old" });
  },
};
