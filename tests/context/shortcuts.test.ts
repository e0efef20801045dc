import { test } from "node:test";
import assert from "node:assert/strict";
import { type Context, InputFile } from "@tramline/tramline";
import { methodTable } from "#src/api/methods.ts";
import { shortcutLines } from "#src/context/shortcut_table.ts";
import { ada, channel, contextOf, home, kinds, me, messageWith } from "./updates.ts";

type AnyShortcut = (...args: unknown[]) => Promise<unknown>;
type Sent = [method: string, payload: Record<string, unknown>];

/** What is sent when `use` is called; every call is answered with `true`. */
async function sentBy(ctx: Context, use: (ctx: Context) => unknown): Promise<Sent> {
  const sent: Sent[] = [];
  ctx.api.config.use((_previous, method, payload) => {
    sent.push([method, { ...payload }]);
    return Promise.resolve({ ok: true, result: true as never });
  });
  await use(ctx);
  assert.equal(sent.length, 1);
  return sent[0]!;
}

/** A context in which every shortcut finds its target. */
function completeContext(): Context {
  const ctx = messageWith({
    business_connection_id: "shop",
    is_topic_message: true,
    message_thread_id: 3,
    direct_messages_topic: { topic_id: 4, user: ada },
    receiver_user: { id: 8, is_bot: false, first_name: "Bob" },
    ephemeral_message_id: 9,
    guest_query_id: "guest",
    story: { chat: channel, id: 11 },
    managed_bot_created: { bot: { id: 1001, is_bot: true, first_name: "Helper" } },
    voice: { file_id: "file", file_unique_id: "f", duration: 1 },
    text: "⭐",
    entities: [{ type: "custom_emoji", offset: 0, length: 1, custom_emoji_id: "star" }],
    successful_payment: {
      currency: "XTR",
      total_amount: 1,
      invoice_payload: "order",
      telegram_payment_charge_id: "charge",
      provider_payment_charge_id: "",
    },
  });
  for (const kind of kinds) {
    // Telegram sends one kind an update; for a look at all shortcuts at once, queries stand beside.
    if (/query$|request$/.test(kind)) {
      Object.assign(ctx.update, { [kind]: { ...contextOf(kind).update[kind] } });
    }
  }
  return ctx;
}

/** What the complete context gives for each parameter that a shortcut takes from it. */
const given: Record<string, unknown> = {
  chat_id: -100,
  from_chat_id: -100,
  message_id: 5,
  user_id: 7,
  business_connection_id: "shop",
  message_thread_id: 3,
  direct_messages_topic_id: 4,
  receiver_user_id: 8,
  ephemeral_message_id: 9,
  callback_query_id: "press",
  inline_query_id: "inline",
  shipping_query_id: "shipping",
  pre_checkout_query_id: "checkout",
  guest_query_id: "guest",
  chat_join_request_query_id: "join",
  telegram_payment_charge_id: "charge",
  from_story_id: 11,
  story_chat: -200,
  joiner: 7,
  managed_bot: 1001,
  draft_id: 1,
  file_id: "file",
  custom_emoji_ids: ["star"],
};

test("every shortcut calls its method with what the update gives, and passes on the rest", async () => {
  const signatures = new Map(
    methodTable.trim().split("\n").map((line) => {
      const [names = "", ...keys] = line.split(" ");
      const [name = "", method = name] = names.split(">");
      return [name, { method, keys }];
    }),
  );
  for (const [name, line] of shortcutLines) {
    const [called = "", ...words] = line.split(" ");
    const { method, keys } = signatures.get(called)!;
    const expected: Record<string, unknown> = { further: true };
    const args: unknown[] = [];
    for (const key of keys) {
      const word = words.find((word) => /^\w+/.exec(word)?.[0] === key);
      if (word === undefined) args.push(expected[key.split("/")[0]!] = `value of ${key}`);
      else {
        if (word.includes("?")) args.push(undefined);
        expected[key] = given[word.split("=")[1] ?? key];
      }
    }
    for (const word of words) {
      if (word === "&reactor") expected.user_id = 7;
      else if (/^[+&]/.test(word)) expected[word.slice(1)] = given[word.slice(1)];
    }
    const ctx = completeContext();
    const shortcut = ctx[name as keyof Context] as AnyShortcut;
    assert.equal(shortcut.name, name);
    const sent = await sentBy(ctx, (ctx) => shortcut.call(ctx, ...args, { further: true }));
    assert.deepEqual(sent, [method, expected], name);
  }
});

test("a reply goes to the chat, with the other parameters and a signal", async () => {
  const signal = new AbortController().signal;
  const ctx = contextOf("message");
  let passed: AbortSignal | undefined;
  ctx.api.config.use((_previous, _method, _payload, signal) => {
    passed = signal;
    return Promise.resolve({ ok: true, result: true as never });
  });
  await ctx.reply("Hi!", undefined, signal);
  assert.equal(passed, signal);
  assert.deepEqual(
    await sentBy(contextOf("message"), (ctx) => ctx.reply("Hi!", { parse_mode: "HTML" })),
    ["sendMessage", { chat_id: -100, text: "Hi!", parse_mode: "HTML" }],
  );
});

test("a method without other parameters takes its signal right after those it has", async () => {
  const { signal } = new AbortController();
  const ctx = contextOf("message");
  const passed: unknown[] = [];
  ctx.api.config.use((_previous, method, payload, signal) => {
    passed.push(method, payload, signal);
    return Promise.resolve({ ok: true, result: true as never });
  });
  await ctx.deleteMessage(signal);
  assert.deepEqual(passed.slice(0, 2), ["deleteMessage", { chat_id: -100, message_id: 5 }]);
  assert.equal(passed[2], signal);
});

test("a reply to a message in a topic goes to this topic, unless another is given", async () => {
  const inTopic = () => messageWith({ is_topic_message: true, message_thread_id: 3 });
  const [, payload] = await sentBy(inTopic(), (ctx) => ctx.replyWithPhoto("photo"));
  assert.equal(payload.message_thread_id, 3);
  const [, other] = await sentBy(inTopic(), (ctx) => ctx.reply("Hi", { message_thread_id: 8 }));
  assert.equal(other.message_thread_id, 8);
  // Replies in groups without topics have a thread, too, but it takes no messages.
  const thread = messageWith({ message_thread_id: 3 });
  assert.ok(!("message_thread_id" in (await sentBy(thread, (ctx) => ctx.reply("Hi")))[1]));
});

test("a reply through a business account goes out through the same account", async () => {
  assert.deepEqual(
    await sentBy(contextOf("business_message"), (ctx) => ctx.reply("Hi")),
    ["sendMessage", { chat_id: 7, text: "Hi", business_connection_id: "shop" }],
  );
});

test("an edit changes the message above the button, or the inline message", async () => {
  assert.deepEqual(
    await sentBy(contextOf("callback_query"), (ctx) => ctx.editMessageText("new")),
    ["editMessageText", { chat_id: -100, message_id: 5, text: "new" }],
  );
  const press = () =>
    contextOf("callback_query", { message: undefined, inline_message_id: "inline message" });
  assert.deepEqual(
    await sentBy(press(), (ctx) => ctx.editMessageText("new", { parse_mode: "HTML" })),
    ["editMessageText", { inline_message_id: "inline message", text: "new", parse_mode: "HTML" }],
  );
  assert.deepEqual(
    await sentBy(press(), (ctx) => ctx.setGameScore(5)),
    ["setGameScore", { inline_message_id: "inline message", user_id: 7, score: 5 }],
  );
  assert.deepEqual(
    await sentBy(contextOf("chosen_inline_result"), (ctx) => ctx.editMessageReplyMarkup()),
    ["editMessageReplyMarkup", { inline_message_id: "inline message" }],
  );
});

test("a query can be answered with a string in place of the parameters", async () => {
  assert.deepEqual(
    await sentBy(contextOf("callback_query"), (ctx) => ctx.answerCallbackQuery("Done")),
    ["answerCallbackQuery", { callback_query_id: "press", text: "Done" }],
  );
  assert.deepEqual(
    await sentBy(contextOf("callback_query"), (ctx) => ctx.answerCallbackQuery()),
    ["answerCallbackQuery", { callback_query_id: "press" }],
  );
  assert.deepEqual(
    await sentBy(
      contextOf("pre_checkout_query"),
      (ctx) => ctx.answerPreCheckoutQuery(false, "Sold out"),
    ),
    ["answerPreCheckoutQuery", {
      pre_checkout_query_id: "checkout",
      ok: false,
      error_message: "Sold out",
    }],
  );
});

test("react takes emoji, reactions, or a list of both", async () => {
  const thumb = { type: "emoji", emoji: "👍" } as const;
  const target = { chat_id: -100, message_id: 5 };
  assert.deepEqual(await sentBy(contextOf("message"), (ctx) => ctx.react("👍")), [
    "setMessageReaction",
    { ...target, reaction: [thumb] },
  ]);
  assert.deepEqual(
    await sentBy(
      contextOf("message_reaction"),
      (ctx) => ctx.react(["👍", { type: "paid" }], { is_big: true }),
    ),
    ["setMessageReaction", { ...target, reaction: [thumb, { type: "paid" }], is_big: true }],
  );
});

test("the reaction of a chat is deleted as the chat's, that of a user as the user's", async () => {
  assert.deepEqual(
    await sentBy(contextOf("message_reaction"), (ctx) => ctx.deleteMessageReaction()),
    ["deleteMessageReaction", { chat_id: -100, message_id: 5, user_id: 7 }],
  );
  const byChat = contextOf("message_reaction", { user: undefined, actor_chat: channel });
  assert.deepEqual(
    await sentBy(byChat, (ctx) => ctx.deleteAllMessageReactions()),
    ["deleteAllMessageReactions", { chat_id: -100, actor_chat_id: -200 }],
  );
});

test("a draft is that of the update, or the one that is named", async () => {
  const [, { draft_id }] = await sentBy(
    contextOf("message"),
    (ctx) => ctx.replyWithDraft("so far"),
  );
  assert.equal(draft_id, 1);
  const [, named] = await sentBy(
    contextOf("message"),
    (ctx) => ctx.replyWithDraft("so far", { draft_id: 77 }),
  );
  assert.equal(named.draft_id, 77);
});

test("a request to join is answered for the user who made it, or for the one named", async () => {
  const request = () => contextOf("chat_join_request");
  const [, { user_id }] = await sentBy(request(), (ctx) => ctx.approveChatJoinRequest());
  assert.equal(user_id, ada.id);
  const [, named] = await sentBy(request(), (ctx) => ctx.declineChatJoinRequest(99));
  assert.equal(named.user_id, 99);
});

test("the file of a message is its largest photo, its video, …", async () => {
  const size = (file_id: string) => ({ file_id, file_unique_id: "", width: 1, height: 1 });
  const file = async (fields: object) =>
    (await sentBy(messageWith(fields), (ctx) => ctx.getFile()))[1].file_id;
  assert.equal(await file({ photo: [size("small"), size("large")] }), "large");
  assert.equal(await file({ live_photo: size("live"), photo: [size("still")] }), "live");
  assert.equal(await file({ animation: size("gif"), document: size("gif too") }), "gif");
  assert.equal(await file({ sticker: size("sticker") }), "sticker");
});

test("files and lists are passed on as they are", async () => {
  const photo = new InputFile(new Uint8Array(1));
  const [, payload] = await sentBy(contextOf("message"), (ctx) => ctx.replyWithPhoto(photo));
  assert.equal(payload.photo, photo);
});

test("a shortcut without its target says what the update lacks, and what to do instead", () => {
  const throws = (ctx: Context, use: (ctx: Context) => unknown, message: string) =>
    assert.throws(() => use(ctx), { name: "Error", message });
  throws(
    contextOf("inline_query"),
    (ctx) => ctx.reply("Hi"),
    "Cannot call ctx.reply: the update is of the kind inline_query, and it has no chat. " +
      "The private chat with its user is ctx.from.id. " +
      "Call ctx.api.sendMessage and give it chat_id yourself.",
  );
  throws(
    contextOf("callback_query", { message: undefined, inline_message_id: "m" }),
    (ctx) => ctx.deleteMessage(),
    "Cannot call ctx.deleteMessage: the update is of the kind callback_query, and it has no " +
      "chat. The message was sent inline: its chat is not known, but it can be edited. " +
      "Call ctx.api.deleteMessage and give it chat_id yourself.",
  );
  throws(
    contextOf("poll"),
    (ctx) => ctx.replyWithPoll("?", [{ text: "a" }, { text: "b" }]),
    "Cannot call ctx.replyWithPoll: the update is of the kind poll, and it has no chat. " +
      "Call ctx.api.sendPoll and give it chat_id yourself.",
  );
  throws(
    contextOf("channel_post"),
    (ctx) => ctx.banAuthor(),
    "Cannot call ctx.banAuthor: the update is of the kind channel_post, and it has no user. " +
      "Call ctx.api.banChatMember and give it user_id yourself.",
  );
  throws(
    contextOf("message"),
    (ctx) => ctx.answerCallbackQuery(),
    "Cannot call ctx.answerCallbackQuery: the update is of the kind message, and it has no " +
      "callback query. Call ctx.api.answerCallbackQuery and give it callback_query_id yourself.",
  );
  throws(
    messageWith({ text: "plain" }),
    (ctx) => ctx.getFile(),
    "Cannot call ctx.getFile: the update is of the kind message, and it has no file. " +
      "Call ctx.api.getFile and give it file_id yourself.",
  );
});

test("the menu button that is set is never everybody's when the chat is unknown", async () => {
  const [, payload] = await sentBy(
    contextOf("message", { chat: home }),
    (ctx) => ctx.setChatMenuButton({ menu_button: { type: "commands" } }),
  );
  assert.equal(payload.chat_id, home.id);
  assert.throws(() => contextOf("poll").setChatMenuButton(), /has no chat/);
  assert.equal(contextOf("message").me, me);
});
