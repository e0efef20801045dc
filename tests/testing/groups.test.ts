import { test } from "node:test";
import assert from "node:assert/strict";
import type { Simulator } from "@tramline/tramline/testing";
import { caller, simulator } from "./calls.ts";

/** The updates that wait, oldest first, and confirmed. */
async function drain(sim: Simulator, bot = sim.mainBot) {
  const call = caller(sim, { bot });
  await sim.clock.advance(3);
  const { result } = await call("getUpdates");
  await call("getUpdates", { offset: result.at(-1)?.update_id + 1 || 0 });
  return result;
}

test("a message in a group reaches the bot and is seen by all", async (t) => {
  const sim = simulator(t, { clock: "manual" });
  const [alice, bob] = [sim.user({ first_name: "Alice" }), sim.user({ first_name: "Bob" })];
  const group = sim.group([alice, bob], { title: "Friends" });
  await alice.in(group).send("hi");
  const [{ message }] = await drain(sim);
  assert.deepEqual(message.chat, { id: group.id, title: "Friends", type: "group" });
  assert.equal(message.from.id, alice.id);
  await caller(sim)("sendMessage", { chat_id: group.id, text: "hello" });
  assert.equal((await alice.in(group).nextReply()).text, "hello");
  assert.equal((await bob.in(group).nextReply()).text, "hello");
  assert.equal(group.transcript, "Alice: hi\nBot: hello");
});

test("a bot in privacy mode sees commands, mentions, replies and service messages", async (t) => {
  const sim = simulator(t, {
    clock: "manual",
    botInfo: { can_read_all_group_messages: false, username: "shy_bot" },
  });
  const [alice, bob] = [sim.user(), sim.user()];
  const group = sim.group([alice]);
  const said = await caller(sim)("sendMessage", { chat_id: group.id, text: "ask me" });
  const here = alice.in(group);
  for (const text of ["hi", "/cmd", "/cmd@shy_bot", "/cmd@other_bot", "hey @shy_bot"]) {
    await here.send(text);
  }
  await here.send("an answer", { reply_to: said.result });
  group.add(bob);
  const seen = (await drain(sim)).map(({ message }: { message: { text?: string } }) =>
    message.text
  );
  assert.deepEqual(seen, ["/cmd", "/cmd@shy_bot", "hey @shy_bot", "an answer", undefined]);
  group.setStatus(sim.mainBot, "administrator");
  await here.send("hi");
  assert.equal((await drain(sim)).at(-1).message.text, "hi");
});

test("two bots in a group both hear users, and not each other", async (t) => {
  const sim = simulator(t, { clock: "manual" });
  const alice = sim.user();
  const other = sim.bot({ first_name: "Other" });
  const group = sim.group([alice]);
  group.add(other);
  await alice.in(group).send("hi");
  await caller(sim, { bot: other })("sendMessage", { chat_id: group.id, text: "I am a bot" });
  const texts = (updates: { message?: { text?: string } }[]) =>
    updates.map(({ message }) => message?.text).filter((text) => text !== undefined);
  assert.deepEqual(texts(await drain(sim)), ["hi"]);
  assert.deepEqual(texts(await drain(sim, other)), ["hi"]);
  assert.equal((await alice.in(group).nextReply()).text, "I am a bot");
});

test("coming and going is told by service messages and by changes of membership", async (t) => {
  const sim = simulator(t, { clock: "manual" });
  await caller(sim)("getUpdates", {
    allowed_updates: ["message", "chat_member", "my_chat_member"],
  });
  const [alice, bob] = [sim.user(), sim.user()];
  const group = sim.group([alice], { bot: "administrator" });
  bob.join(group);
  bob.leave(group);
  const updates = await drain(sim);
  assert.equal(updates[0].chat_member.old_chat_member.status, "left");
  assert.equal(updates[0].chat_member.new_chat_member.status, "member");
  assert.equal(updates[0].chat_member.from.id, bob.id);
  assert.deepEqual(updates[1].message.new_chat_members, [bob.user]);
  assert.deepEqual(updates[2].message.left_chat_member, bob.user);
  assert.equal(updates[3].chat_member.new_chat_member.status, "left");
  await assert.rejects(bob.in(group).send("hi"), /must be a member/);
});

test("a bot learns what becomes of itself", async (t) => {
  const sim = simulator(t, { clock: "manual" });
  const alice = sim.user();
  const group = sim.group([alice], { bot: "left" });
  group.add(sim.mainBot);
  group.setStatus(sim.mainBot, "administrator");
  group.remove(sim.mainBot);
  alice.block();
  alice.unblock();
  const changes = (await drain(sim)).filter((update: object) => "my_chat_member" in update)
    .map(({ my_chat_member: { from, chat, new_chat_member } }: {
      my_chat_member: {
        from: { id: number };
        chat: { type: string };
        new_chat_member: { status: string };
      };
    }) => {
      assert.equal(from.id, alice.id);
      return [chat.type, new_chat_member.status];
    });
  assert.deepEqual(changes, [
    ["group", "member"],
    ["group", "administrator"],
    ["group", "kicked"],
    ["private", "kicked"],
    ["private", "member"],
  ]);
});

test("a group that becomes a supergroup changes its id, and the old one says so", async (t) => {
  const sim = simulator(t, { clock: "manual" });
  const alice = sim.user();
  const group = sim.group([alice]);
  const supergroup = group.upgrade();
  assert.match(String(supergroup.id), /^-100/);
  const updates = await drain(sim);
  assert.equal(updates[0].message.migrate_to_chat_id, supergroup.id);
  assert.equal(updates[0].message.chat.id, group.id);
  assert.equal(updates[1].message.migrate_from_chat_id, group.id);
  assert.equal(updates[1].message.chat.type, "supergroup");
  const call = caller(sim);
  assert.deepEqual(await call("sendMessage", { chat_id: group.id, text: "hi" }), {
    status: 400,
    ok: false,
    error_code: 400,
    description: "Bad Request: group chat was upgraded to a supergroup chat",
    parameters: { migrate_to_chat_id: supergroup.id },
  });
  assert.equal((await call("sendMessage", { chat_id: supergroup.id, text: "hi" })).ok, true);
  await alice.in(supergroup).send("still here");
  assert.throws(() => group.upgrade(), /must be a basic group/);
});

test("a channel posts to its bot", async (t) => {
  const sim = simulator(t, { clock: "manual" });
  const owner = sim.user();
  const channel = sim.channel([owner], { title: "News", username: "news" });
  await owner.in(channel).send("extra!");
  const [{ channel_post }] = await drain(sim);
  assert.equal(channel_post.sender_chat.title, "News");
  assert.equal(channel_post.from, undefined);
  const { result } = await caller(sim)("sendMessage", { chat_id: "@news", text: "by the bot" });
  assert.equal(result.sender_chat.id, channel.id);
  assert.equal(channel.transcript, "News: extra!\nNews: by the bot");
});

test("administrators ban, restrict and promote; members may not", async (t) => {
  const sim = simulator(t);
  const [owner, bob] = [sim.user(), sim.user()];
  const group = sim.supergroup([owner, bob]);
  const call = caller(sim);
  const on = (user: { id: number }, more = {}) => ({
    chat_id: group.id,
    user_id: user.id,
    ...more,
  });
  assert.equal(
    (await call("banChatMember", on(bob))).description,
    "Bad Request: not enough rights to restrict/unrestrict chat member",
  );
  group.setStatus(sim.mainBot, "administrator");
  assert.equal(
    (await call("banChatMember", on(owner))).description,
    "Bad Request: can't remove chat owner",
  );
  const permissions = { can_send_messages: true };
  assert.equal((await call("restrictChatMember", on(bob, { permissions }))).ok, true);
  const restricted = (await call("getChatMember", on(bob))).result;
  assert.deepEqual(
    [restricted.status, restricted.can_send_messages, restricted.can_send_photos],
    ["restricted", true, false],
  );
  assert.equal((await call("promoteChatMember", on(bob, { can_pin_messages: true }))).ok, true);
  const admins = (await call("getChatAdministrators", { chat_id: group.id })).result;
  assert.deepEqual(
    admins.map(({ user }: { user: { id: number } }) => user.id),
    [owner.id, bob.id, sim.mainBot.id],
  );
  assert.equal((await call("promoteChatMember", on(bob))).ok, true);
  assert.equal((await call("banChatMember", on(bob))).ok, true);
  assert.equal(group.member(bob).status, "kicked");
  assert.equal((await call("getChatMemberCount", { chat_id: group.id })).result, 2);
  assert.equal((await call("unbanChatMember", on(bob))).ok, true);
  assert.equal(group.member(bob).status, "left");
  assert.equal(
    (await call("getChatMember", on({ id: 9 }))).description,
    "Bad Request: user not found",
  );
  assert.equal(
    (await call("getChatMember", { chat_id: group.id, user_id: "x" })).description,
    "Bad Request: invalid user_id specified",
  );
  assert.equal(
    (await call("getChatAdministrators", { chat_id: (await meet(sim)).id })).description,
    "Bad Request: there are no administrators in the private chat",
  );
});

async function meet(sim: Simulator) {
  const user = sim.user();
  await user.send("/start");
  return user;
}

test("requests to join are let in or not", async (t) => {
  const sim = simulator(t, { clock: "manual" });
  const [owner, bob] = [sim.user(), sim.user()];
  const group = sim.supergroup([owner], { bot: "administrator" });
  bob.requestToJoin(group);
  const [{ chat_join_request }] = await drain(sim);
  assert.equal(chat_join_request.from.id, bob.id);
  const call = caller(sim);
  const payload = { chat_id: group.id, user_id: bob.id };
  assert.equal((await call("approveChatJoinRequest", payload)).ok, true);
  assert.equal(group.member(bob).status, "member");
  assert.equal(
    (await call("approveChatJoinRequest", payload)).description,
    "Bad Request: HIDE_REQUESTER_MISSING",
  );
});

test("chats are described, renamed and given invite links", async (t) => {
  const sim = simulator(t);
  const owner = sim.user();
  const group = sim.supergroup([owner], { bot: "administrator" });
  const call = caller(sim);
  const chat = { chat_id: group.id };
  assert.equal((await call("setChatTitle", { ...chat, title: "New" })).ok, true);
  assert.equal((await call("setChatDescription", { ...chat, description: "About" })).ok, true);
  const { result: link } = await call("exportChatInviteLink", chat);
  const { result } = await call("getChat", chat);
  assert.deepEqual([result.title, result.description, result.invite_link], ["New", "About", link]);
  assert.equal(result.permissions.can_send_messages, true);
  const made = await call("createChatInviteLink", { ...chat, name: "friends", member_limit: 2 });
  const { invite_link } = made.result;
  const revoked = await call("revokeChatInviteLink", { ...chat, invite_link });
  assert.deepEqual([revoked.result.name, revoked.result.is_revoked], ["friends", true]);
});

test("topics of a forum are made, and messages sent to them", async (t) => {
  const sim = simulator(t);
  const forum = sim.supergroup([sim.user()], { bot: "administrator", is_forum: true });
  const call = caller(sim);
  const chat = { chat_id: forum.id };
  const { result } = await call("createForumTopic", { ...chat, name: "Help" });
  const { message_thread_id } = result;
  const sent = await call("sendMessage", { ...chat, message_thread_id, text: "here" });
  assert.equal(sent.result.message_thread_id, message_thread_id);
  assert.equal(sent.result.is_topic_message, true);
  assert.equal((await call("deleteForumTopic", { ...chat, message_thread_id })).ok, true);
  assert.equal(
    (await call("sendMessage", { ...chat, message_thread_id, text: "x" })).description,
    "Bad Request: message thread not found",
  );
});

test("a bot leaves a chat", async (t) => {
  const sim = simulator(t);
  const group = sim.group([sim.user()]);
  const call = caller(sim);
  assert.equal((await call("leaveChat", { chat_id: group.id })).ok, true);
  const { status, description } = await call("sendMessage", { chat_id: group.id, text: "hi" });
  assert.deepEqual(
    [status, description],
    [403, "Forbidden: bot is not a member of the group chat"],
  );
});
