import { test, type TestContext } from "node:test";
import assert from "node:assert/strict";
import { caller, simulator } from "./calls.ts";

/** A simulator, a user who has started the bot, and sendMessage to that user. */
async function setUp(t: TestContext) {
  const sim = simulator(t);
  const alice = sim.user({ first_name: "Alice" });
  await alice.send("/start");
  const call = caller(sim);
  const send = (payload: Record<string, unknown>) =>
    call("sendMessage", { chat_id: alice.id, text: "hello", ...payload });
  return { sim, alice, call, send };
}

const data = { callback_data: "x" };
const button = (fields: unknown) => ({ reply_markup: { inline_keyboard: [[fields]] } });
const inline = "Bad Request: can't parse inline keyboard button: ";

const refusals: [title: string, payload: Record<string, unknown>, description: string][] = [
  ["an empty text", { text: "" }, "Bad Request: message text is empty"],
  ["a missing text", { text: undefined }, "Bad Request: message text is empty"],
  ["a text of blanks", { text: " \n " }, "Bad Request: text must be non-empty"],
  ["a text over 32 768 bytes", { text: "ä".repeat(16_385) }, "Bad Request: text is too long"],
  ["a text over 4096 characters", { text: "x".repeat(4097) }, "Bad Request: message is too long"],
  ["an unknown parse mode", { parse_mode: "LaTeX" }, "Bad Request: unsupported parse_mode"],
  ["a missing chat", { chat_id: undefined }, "Bad Request: chat_id is empty"],
  ["an unknown chat", { chat_id: 424242 }, "Bad Request: chat not found"],
  ["an unknown name", { chat_id: "@nobody" }, "Bad Request: chat not found"],
  ["a chat that is none", { chat_id: "abc" }, "Bad Request: chat not found"],
  [
    "an unknown topic",
    { message_thread_id: 1 },
    "Bad Request: message thread not found",
  ],
  [
    "a reply to nothing",
    { reply_parameters: { message_id: 99 } },
    "Bad Request: message to be replied not found",
  ],
  [
    "markup that is no JSON",
    { reply_markup: "{" },
    "Bad Request: can't parse reply keyboard markup JSON object",
  ],
  [
    "markup that is no object",
    { reply_markup: [] },
    "Bad Request: object expected as reply markup",
  ],
  [
    "an inline keyboard that is no array",
    { reply_markup: { inline_keyboard: {} } },
    'Bad Request: field "inline_keyboard" must be of type Array',
  ],
  [
    "an inline keyboard without rows",
    { reply_markup: { inline_keyboard: [{ text: "A", ...data }] } },
    'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
  ],
  [
    "a keyboard without rows",
    { reply_markup: { keyboard: ["A"] } },
    'Bad Request: field "keyboard" must be an Array of Arrays',
  ],
  [
    "an inline button that is no object",
    button("A"),
    `${inline}InlineKeyboardButton must be an Object`,
  ],
  ["an inline button without a text", button(data), `${inline}Can't find field "text"`],
  [
    "an inline button that does nothing",
    button({ text: "A" }),
    `${inline}Text buttons are unallowed in the inline keyboard`,
  ],
  [
    "an inline button with an empty text",
    button({ text: "", ...data }),
    "Bad Request: inline keyboard button text must be non-empty",
  ],
  [
    "an inline button with a bad URL",
    button({ text: "A", url: "x" }),
    "Bad Request: inline keyboard button URL 'x' is invalid: Wrong HTTP URL",
  ],
  [
    "callback data over 64 bytes",
    button({ text: "A", callback_data: "ä".repeat(33) }),
    "Bad Request: BUTTON_DATA_INVALID",
  ],
  [
    "a null in a button",
    button({ text: "A", url: null }),
    'Bad Request: field "url" must be of type String',
  ],
  [
    "a reply button that is none",
    { reply_markup: { keyboard: [[5]] } },
    "Bad Request: can't parse keyboard button: KeyboardButton must be a String or an Object",
  ],
];

for (const [title, payload, description] of refusals) {
  test(`${title} is refused`, async (t) => {
    const { send } = await setUp(t);
    const answer = await send(payload);
    assert.deepEqual(answer, { status: 400, ok: false, error_code: 400, description });
  });
}

test("what is wrong is reported in Telegram's order", async (t) => {
  const { send } = await setUp(t);
  const wrong: Record<string, unknown> = {
    text: "",
    parse_mode: "HTML",
    reply_markup: [],
    chat_id: 1,
    reply_parameters: { message_id: 99 },
  };
  const order: string[] = [];
  for (const [name, right] of [["text", "<b>"], ["text", "b"], ["reply_markup", {}]] as const) {
    order.push((await send(wrong)).description!);
    wrong[name] = right;
  }
  order.push((await send(wrong)).description!);
  delete wrong.chat_id;
  order.push((await send(wrong)).description!);
  assert.deepEqual(order, [
    "Bad Request: message text is empty",
    "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    "Bad Request: object expected as reply markup",
    "Bad Request: chat not found",
    "Bad Request: message to be replied not found",
  ]);
});

test("4096 characters are code points, and blanks around a text do not count", async (t) => {
  const { send } = await setUp(t);
  assert.equal((await send({ text: "🎲".repeat(4096) })).ok, true);
  assert.equal((await send({ text: "  hi \n" })).result.text, "hi");
});

test("an empty inline keyboard is none", async (t) => {
  const { send } = await setUp(t);
  const { result } = await send({ reply_markup: { inline_keyboard: [] } });
  assert.equal("reply_markup" in result, false);
});

test("a message has the fields that bots rely on", async (t) => {
  const { sim, alice, send } = await setUp(t);
  const { result } = await send({ text: "hello", protect_content: true });
  assert.deepEqual(result, {
    message_id: 2,
    from: {
      id: sim.mainBot.id,
      is_bot: true,
      first_name: "Bot",
      username: "simulated_bot",
    },
    chat: { id: alice.id, first_name: "Alice", type: "private" },
    date: result.date,
    has_protected_content: true,
    text: "hello",
  });
  assert.ok(Math.abs(result.date - sim.clock.now()) < 5);
});

test("a reply holds the message it answers, but not what that one answered", async (t) => {
  const { alice, send } = await setUp(t);
  const first = await alice.send("first");
  const second = await send({ text: "second", reply_parameters: { message_id: first.message_id } });
  const third = await send({ text: "third", reply_to_message_id: second.result.message_id });
  assert.equal(second.result.reply_to_message.text, "first");
  assert.equal(third.result.reply_to_message.text, "second");
  assert.equal(third.result.reply_to_message.reply_to_message, undefined);
  const gone = { message_id: 99, allow_sending_without_reply: true };
  assert.equal((await send({ reply_parameters: gone })).ok, true);
});

test("a user who never wrote to the bot cannot be written to", async (t) => {
  const sim = simulator(t);
  const call = caller(sim);
  const [stranger, member] = [sim.user(), sim.user()];
  sim.group([member]);
  const said = async (id: number) => {
    const { error_code, description } = await call("sendMessage", { chat_id: id, text: "hi" });
    return [error_code, description];
  };
  assert.deepEqual(await said(stranger.id), [400, "Bad Request: chat not found"]);
  assert.deepEqual(
    await said(member.id),
    [403, "Forbidden: bot can't initiate conversation with a user"],
  );
});

test("who cannot be written to is told by a 403", async (t) => {
  const { sim, alice, send } = await setUp(t);
  const said = async (payload: Record<string, unknown> = {}) => {
    const { status, description } = await send(payload);
    assert.equal(status, 403);
    return description;
  };
  alice.block();
  assert.equal(await said(), "Forbidden: bot was blocked by the user");
  alice.unblock();
  assert.equal((await send({})).ok, true);
  alice.deleteAccount();
  assert.equal(await said(), "Forbidden: user is deactivated");

  const [owner] = [sim.user()];
  const other = sim.bot();
  const group = sim.group([owner]);
  const channel = sim.channel([owner], { bot: "left" });
  group.add(other);
  assert.equal(
    await said({ chat_id: other.id }),
    "Forbidden: the bot can't send messages to the bot",
  );
  group.remove(sim.mainBot, owner);
  assert.equal(
    await said({ chat_id: group.id }),
    "Forbidden: bot was kicked from the group chat",
  );
  channel.add(sim.mainBot);
  channel.remove(sim.mainBot, sim.mainBot);
  assert.equal(
    await said({ chat_id: channel.id }),
    "Forbidden: bot is not a member of the channel chat",
  );
});

test("a member of a channel, and a restricted member, may not write", async (t) => {
  const { sim, call, send } = await setUp(t);
  const owner = sim.user();
  const channel = sim.channel([owner], { bot: "member" });
  assert.equal(
    (await send({ chat_id: channel.id })).description,
    "Bad Request: need administrator rights in the channel chat",
  );
  const group = sim.supergroup([owner], { bot: "administrator", username: "talk" });
  await call("setChatPermissions", {
    chat_id: group.id,
    permissions: { can_send_messages: false },
  });
  assert.equal((await send({ chat_id: "@talk" })).ok, true);
  group.setStatus(sim.mainBot, "member");
  assert.equal(
    (await send({ chat_id: group.id })).description,
    "Bad Request: not enough rights to send text messages to the chat",
  );
});

test("commands, links, mentions and the like are marked", async (t) => {
  const { send } = await setUp(t);
  const text = "/go@some_bot see example.com/a?b=1. Mail me@site.org, @durov #tag $USD " +
    "https://x.y/z_(1) a/b 1.5 +12025550123";
  const { result } = await send({ text });
  const marked = result.entities.map(
    ({ type, offset, length }: { type: string; offset: number; length: number }) => [
      type,
      text.slice(offset, offset + length),
    ],
  );
  assert.deepEqual(marked, [
    ["bot_command", "/go@some_bot"],
    ["url", "example.com/a?b=1"],
    ["email", "me@site.org"],
    ["mention", "@durov"],
    ["hashtag", "#tag"],
    ["cashtag", "$USD"],
    ["url", "https://x.y/z_(1)"],
    ["phone_number", "+12025550123"],
  ]);
});

test("chat actions are checked and seen", async (t) => {
  const { sim, alice, call } = await setUp(t);
  const seen: unknown[] = [];
  sim.watch((event) => event.type === "action" && seen.push(event.action));
  const action = (action: string) => call("sendChatAction", { chat_id: alice.id, action });
  assert.equal((await action("typing")).ok, true);
  assert.equal(
    (await action("juggling")).description,
    "Bad Request: wrong parameter action in request",
  );
  assert.deepEqual(seen, ["typing"]);
});
