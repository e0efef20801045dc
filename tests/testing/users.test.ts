import { test, type TestContext } from "node:test";
import assert from "node:assert/strict";
import { caller, simulator } from "./calls.ts";

async function setUp(t: TestContext) {
  const sim = simulator(t);
  const alice = sim.user({ first_name: "Alice" });
  await alice.send("/start");
  const call = caller(sim);
  const say = (text: string, more = {}) =>
    call("sendMessage", { chat_id: alice.id, text, ...more });
  /** The newest update. */
  const last = async () => (await call("getUpdates", { offset: -1 })).result[0];
  return { sim, alice, call, say, last };
}

const inline = (...texts: string[]) => ({
  reply_markup: { inline_keyboard: [texts.map((text) => ({ text, callback_data: text }))] },
});

test("replies are returned in order, those that are there already at once", async (t) => {
  const { alice, say } = await setUp(t);
  await say("1");
  await say("2");
  assert.equal((await alice.nextReply()).text, "1");
  assert.equal((await alice.nextReply()).text, "2");
  const [third, fourth] = [alice.nextReply(), alice.nextReply()];
  await say("3");
  await say("4");
  assert.equal((await third).text, "3");
  assert.equal((await fourth).text, "4");
});

test("a reply that does not come fails with what was seen instead", async (t) => {
  const { alice, call, say } = await setUp(t);
  await say("Sure?", inline("Yes"));
  await alice.nextReply();
  await call("sendMessage", { chat_id: 42, text: "to nobody" });
  const waiting = alice.nextReply({ timeoutSeconds: 0 });
  await assert.rejects(waiting, (error: Error) => {
    assert.equal(error.name, "TimeoutError");
    for (
      const part of [
        "Alice saw no reply within 0 s in the private chat.",
        "Alice: /start",
        "Bot: Sure? [Yes]",
        "sendMessage: 400 Bad Request: chat not found",
        "1 update(s) wait for @simulated_bot: it does not poll, and has no webhook.",
      ]
    ) assert.ok(error.message.includes(part), error.message);
    return true;
  });
});

test("a wait ends with an error when the simulator is closed", async (t) => {
  const { sim, alice } = await setUp(t);
  const waiting = assert.rejects(alice.nextReply(), /The simulator was closed/);
  await sim.close();
  await waiting;
});

test("a button press reaches the bot with the message, and its answer the user", async (t) => {
  const { alice, call, say, last } = await setUp(t);
  await say("old", inline("Yes"));
  await say("new", inline("Yes", "No"));
  await alice.press("Yes");
  const { callback_query } = await last();
  assert.equal(callback_query.message.text, "new");
  assert.equal(callback_query.data, "Yes");
  assert.equal(callback_query.from.id, alice.id);
  await call("answerCallbackQuery", {
    callback_query_id: callback_query.id,
    text: "Done",
    show_alert: true,
  });
  const { text, show_alert } = await alice.nextAnswer();
  assert.deepEqual([text, show_alert], ["Done", true]);
  await alice.press("Yes", alice.messages[1]);
  assert.equal((await last()).callback_query.message.text, "old");
});

test("pressing a button that is not there says which there are", async (t) => {
  const { alice, say } = await setUp(t);
  await say("?", inline("Yes", "No"));
  await assert.rejects(
    alice.press("Maybe"),
    /Cannot press "Maybe": .* in the private chat, given "Yes", "No"\./,
  );
  await say("link", {
    reply_markup: { inline_keyboard: [[{ text: "Open", url: "http://e.org" }]] },
  });
  await assert.rejects(alice.press("Open"), /must be a button with callback_data, .* with url/);
});

test("a press is answered too late after 150 s, and never by a wrong id", async (t) => {
  const { sim, alice, call, say, last } = await setUp(t);
  await say("?", inline("Yes"));
  await alice.press("Yes");
  const { id } = (await last()).callback_query;
  await sim.clock.advance(151);
  const late = await call("answerCallbackQuery", { callback_query_id: id });
  const wrong = await call("answerCallbackQuery", { callback_query_id: "1" });
  for (const { status, description } of [late, wrong]) {
    assert.equal(status, 400);
    assert.equal(
      description,
      "Bad Request: query is too old and response timeout expired or query ID is invalid",
    );
  }
});

test("buttons of a reply keyboard send their text, a contact or a place", async (t) => {
  const { alice, say, last } = await setUp(t);
  const keyboard = [["Help", { text: "Call me", request_contact: true }], [{
    text: "Here I am",
    request_location: true,
  }]];
  await say("?", { reply_markup: { keyboard } });
  await alice.press("Help");
  assert.equal((await last()).message.text, "Help");
  await alice.press("Call me");
  assert.equal((await last()).message.contact.user_id, alice.id);
  await alice.press("Here I am");
  assert.equal(typeof (await last()).message.location.latitude, "number");
  await say("bye", { reply_markup: { remove_keyboard: true } });
  await assert.rejects(alice.press("Help"), /given no buttons/);
});

test("a reaction tells what it was and is", async (t) => {
  const { alice, call, say, last } = await setUp(t);
  await call("getUpdates", { allowed_updates: ["message_reaction"] });
  const { result } = await say("like it?");
  await alice.react(result, "👍");
  await alice.react(result, "🔥");
  const { message_reaction } = await last();
  assert.equal(message_reaction.message_id, result.message_id);
  assert.equal(message_reaction.old_reaction[0].emoji, "👍");
  assert.equal(message_reaction.new_reaction[0].emoji, "🔥");
});

test("any content of a message can be sent", async (t) => {
  const { alice, last } = await setUp(t);
  await alice.send({ location: { latitude: 1, longitude: 2 } });
  assert.deepEqual((await last()).message.location, { latitude: 1, longitude: 2 });
  await alice.send({ dice: { emoji: "🎲", value: 6 } });
  assert.equal((await last()).message.dice.value, 6);
});

test("an inline query waits for its results, and one can be chosen", async (t) => {
  const { sim, alice, call, last } = await setUp(t);
  const asking = alice.inlineQuery("pizza");
  const { inline_query } = await last();
  assert.equal(inline_query.query, "pizza");
  const article = (id: string, more = {}) => ({
    type: "article",
    id,
    title: `Title ${id}`,
    input_message_content: { message_text: `Text ${id}` },
    ...more,
  });
  const formatted = { message_text: "<b>Bold</b>", parse_mode: "HTML" };
  const results = [
    article("1", { input_message_content: formatted }),
    article("2", inline("Again")),
  ];
  const broken = article("3", { input_message_content: { ...formatted, message_text: "<b>" } });
  const answer = (results: unknown) =>
    call("answerInlineQuery", { inline_query_id: inline_query.id, results, cache_time: 5 });
  assert.equal(
    (await answer(Array(51).fill(article("1")))).description,
    "Bad Request: too many inline query results specified",
  );
  assert.match((await answer([broken])).description!, /can't parse entities/);
  assert.equal((await answer(results)).ok, true);
  const answered = await asking;
  assert.deepEqual(answered.results.map(({ id }) => id), ["1", "2"]);
  assert.equal(answered.cache_time, 5);

  const bold = await alice.chooseResult(answered, "1");
  assert.deepEqual([bold.text, bold.entities?.[0]?.type], ["Bold", "bold"]);
  await alice.chooseResult(answered, "2");
  const { result } = await call("getUpdates");
  const chosen = result.at(-2).chosen_inline_result;
  assert.deepEqual([chosen.result_id, chosen.query], ["2", "pizza"]);
  assert.equal(result.at(-1).message.text, "Text 2");
  assert.equal(result.at(-1).message.via_bot.id, sim.mainBot.id);
  // It has buttons, so it can be pressed and edited, both without a chat.
  await alice.press("Again");
  const { callback_query } = await last();
  assert.equal(callback_query.inline_message_id, chosen.inline_message_id);
  assert.equal(callback_query.message, undefined);
  const edited = await call("editMessageText", {
    inline_message_id: chosen.inline_message_id,
    text: "Edited",
  });
  assert.equal(edited.result, true);
  assert.equal((await alice.nextEdit()).text, "Edited");
  await assert.rejects(alice.chooseResult(answered, "3"), /must be one of "1", "2"/);
});

test("an inline query that nobody answers fails", async (t) => {
  const { alice } = await setUp(t);
  await assert.rejects(
    alice.inlineQuery("pizza", { timeoutSeconds: 0 }),
    /Alice got no answer to the inline query/,
  );
});

test("votes are counted, and told with the voter if the poll is not anonymous", async (t) => {
  const { alice, call } = await setUp(t);
  const { result } = await call("sendPoll", {
    chat_id: alice.id,
    question: "Lunch?",
    options: [{ text: "Pizza" }, { text: "Soup" }],
    is_anonymous: false,
  });
  const poll = await alice.vote(result, "Soup");
  assert.deepEqual(poll.options.map(({ voter_count }) => voter_count), [0, 1]);
  const updates = (await call("getUpdates")).result;
  assert.deepEqual(updates.at(-2).poll_answer.option_ids, [1]);
  assert.equal(updates.at(-2).poll_answer.user.id, alice.id);
  assert.equal(updates.at(-1).poll.total_voter_count, 1);
  await assert.rejects(alice.vote(result, "Cake"), /must be one of "Pizza", "Soup"/);
  const at = { chat_id: alice.id, message_id: result.message_id };
  assert.equal((await call("stopPoll", at)).result.is_closed, true);
  await assert.rejects(alice.vote(result, "Soup"), /given a closed one/);
  assert.equal(
    (await call("stopPoll", { chat_id: alice.id, message_id: 99 })).description,
    "Bad Request: message with poll to stop not found",
  );
});

test("an invoice is paid if the bot agrees", async (t) => {
  const { alice, call, last } = await setUp(t);
  const { result } = await call("sendInvoice", {
    chat_id: alice.id,
    title: "Coffee",
    description: "A cup",
    payload: "coffee-1",
    currency: "XTR",
    prices: [{ label: "Cup", amount: 5 }],
  });
  assert.equal(result.invoice.total_amount, 5);
  const verdict = async (more: Record<string, unknown>) => {
    const { id, invoice_payload } = (await last()).pre_checkout_query;
    assert.equal(invoice_payload, "coffee-1");
    return await call("answerPreCheckoutQuery", { pre_checkout_query_id: id, ...more });
  };
  const refused = assert.rejects(alice.pay(result), /the bot said "Sold out"/);
  await verdict({ ok: false, error_message: "Sold out" });
  await refused;
  const paying = alice.pay(result);
  assert.equal((await verdict({ ok: true })).ok, true);
  const { successful_payment } = await paying;
  const charge = successful_payment?.telegram_payment_charge_id;
  assert.equal((await last()).message.successful_payment.invoice_payload, "coffee-1");
  assert.equal((await call("getMyStarBalance")).result.amount, 5);
  const refund = { user_id: alice.id, telegram_payment_charge_id: charge };
  assert.equal((await call("refundStarPayment", refund)).ok, true);
  assert.equal((await call("refundStarPayment", refund)).ok, false);
  assert.equal((await call("getMyStarBalance")).result.amount, 0);
});

test("the last word before a payment must come within 10 s", async (t) => {
  const { sim, alice, call, last } = await setUp(t);
  const { result: link } = await call("createInvoiceLink", {
    title: "Coffee",
    description: "A cup",
    payload: "x",
    currency: "XTR",
    prices: [{ label: "Cup", amount: 5 }],
  });
  const paying = assert.rejects(alice.pay(link, { timeoutSeconds: 0.1 }), { name: "TimeoutError" });
  const { id } = (await last()).pre_checkout_query;
  await sim.clock.advance(11);
  const { ok } = await call("answerPreCheckoutQuery", { pre_checkout_query_id: id, ok: true });
  assert.equal(ok, false);
  await paying;
});

test("shipping is asked for and answered", async (t) => {
  const { alice, call, last } = await setUp(t);
  const { result } = await call("sendInvoice", {
    chat_id: alice.id,
    title: "Beans",
    description: "A bag",
    payload: "beans",
    provider_token: "p",
    currency: "EUR",
    prices: [{ label: "Bag", amount: 1500 }],
    is_flexible: true,
  });
  const address = {
    country_code: "DE",
    state: "",
    city: "Berlin",
    street_line1: "A",
    street_line2: "",
    post_code: "1",
  };
  const asking = alice.askShipping(result, address);
  const { shipping_query } = await last();
  assert.deepEqual(shipping_query.shipping_address, address);
  const shipping_options = [{ id: "post", title: "Post", prices: [{ label: "P", amount: 100 }] }];
  const payload = { shipping_query_id: shipping_query.id, ok: true, shipping_options };
  assert.equal((await call("answerShippingQuery", payload)).ok, true);
  assert.deepEqual(await asking, shipping_options);
});

test("the private chats of two bots are apart", async (t) => {
  const sim = simulator(t);
  const other = sim.bot({ first_name: "Other" });
  const alice = sim.user();
  await alice.send("to the first");
  await alice.in(other).send("to the other");
  const texts = async (bot = sim.mainBot) =>
    (await caller(sim, { bot })("getUpdates")).result
      .map(({ message }: { message: { text: string } }) => message.text);
  assert.deepEqual(await texts(), ["to the first"]);
  assert.deepEqual(await texts(other), ["to the other"]);
  assert.equal(alice.in(other).in(sim.mainBot), alice);
  assert.throws(() => alice.in({ id: 5 }), /must be a chat or a bot of this simulator/);
});

test("an update of any kind can be delivered, and what it names comes into being", async (t) => {
  const sim = simulator(t);
  const call = caller(sim);
  const from = { id: 77, is_bot: false, first_name: "Raw" };
  const chat = { id: -100_500, type: "supergroup" as const, title: "Raw group" };
  const id = sim.deliver({
    message: { message_id: 12, date: sim.clock.date(), from, chat, text: "x" },
  });
  const { result } = await call("getUpdates");
  assert.equal(result[0].update_id, id);
  const reply_parameters = { message_id: 12 };
  const sent = await call("sendMessage", { chat_id: chat.id, text: "y", reply_parameters });
  assert.equal(sent.result.reply_to_message.text, "x");
  assert.equal(sent.result.message_id, 13);
  sim.deliver({ purchased_paid_media: { from, paid_media_payload: "p" } });
  assert.ok((await call("getUpdates", { offset: -1 })).result[0].purchased_paid_media);
});

test("what happens can be watched", async (t) => {
  const { sim, alice, call, say } = await setUp(t);
  const seen: string[] = [];
  const stop = sim.watch((event) => seen.push(`${event.type} ${event.chat.id === alice.id}`));
  const { result } = await say("?", inline("Yes"));
  await alice.press("Yes");
  await call("editMessageText", { chat_id: alice.id, message_id: result.message_id, text: "!" });
  await call("deleteMessage", { chat_id: alice.id, message_id: result.message_id });
  stop();
  await alice.send("unseen");
  assert.deepEqual(seen, ["message true", "press true", "edit true", "delete true"]);
});

test("a bot answers for a business account, and hears of what it sent", async (t) => {
  const sim = simulator(t);
  const call = caller(sim);
  const owner = { id: 70, is_bot: false, first_name: "Shop" };
  const from = { id: 71, is_bot: false, first_name: "Client" };
  const chat = { id: 71, type: "private" as const, first_name: "Client" };
  const date = sim.clock.date();
  const business_connection_id = "c1";
  const text = "yes";
  const say = () => call("sendMessage", { business_connection_id, chat_id: 71, text });
  assert.equal((await say()).description, "Bad Request: business connection not found");
  sim.deliver({
    business_connection: { id: "c1", user: owner, user_chat_id: 70, date, is_enabled: true },
  });
  assert.equal((await say()).description, "Bad Request: chat not found");
  sim.deliver({
    business_message: { message_id: 5, business_connection_id, date, from, chat, text: "open?" },
  });
  const { result } = await say();
  assert.deepEqual(
    [result.from.id, result.sender_business_bot.id, result.business_connection_id],
    [70, sim.mainBot.id, "c1"],
  );
  const updates = (await call("getUpdates")).result;
  assert.deepEqual(updates.at(-1).business_message, result);
});
