import type { Settled } from "../../../store/store.ts";
import { expectSame } from "../expect.ts";
import { bot, idsOf, keysOf, range, type StoreChecks, update } from "./scene.ts";

/** That calls of one turn of the event loop are one by one what they would be alone. */
export const batchChecks: StoreChecks = {
  "many calls at once succeed and fail each by itself": async (scene) => {
    const [worker, other] = [await scene.worker(), await scene.worker()];
    const ids = range(1, 100);
    await scene.append(...ids.map((id) => [id, `chat ${id}`] as const));
    const lanes = await scene.claim(worker);
    await scene.write("chat 7", 0, "outside");
    const settled = await Promise.all(lanes.map(({ lane, key, updates: [update] }) => {
      const { id } = update!;
      const sessions = [{ key, version: 0, data: `${id}` }];
      return scene.complete(id === 50 ? other : worker, lane, id, { sessions });
    }));
    const outcomes = new Map<string, Settled["outcome"]>();
    lanes.forEach(({ key }, index) => outcomes.set(key, settled[index]!.outcome));
    for (const id of ids) {
      const expected = id === 7 ? "conflict" : id === 50 ? "lost" : "done";
      expectSame(`outcome of ${id}`, outcomes.get(`chat ${id}`), expected);
    }
    const { updates, owned, sessions } = await scene.store.stats(bot);
    expectSame("stats", { updates, owned, sessions }, { updates: 2, owned: 2, sessions: 99 });
    const read = await scene.store.readSessions(bot, ["chat 7", "chat 50", "chat 99"]);
    expectSame("sessions", read.map(({ data }) => data), ["outside", undefined, "99"]);
  },

  "calls take effect in their order, though none has waited for the one before": async (scene) => {
    const { store } = scene;
    const worker = await scene.worker();
    const [first, again, claimed, none, later] = await Promise.all([
      store.append(bot, [update(1), update(2)]),
      store.append(bot, [update(2), update(3)]),
      store.claim(bot, worker, { lanes: 10, suspects: 0 }),
      store.claim(bot, worker, { lanes: 10, suspects: 0 }),
      store.append(bot, [update(4, "other")], { worker, lanes: 1 }),
    ]);
    expectSame("known", [first.known, again.known], [[], [2]]);
    expectSame("claimed", claimed.lanes.map(({ updates }) => idsOf(updates)), [[1, 2, 3]]);
    expectSame("claimed again", none.lanes, []);
    expectSame("owned", keysOf(later.lanes), ["other"]);

    const { lane } = claimed.lanes[0]!;
    const complete = (id: number, version: number, more: boolean) =>
      scene.complete(worker, lane, id, {
        sessions: [{ key: "chat", version, data: `${id}` }],
        more,
      });
    const settled = await Promise.all([
      complete(1, 0, true),
      complete(2, 0, true),
      store.writeSession(bot, { key: "chat", version: 1, data: "between" }),
      complete(2, 2, true),
      complete(3, 3, false),
      complete(3, 4, false),
      store.readSessions(bot, ["chat"]),
    ]);
    expectSame("settled", settled, [
      { outcome: "done", next: [] },
      { outcome: "conflict" },
      true,
      { outcome: "done", next: [] },
      { outcome: "done", next: [] },
      { outcome: "lost" },
      [{ version: 4, data: "3" }],
    ]);
  },

  "an update that many bring at once is kept once": async (scene) => {
    const stores = [scene.store, await scene.reopen()];
    const appended = await Promise.all(
      range(0, 29).map((n) => {
        return stores[n % 2]!.append(
          bot,
          range(n, n + 9).map((id) => update(id, `chat ${id % 7}`)),
        );
      }),
    );
    const known = appended.flatMap(({ known }) => known);
    for (const id of range(0, 38)) {
      const brought = range(0, 29).filter((n) => n <= id && id <= n + 9).length;
      expectSame(`${id} was known`, known.filter((one) => one === id).length, brought - 1);
    }
    expectSame("updates", (await scene.store.stats(bot)).updates, 39);
    const worker = await scene.worker();
    for (const { key, updates } of await scene.claim(worker)) {
      const all = range(0, 38).filter((id) => `chat ${id % 7}` === key);
      expectSame(`ids of ${key}`, idsOf(updates), all);
    }
  },

  "an update that comes while its lane is finished is not stranded": async (scene) => {
    const [first, second] = [scene.store, await scene.reopen()];
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1);
    let [current, owned]: [number, typeof lane | undefined] = [1, lane];
    for (const id of range(2, 40)) {
      if (owned === undefined) owned = (await scene.claimOne(worker)).lane;
      const [settled] = await Promise.all([
        scene.complete(worker, owned, current, {}, first),
        second.append(bot, [update(id, "chat")]),
      ]);
      expectSame("outcome", settled.outcome, "done");
      const isKept = settled.outcome === "done" && settled.next.length > 0;
      if (!isKept) owned = undefined;
      current = id;
    }
    const { updates } = await scene.store.stats(bot);
    expectSame("updates", updates, 1);
  },
};
