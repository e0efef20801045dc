import { test, type TestContext } from "node:test";
import assert from "node:assert/strict";
import { caller, simulator } from "./calls.ts";

async function setUp(t: TestContext) {
  const sim = simulator(t, { clock: "manual" });
  const alice = sim.user({ first_name: "Alice" });
  const started = await alice.send("/start");
  const call = caller(sim);
  const at = (message_id: number) => ({ chat_id: alice.id, message_id });
  const reply_markup = { inline_keyboard: [[{ text: "A", callback_data: "a" }]] };
  const { result } = await call("sendMessage", { chat_id: alice.id, text: "one", reply_markup });
  const id: number = result.message_id;
  return { sim, alice, started, call, at, id, reply_markup };
}

test("an edit replaces text and buttons, and the user sees it", async (t) => {
  const { sim, alice, call, at, id } = await setUp(t);
  await sim.clock.advance(10);
  const { result } = await call("editMessageText", {
    ...at(id),
    text: "<b>two</b>",
    parse_mode: "HTML",
  });
  assert.equal(result.text, "two");
  assert.deepEqual(result.entities, [{ type: "bold", offset: 0, length: 3 }]);
  assert.equal(result.edit_date, sim.clock.date());
  assert.equal("reply_markup" in result, false);
  assert.equal((await alice.nextEdit()).text, "two");
  assert.equal(alice.transcript, "Alice: /start\nBot: two (edited)");
});

test("an edit that changes nothing is refused", async (t) => {
  const { call, at, id, reply_markup } = await setUp(t);
  const { status, description } = await call("editMessageText", {
    ...at(id),
    text: "one",
    reply_markup,
  });
  assert.equal(status, 400);
  assert.equal(
    description,
    "Bad Request: message is not modified: specified new message content and reply markup are " +
      "exactly the same as a current content and reply markup of the message",
  );
  assert.equal((await call("editMessageText", { ...at(id), text: "one" })).ok, true);
});

test("what cannot be edited is refused", async (t) => {
  const { alice, started, call, at, id } = await setUp(t);
  const said = async (method: string, payload: Record<string, unknown>) =>
    (await call(method, { text: "x", ...payload })).description;
  assert.equal(
    await said("editMessageText", {}),
    "Bad Request: message identifier is not specified",
  );
  assert.equal(await said("editMessageText", at(99)), "Bad Request: message to edit not found");
  assert.equal(
    await said("editMessageText", at(started.message_id)),
    "Bad Request: message can't be edited",
  );
  assert.equal(
    await said("editMessageText", { inline_message_id: "x" }),
    "Bad Request: MESSAGE_ID_INVALID",
  );
  assert.equal(
    await said("editMessageCaption", { ...at(id), caption: "x" }),
    "Bad Request: there is no caption in the message to edit",
  );
  const dice = await call("sendDice", { chat_id: alice.id });
  assert.equal(
    await said("editMessageText", at(dice.result.message_id)),
    "Bad Request: there is no text in the message to edit",
  );
});

test("captions, media and buttons are edited apart from each other", async (t) => {
  const { alice, call, at, id, reply_markup } = await setUp(t);
  const url = "https://example.com/";
  const photo = await call("sendPhoto", { chat_id: alice.id, photo: `${url}a.jpg`, caption: "a" });
  const message = at(photo.result.message_id);
  const captioned = await call("editMessageCaption", { ...message, caption: "b" });
  assert.equal(captioned.result.caption, "b");
  assert.deepEqual(captioned.result.photo, photo.result.photo);
  const media = { type: "document", media: `${url}b.pdf`, caption: "c" };
  const replaced = await call("editMessageMedia", { ...message, media });
  assert.equal(replaced.result.document.file_name, "b.pdf");
  assert.equal(replaced.result.photo, undefined);
  const marked = await call("editMessageReplyMarkup", { ...message, reply_markup });
  assert.deepEqual(marked.result.reply_markup, reply_markup);
  assert.equal(marked.result.caption, "c");
  const bare = await call("editMessageReplyMarkup", at(id));
  assert.equal(bare.result.text, "one");
  assert.equal(bare.result.reply_markup, undefined);
});

test("deleted messages are gone, and there are rules about what can be deleted", async (t) => {
  const { sim, alice, call, at, id, started } = await setUp(t);
  const said = async (payload: Record<string, unknown>) =>
    (await call("deleteMessage", payload)).description;
  assert.equal(await said({}), "Bad Request: chat identifier is not specified");
  assert.equal(
    await said({ chat_id: alice.id }),
    "Bad Request: message identifier is not specified",
  );
  assert.equal(await said(at(99)), "Bad Request: message to delete not found");
  assert.equal((await call("deleteMessage", at(id))).result, true);
  assert.equal(alice.transcript, "Alice: /start");
  await sim.clock.advance(48 * 3600 + 1);
  assert.equal(
    await said(at(started.message_id)),
    "Bad Request: message can't be deleted for everyone",
  );
  const group = sim.group([alice]);
  const { message_id } = await alice.in(group).send("hi");
  assert.equal(
    await said({ chat_id: group.id, message_id }),
    "Bad Request: message can't be deleted",
  );
  group.setStatus(sim.mainBot, "administrator");
  assert.equal((await call("deleteMessage", { chat_id: group.id, message_id })).ok, true);
});

test("deleteMessages skips what is not there", async (t) => {
  const { alice, call, id } = await setUp(t);
  const message_ids = [id, 99];
  assert.equal((await call("deleteMessages", { chat_id: alice.id, message_ids })).ok, true);
  assert.equal(alice.messages.length, 1);
  const said = async (message_ids?: unknown) =>
    (await call("deleteMessages", { chat_id: alice.id, message_ids })).description;
  assert.equal(await said(), "Bad Request: message identifiers are not specified");
  assert.equal(
    await said(Array(101).fill(1)),
    "Bad Request: too many message identifiers specified",
  );
});

test("a copy is a new message, a forward names its origin", async (t) => {
  const { alice, call, started } = await setUp(t);
  const from = { chat_id: alice.id, from_chat_id: alice.id };
  const { message_id } = started;
  const copy = await call("copyMessage", { ...from, message_id });
  assert.deepEqual(Object.keys(copy.result), ["message_id"]);
  assert.equal((await alice.nextReply()).text, "one");
  const seen = await alice.nextReply();
  assert.equal(seen.text, "/start");
  assert.equal(seen.forward_origin, undefined);
  const forward = await call("forwardMessage", { ...from, message_id });
  assert.deepEqual(forward.result.forward_origin, {
    type: "user",
    date: started.date,
    sender_user: alice.user,
  });
  const many = await call("copyMessages", { ...from, message_ids: [1, 99, 2] });
  assert.equal(many.result.length, 2);
  const said = async (method: string) =>
    (await call(method, { ...from, message_id: 99 })).description;
  assert.equal(await said("copyMessage"), "Bad Request: message to copy not found");
  assert.equal(await said("forwardMessage"), "Bad Request: message to forward not found");
});

test("a copy can have another caption", async (t) => {
  const { alice, call } = await setUp(t);
  await alice.nextReply();
  const { message_id } = await alice.sendPhoto(new Uint8Array(3), { caption: "old" });
  const from = { chat_id: alice.id, from_chat_id: alice.id, message_id };
  await call("copyMessage", { ...from, caption: "new" });
  assert.equal((await alice.nextReply()).caption, "new");
  await call("copyMessage", from);
  assert.equal((await alice.nextReply()).caption, "old");
});

test("messages are pinned and unpinned", async (t) => {
  const { alice, call, at, id } = await setUp(t);
  assert.equal(
    (await call("pinChatMessage", at(99))).description,
    "Bad Request: message to pin not found",
  );
  assert.equal((await call("pinChatMessage", at(id))).ok, true);
  assert.equal((await call("getChat", { chat_id: alice.id })).result.pinned_message.text, "one");
  assert.equal((await call("unpinChatMessage", at(id))).ok, true);
  assert.equal(
    (await call("unpinChatMessage", at(id))).description,
    "Bad Request: message to unpin not found",
  );
});

test("a bot reacts to a message once", async (t) => {
  const { sim, call, at, started } = await setUp(t);
  const seen: unknown[] = [];
  sim.watch((event) => event.type === "reaction" && seen.push(event.reaction));
  const reaction = [{ type: "emoji", emoji: "👍" }];
  const react = (payload: Record<string, unknown>) => call("setMessageReaction", payload);
  assert.equal((await react({ ...at(started.message_id), reaction })).ok, true);
  assert.deepEqual(seen, [reaction]);
  assert.equal((await react(at(99))).description, "Bad Request: message to react not found");
  assert.equal(
    (await react({ ...at(started.message_id), reaction: [...reaction, ...reaction] })).description,
    "Bad Request: REACTIONS_TOO_MANY",
  );
});
