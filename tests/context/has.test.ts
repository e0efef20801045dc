import { test } from "node:test";
import assert from "node:assert/strict";
import { Context } from "@tramline/tramline";
import type { Message, ReactionType } from "@tramline/tramline/types";
import { contextOf, group, home, messageWith } from "./updates.ts";

/** A message that begins with a command as Telegram marks it. */
function commandMessage(text: string, fields: Partial<Message> = {}): Context {
  const length = /^\S+/.exec(text)![0].length;
  return messageWith({ text, entities: [{ type: "bot_command", offset: 0, length }], ...fields });
}

test("a text is heard if it is the string or matches the expression, the first in the list wins", () => {
  const ctx = messageWith({ text: "ping pong" });
  assert.equal(ctx.hasText("ping"), false);
  assert.equal(ctx.match, undefined);
  assert.equal(ctx.hasText("ping pong"), true);
  assert.equal(ctx.match, "ping pong");
  assert.equal(ctx.hasText(["no", /p(o)ng/, /ping/]), true);
  assert.deepEqual([...ctx.match ?? []], ["pong", "o"]);
});

test("captions are heard like texts, edited messages are not", () => {
  assert.equal(messageWith({ caption: "ping" }).hasText("ping"), true);
  assert.equal(contextOf("channel_post", { text: "ping" }).hasText("ping"), true);
  assert.equal(contextOf("edited_message", { text: "ping" }).hasText("ping"), false);
  assert.equal(contextOf("poll").hasText(/./), false);
});

test("expressions that remember where they were begin anew with every text", () => {
  for (const expression of [/a/g, /a/y]) {
    const heard = Context.has.text(expression);
    for (let i = 0; i < 3; i++) assert.equal(heard(messageWith({ text: "a" })), true);
  }
});

test("a command at the beginning of a text is found, with what follows as the match", () => {
  const ctx = commandMessage("/add  apple pie ");
  assert.equal(ctx.hasCommand("add"), true);
  assert.equal(ctx.match, "apple pie");
  assert.equal(ctx.hasCommand(["start", "help"]), false);
  assert.equal(ctx.hasCommand("ad"), false);
  assert.equal(commandMessage("/start").hasCommand("start"), true);
  assert.equal(contextOf("channel_post", commandPost).hasCommand("start"), true);
});

const commandPost = {
  text: "/start",
  entities: [{ type: "bot_command" as const, offset: 0, length: 6 }],
};

test("commands elsewhere in the text, in captions and in edited messages do not count", () => {
  const inside = { text: "!start /start", entities: [{ ...commandPost.entities[0]!, offset: 7 }] };
  assert.equal(messageWith(inside).hasCommand("start"), false);
  assert.equal(messageWith({ text: "/start" }).hasCommand("start"), false);
  const caption = { caption: "/start", caption_entities: commandPost.entities };
  assert.equal(messageWith(caption).hasCommand("start"), false);
  assert.equal(contextOf("edited_message", commandPost).hasCommand("start"), false);
});

test("a command may be addressed to this bot, in any case, but not to another", () => {
  assert.equal(commandMessage("/start@TramBot now").hasCommand("start"), true);
  assert.equal(commandMessage("/start@trambot now").hasCommand("start"), true);
  assert.equal(commandMessage("/start@OtherBot now").hasCommand("start"), false);
  assert.equal(commandMessage("/start").hasCommand("start@TramBot"), false);
  assert.equal(commandMessage("/start@trambot").hasCommand("start@TramBot"), true);
  assert.equal(commandMessage("/start@OtherBot").hasCommand("start@OtherBot"), false);
});

test("a reaction counts when it is added, not when it stays or goes", () => {
  const thumb: ReactionType = { type: "emoji", emoji: "👍" };
  const custom: ReactionType = { type: "custom_emoji", custom_emoji_id: "1" };
  const change = (old_reaction: ReactionType[], new_reaction: ReactionType[]) =>
    contextOf("message_reaction", { old_reaction, new_reaction });
  assert.equal(change([], [thumb]).hasReaction("👍"), true);
  assert.equal(change([], [thumb]).hasReaction(["👎", thumb]), true);
  assert.equal(change([], [thumb]).hasReaction("👎"), false);
  assert.equal(change([thumb], [thumb, custom]).hasReaction("👍"), false);
  assert.equal(change([thumb], [thumb, custom]).hasReaction(custom), true);
  assert.equal(change([thumb], []).hasReaction("👍"), false);
  assert.equal(change([], [{ type: "paid" }]).hasReaction({ type: "paid" }), true);
  assert.equal(contextOf("message").hasReaction("👍"), false);
});

test("the type of the chat is checked for every kind of update with a chat", () => {
  assert.equal(messageWith({ chat: group }).hasChatType("supergroup"), true);
  assert.equal(messageWith({ chat: home }).hasChatType(["group", "private"]), true);
  assert.equal(contextOf("chat_boost").hasChatType("supergroup"), true);
  assert.equal(contextOf("message").hasChatType("private"), false);
  assert.equal(contextOf("inline_query").hasChatType("private"), false);
});

test("each query is compared by its own text", () => {
  const game = contextOf("callback_query", { data: undefined, game_short_name: "chess" });
  const cases: [Context, (ctx: Context, trigger: string | RegExp) => boolean, string][] = [
    [contextOf("callback_query"), (ctx, trigger) => ctx.hasCallbackQuery(trigger), "yes"],
    [game, (ctx, trigger) => ctx.hasGameQuery(trigger), "chess"],
    [contextOf("inline_query"), (ctx, trigger) => ctx.hasInlineQuery(trigger), "cats"],
    [
      contextOf("chosen_inline_result"),
      (ctx, trigger) => ctx.hasChosenInlineResult(trigger),
      "result",
    ],
    [contextOf("pre_checkout_query"), (ctx, trigger) => ctx.hasPreCheckoutQuery(trigger), "order"],
    [contextOf("shipping_query"), (ctx, trigger) => ctx.hasShippingQuery(trigger), "order"],
  ];
  for (const [ctx, has, text] of cases) {
    assert.equal(has(ctx, `${text}!`), false);
    assert.equal(has(ctx, text), true);
    assert.equal(ctx.match, text);
    assert.equal(has(ctx, new RegExp(`^${text.slice(0, 2)}(.*)`)), true);
    assert.equal(ctx.match?.[1], text.slice(2));
    assert.equal(has(contextOf("poll"), /./), false);
  }
  assert.equal(game.hasCallbackQuery(/./), false);
});

test("a context passes the filter queries that its update matches", () => {
  const ctx = messageWith({ text: "hi" });
  assert.equal(ctx.has(":text"), true);
  assert.equal(ctx.has([":photo", ":text"]), true);
  assert.equal(ctx.has("edit"), false);
  assert.equal(Context.has.filterQuery("message:text")(ctx), true);
});

test("triggers that can match nothing are refused, with what to give instead", () => {
  assert.throws(
    () => Context.has.command("/start"),
    { name: "RangeError", message: /"\/start".*without the slash, "start"/ },
  );
  assert.throws(() => Context.has.command(""), RangeError);
  assert.throws(
    () => Context.has.command(/start/ as never),
    { name: "TypeError", message: /a string, given.*use hears/ },
  );
  assert.throws(
    () => Context.has.text(["a", 5 as never]),
    { name: "TypeError", message: /a string or a regular expression, given the number 5/ },
  );
});
