import { sqliteStore } from "@tramline/tramline/sqlite";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Scene } from "./scene.ts";

const poison = "poison";

test("an update that kills its process, among 500 in flight, is set aside after 5 deaths, and no other", async () => {
  await using scene = await Scene.make(7);
  const { sim } = scene;
  const users = Array.from({ length: 500 }, () => sim.user());
  for (const user of users) await user.send("before");
  await users[250]!.send(poison);
  for (const user of users) await user.send("after");

  const replies = new Map<number, string[]>(users.map(({ id }) => [id, []]));
  sim.on("sendMessage", ({ chat_id, text }) => {
    replies.get(Number(chat_id))!.push(text);
    return undefined;
  });
  const isDone = () => [...replies.values()].every((texts) => texts.at(-1) === "#2: after");

  let starts = 0;
  for (let done = false; !done;) {
    assert.ok(++starts <= 6, "the poison is handled at most 5 times");
    const bot = scene.start({ intake: "polling", file: scene.file, poison });
    done = await Promise.race([
      sim.until(isDone).then(() => true),
      bot.exited.then(({ signal }) => {
        assert.equal(signal, "SIGKILL", bot.errors);
        return false;
      }),
    ]);
    if (!done) continue;
    bot.signal("SIGTERM");
    assert.deepEqual(await bot.exited, { code: 0, signal: null });
    // One line tells of the dead letter.
    assert.match(bot.errors, /^\[tramline inbox\] Update \d+ is set aside as a dead letter/);
  }
  assert.equal(starts, 6);

  const store = sqliteStore(scene.file);
  try {
    const letters = await store.dead.list();
    assert.deepEqual(letters.map(({ key, deaths }) => ({ key, deaths })), [
      { key: String(users[250]!.id), deaths: 5 },
    ]);
    assert.match(letters[0]!.payload, /"text":"poison"/);
    const sessions = store.sessions<{ count: number }>(sim.mainBot.id);
    for (const { id } of users) assert.deepEqual(await sessions.read(String(id)), { count: 2 });
    assert.equal((await store.stats()).updates, 0);
  } finally {
    await store.close();
  }
});
