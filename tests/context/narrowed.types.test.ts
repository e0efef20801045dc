import { test } from "node:test";
import assert from "node:assert/strict";
import {
  type CallbackQueryContext,
  type ChatTypeContext,
  type ChosenInlineResultContext,
  type CommandContext,
  Context,
  type GameQueryContext,
  type HearsContext,
  type InlineQueryContext,
  type PreCheckoutQueryContext,
  type ReactionContext,
  type ShippingQueryContext,
} from "@tramline/tramline";
import type { Chat, InputFile, Message, MessageEntity, User } from "@tramline/tramline/types";
import { exactly } from "./exactly.ts";

type MyContext = Context & { session: number };
type Match = string | RegExpMatchArray;

/** Compiles `use` for a context of the type `C`. */
function given<C>(use: (ctx: C) => void): void {
  assert.equal(typeof use, "function");
}

test("the context of each kind of handler knows what has matched", () => {
  given<HearsContext<MyContext>>((ctx) => {
    exactly<Match>()(ctx.match);
    exactly<string>()(ctx.msg.text ?? ctx.msg.caption);
    exactly<number>()(ctx.session);
  });
  given<CommandContext<MyContext>>((ctx) => {
    exactly<string>()(ctx.match);
    exactly<string>()(ctx.msg.text);
    exactly<number>()(ctx.chat.id);
    exactly<number>()(ctx.session);
  });
  given<CallbackQueryContext<MyContext>>((ctx) => {
    exactly<Match>()(ctx.match);
    exactly<string>()(ctx.callbackQuery.data);
  });
  given<GameQueryContext<MyContext>>((ctx) => {
    exactly<Match>()(ctx.match);
    exactly<string>()(ctx.callbackQuery.game_short_name);
  });
  given<InlineQueryContext<MyContext>>((ctx) => {
    exactly<Match>()(ctx.match);
    exactly<string>()(ctx.inlineQuery.query);
    exactly<User>()(ctx.from);
  });
  given<ChosenInlineResultContext<MyContext>>((ctx) => {
    exactly<Match>()(ctx.match);
    exactly<string>()(ctx.chosenInlineResult.result_id);
  });
  given<PreCheckoutQueryContext<MyContext>>((ctx) => {
    exactly<string>()(ctx.preCheckoutQuery.currency);
  });
  given<ShippingQueryContext<MyContext>>((ctx) => {
    exactly<string>()(ctx.shippingQuery.invoice_payload);
  });
  given<ReactionContext<MyContext>>((ctx) => {
    exactly<number>()(ctx.messageReaction.message_id);
    exactly<Match | undefined>()(ctx.match);
  });
});

test("the type of the chat is known behind chatType", () => {
  given<ChatTypeContext<MyContext, "private">>((ctx) => {
    exactly<"private">()(ctx.chat.type);
    exactly<string>()(ctx.chat.first_name);
    exactly<User>()(ctx.from);
    exactly<number>()(ctx.chatId);
    exactly<undefined>()(ctx.channelPost);
    exactly<number>()(ctx.session);
  });
  given<ChatTypeContext<MyContext, "channel">>((ctx) => {
    exactly<"channel">()(ctx.chat.type);
    exactly<undefined>()(ctx.message);
    exactly<User | undefined>()(ctx.from);
  });
  given<ChatTypeContext<MyContext, "group" | "supergroup">>((ctx) => {
    exactly<"group" | "supergroup">()(ctx.chat.type);
    exactly<string>()(ctx.chat.title);
    if (ctx.message) exactly<string>()(ctx.message.chat.title);
  });
});

test("the checks of a context narrow it", () => {
  given<MyContext>((ctx) => {
    if (ctx.has("message:text")) exactly<string>()(ctx.message.text);
    if (ctx.has([":photo", ":video"])) exactly<number>()(ctx.chat.id);
    if (ctx.hasText(/a/)) ((_match: Match) => {})(ctx.match);
    if (ctx.hasCommand("start")) ((_match: string) => {})(ctx.match);
    if (ctx.hasCallbackQuery("a")) exactly<string>()(ctx.callbackQuery.data);
    if (ctx.hasChatType("private")) exactly<string>()(ctx.chat.first_name);
    if (ctx.hasInlineQuery("a")) exactly<string>()(ctx.inlineQuery.query);
    exactly<number>()(ctx.session);
  });
  given<MyContext[]>((contexts) => {
    const texts = contexts.filter(Context.has.filterQuery("message:text"));
    exactly<string[]>()(texts.map((ctx) => ctx.message.text));
    const commands = contexts.filter(Context.has.command(["a", "b"]));
    exactly<string[]>()(commands.map((ctx) => ctx.match));
    const channels = contexts.filter(Context.has.chatType("channel"));
    exactly<"channel"[]>()(channels.map((ctx) => ctx.chat.type));
  });
});

test("shortcuts have the parameters of the API's methods without what the update gives", () => {
  given<Context>((ctx) => {
    exactly<Promise<Message.TextMessage>>()(ctx.reply("a"));
    ctx.reply("a", { parse_mode: "HTML" }, new AbortController().signal);
    // @ts-expect-error: the chat comes from the update
    ctx.reply("a", { chat_id: 1 });
    // @ts-expect-error: a reply needs a text
    ctx.reply();
    exactly<string | InputFile>()(null! as Parameters<Context["replyWithPhoto"]>[0]);
    ctx.react("👍");
    ctx.react(["👍", { type: "paid" }]);
    // @ts-expect-error: not an emoji that Telegram takes for reactions
    ctx.react("🧦");
    ctx.answerCallbackQuery("Done");
    ctx.answerCallbackQuery({ text: "Done", show_alert: true });
    ctx.replyWithDraft("so far");
    ctx.replyWithDraft("so far", { draft_id: 5 });
    ctx.approveChatJoinRequest();
    ctx.banAuthor({ until_date: 1 });
    exactly<(MessageEntity & { type: "url"; text: string })[]>()(ctx.entities("url"));
  });
});

test("a context with flavors is a context", () => {
  given<Context & { chatter: Chat }>((ctx) => {
    const plain: Context = ctx;
    exactly<Context>()(plain);
  });
});
