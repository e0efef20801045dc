import { SessionConflictError } from "../../../store/sessions.ts";
import { expect, expectSame } from "../expect.ts";
import { bot, idsOf, nextOf, range, type StoreChecks } from "./scene.ts";

const nothing = { version: 0, data: undefined };

/** How sessions are kept, versioned and guarded. */
export const sessionChecks: StoreChecks = {
  "sessions are read in the order of the keys, whether there are any or not": async (scene) => {
    await scene.write("b", 0, '"B"');
    await scene.write("a", 0, '"A"');
    await scene.write("a", 1, '"AA"');
    const read = await scene.store.readSessions(bot, ["a", "none", "b", "a"]);
    const a = { version: 2, data: '"AA"' };
    expectSame("sessions", read, [a, nothing, { version: 1, data: '"B"' }, a]);
    expectSame("no keys", await scene.store.readSessions(bot, []), []);
    expectSame("count", (await scene.store.stats(bot)).sessions, 2);
  },

  "a session is written only over the version that is named": async (scene) => {
    const write = (version: number) =>
      scene.store.writeSession(bot, { key: "k", version, data: `"${version}"` });
    expectSame("not there yet", await write(1), false);
    expectSame("new", await write(0), true);
    expectSame("twice new", await write(0), false);
    expectSame("next", await write(1), true);
    expectSame("ahead", await write(3), false);
    expectSame("session", await scene.store.readSessions(bot, ["k"]), [{
      version: 2,
      data: '"1"',
    }]);
  },

  "a session that is deleted is not there, and its version goes on": async (scene) => {
    await scene.write("k", 0, "1");
    await scene.write("k", 1, undefined);
    const [session] = await scene.store.readSessions(bot, ["k"]);
    expectSame("session", session, { version: 2, data: undefined });
    expectSame("count", (await scene.store.stats(bot)).sessions, 0);
    await scene.advance(20 * 3600);
    const late = { key: "k", version: 0, data: "late" };
    expectSame("as if never written", await scene.store.writeSession(bot, late), false);
    await scene.write("k", 2, "3");
    expectSame("again", await scene.store.readSessions(bot, ["k"]), [{ version: 3, data: "3" }]);
  },

  "sessions are written with the update that is finished": async (scene) => {
    const worker = await scene.worker();
    await scene.write("user", 0, "old");
    const { lane } = await scene.owned(worker, "chat", 1, 2);
    const sessions = [
      { key: "chat", version: 0, data: "mine" },
      { key: "user", version: 1, data: "new" },
      { key: "gone", version: 0, data: undefined },
    ];
    await scene.complete(worker, lane, 1, { sessions, more: true });
    expectSame("sessions", await scene.store.readSessions(bot, ["chat", "user", "gone"]), [
      { version: 1, data: "mine" },
      { version: 2, data: "new" },
      { version: 1, data: undefined },
    ]);
    const more = [{ key: "chat", version: 1, data: "mine too" }];
    await scene.complete(worker, lane, 2, { sessions: more });
    const again = await scene.owned(worker, "chat", 3);
    expectSame("session", again.session, { version: 2, data: "mine too" });
  },

  "a conflict changes nothing, and the lane stays its owner's": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1, 2);
    await scene.write("user", 0, "theirs");
    const mine = { key: "chat", version: 0, data: "mine" };
    const sessions = [mine, { key: "user", version: 0, data: "mine" }];
    const settled = await scene.complete(worker, lane, 1, { sessions, more: true });
    expectSame("outcome", settled.outcome, "conflict");
    const read = await scene.store.readSessions(bot, ["chat", "user"]);
    expectSame("sessions", read, [nothing, { version: 1, data: "theirs" }]);
    expectSame("updates", (await scene.store.stats(bot)).updates, 2);

    const again = [mine, { key: "user", version: 1, data: "ours" }];
    const second = await scene.complete(worker, lane, 1, { sessions: again, more: true });
    expectSame("outcome", second.outcome, "done");
    expectSame("next", nextOf(await scene.complete(worker, lane, 2)), []);
  },

  "the session of an owned lane can be changed outside, which its owner is told": async (scene) => {
    const worker = await scene.worker();
    const { lane, session } = await scene.owned(worker, "chat", 1);
    await scene.write("chat", 0, "outside");
    const sessions = [{ key: "chat", version: session.version, data: "inside" }];
    expectSame(
      "outcome",
      (await scene.complete(worker, lane, 1, { sessions })).outcome,
      "conflict",
    );
    const again = [{ key: "chat", version: 1, data: "inside" }];
    expectSame(
      "outcome",
      (await scene.complete(worker, lane, 1, { sessions: again })).outcome,
      "done",
    );
  },

  "a lost worker is told so even if its sessions conflict": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1);
    await scene.die(worker);
    const sessions = [{ key: "chat", version: 7, data: "late" }];
    expectSame("outcome", (await scene.complete(worker, lane, 1, { sessions })).outcome, "lost");
  },

  "one of many writers of one version wins": async (scene) => {
    const stores = [scene.store, await scene.reopen()];
    const written = await Promise.all(
      range(0, 19).map((n) => {
        return stores[n % 2]!.writeSession(bot, { key: "k", version: 0, data: `${n}` });
      }),
    );
    expectSame("number written", written.filter((isWritten) => isWritten).length, 1);
    const [session] = await scene.store.readSessions(bot, ["k"]);
    expectSame("session", session, { version: 1, data: `${written.indexOf(true)}` });
  },

  "what a conflict has not finished, a takeover gives to another": async (scene) => {
    const worker = await scene.worker();
    const { lane } = await scene.owned(worker, "chat", 1);
    const sessions = [{ key: "k", version: 9, data: "x" }];
    await scene.complete(worker, lane, 1, { sessions });
    await scene.die(worker);
    expectSame("ids", idsOf((await scene.claimOne(await scene.worker())).updates), [1]);
  },

  "the adapter of sessions refuses what was changed since it was read": async (scene) => {
    const [ours, theirs] = [scene.store.sessions<number>(bot), scene.store.sessions<number>(bot)];
    expectSame("nothing", await ours.read("k"), undefined);
    await ours.write("k", 1);
    expectSame("theirs", await theirs.read("k"), 1);
    await ours.write("k", 2);
    for (let attempt = 0; attempt < 2; attempt++) {
      const error = await theirs.write("k", 3).catch((error) => error);
      expect("a SessionConflictError", error instanceof SessionConflictError && error.key === "k");
    }
    expectSame("read anew", await theirs.read("k"), 2);
    await theirs.delete("k");
    expectSame("deleted", await ours.read("k"), undefined);
  },

  "the adapter of sessions overwrites what it has not read": async (scene) => {
    const stores = [scene.store, await scene.reopen()];
    await scene.write("k", 0, "0");
    await Promise.all(range(1, 20).map((n) => stores[n % 2]!.sessions<number>(bot).write("k", n)));
    const [session] = await scene.store.readSessions(bot, ["k"]);
    expectSame("version", session!.version, 21);
  },
};
