import { expectSame } from "../expect.ts";
import { bot, range, type StoreChecks, update } from "./scene.ts";

/** Keys that a database may take for each other, or not take at all. */
const keys = [
  "",
  "a",
  "A",
  "a ",
  " a",
  "ä",
  "a\u0308",
  "ß",
  "ss",
  "-1001234567890",
  "1234567890",
  "01234567890",
  "1e3",
  "1000",
  "'; DROP TABLE lane; --",
  '"\\%_',
  "👩‍👩‍👧‍👦",
  "цчзшн",
  "line\nbreak",
  "x".repeat(250),
  "x".repeat(249) + "y",
];

/** That a store keeps texts and numbers as they are, whatever they are. */
export const textChecks: StoreChecks = {
  "keys that are not the same are different lanes and sessions": async (scene) => {
    for (const [index, key] of keys.entries()) await scene.write(key, 0, `${index}`);
    await scene.append(...keys.map((key, index) => [index + 1, key] as const));
    const read = await scene.store.readSessions(bot, keys);
    expectSame("sessions", read.map(({ data }) => data), keys.map((_, index) => `${index}`));
    const claimed = await scene.claim(await scene.worker());
    expectSame("number of lanes", claimed.length, keys.length);
    for (const { key, updates, session } of claimed) {
      const index = keys.indexOf(key);
      expectSame(`id under ${JSON.stringify(key)}`, updates[0]!.id, index + 1);
      expectSame(`session under ${JSON.stringify(key)}`, session.data, `${index}`);
    }
  },

  "what is not JSON, is empty or is long comes back as it was given": async (scene) => {
    const payloads = ["", "{", "not JSON at all", "null", "\\u0000", "👍 ä\n\t\r'\"", "[1, 2 ]"];
    payloads.push("x".repeat(1_000_000), JSON.stringify({ text: "\u0000\ud800" }));
    const updates = payloads.map((payload, index) => ({ ...update(index + 1), payload }));
    const worker = await scene.worker();
    await scene.store.append(bot, updates);
    const { lane, updates: first } = await scene.claimOne(worker);
    const given = [...first];
    for (const { id } of first.slice(0, -1)) await scene.complete(worker, lane, id, { more: true });
    const settled = await scene.complete(worker, lane, first.at(-1)!.id);
    if (settled.outcome === "done") given.push(...settled.next);
    expectSame("number", given.length, payloads.length);
    for (const { id, payload } of given) {
      expectSame(`length of ${id}`, payload.length, payloads[id - 1]!.length);
      expectSame(`text of ${id} is as it was`, payload === payloads[id - 1], true);
    }
  },

  "a session is kept as it was given, and empty is not deleted": async (scene) => {
    const long = JSON.stringify({ text: "ä👍'\"\\\n".repeat(100_000) });
    await scene.write("long", 0, long);
    await scene.write("empty", 0, "");
    const [first, second] = await scene.store.readSessions(bot, ["long", "empty"]);
    expectSame("the long one is as it was", first!.data === long, true);
    expectSame("the empty one", second, { version: 1, data: "" });
    expectSame("sessions", (await scene.store.stats(bot)).sessions, 2);
  },

  "a dead letter keeps an update that cannot be read": async (scene) => {
    const worker = await scene.worker();
    await scene.store.append(bot, [{ ...update(1), payload: "{broken" }, update(2)]);
    const { lane } = await scene.claimOne(worker);
    const error = "Unexpected token\n    at JSON.parse — ✗".repeat(50);
    await scene.fail(worker, lane, 1, { error, more: true });
    const letter = await scene.store.dead.get(bot, 1);
    expectSame("payload", letter?.payload, "{broken");
    expectSame("error", letter?.error, error);
    expectSame("outcome", (await scene.complete(worker, lane, 2)).outcome, "done");
  },

  "ids may be as large as numbers are exact": async (scene) => {
    const largeBot = 2 ** 51 + 1;
    const ids = [1, 2 ** 31 - 2, 2 ** 31, 2 ** 32 + 1, 2 ** 52 + 1];
    const worker = await scene.worker();
    await scene.store.append(largeBot, [...ids].reverse().map((id) => update(id)));
    const limits = { lanes: 1, suspects: 0 };
    const { lanes } = await scene.store.claim(largeBot, worker, limits);
    expectSame("ids", lanes[0]!.updates.map(({ id }) => id), ids);
    const { known } = await scene.store.append(largeBot, ids.map((id) => update(id + 1, "other")));
    expectSame("known", known, []);
  },

  "a session may be written many times": async (scene) => {
    for (const version of range(0, 99)) await scene.write("k", version, `${version}`);
    expectSame("session", await scene.store.readSessions(bot, ["k"]), [
      { version: 100, data: "99" },
    ]);
  },
};
