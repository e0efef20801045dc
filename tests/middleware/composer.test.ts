import assert from "node:assert/strict";
import { test } from "node:test";
import { Composer, type Context, type NextFunction } from "@tramline/tramline";
import type { Update } from "@tramline/tramline/types";
import { ada, inline, messageOf, newBot, play, press, text } from "./support.ts";

/** A bot and a list of what happened in it. */
function observed() {
  const bot = newBot();
  const log: string[] = [];
  const note = (what: string) => (ctx: Context): void =>
    void log.push(`${what} ${ctx.match ?? ""}`.trim());
  const pass = (what: string) => (_: Context, next: NextFunction): Promise<void> => {
    log.push(what);
    return next();
  };
  const after = async (update: Update): Promise<string[]> => {
    log.length = 0;
    await bot.handleUpdate(update);
    return [...log];
  };
  return { bot, log, note, pass, after };
}

test("middleware runs in the order of registration, until one does not call next", async () => {
  const { bot, note, pass, after } = observed();
  bot.use(pass("a"), pass("b"));
  bot.use(note("c"));
  bot.use(note("d"));
  assert.deepEqual(await after(text("hi")), ["a", "b", "c"]);
});

test("what follows is over when the promise of next resolves", async () => {
  const { bot, log, after } = observed();
  bot.use(async (_, next) => {
    log.push("before");
    await next();
    log.push("after");
  });
  bot.use(async () => {
    await Promise.resolve();
    log.push("handler");
  });
  assert.deepEqual(await after(text("hi")), ["before", "handler", "after"]);
});

test("a composer returned by a method extends the chain at its place, also after it has run", async () => {
  const { bot, note, pass, after } = observed();
  const first = bot.use(pass("a"));
  bot.use(note("z"));
  assert.deepEqual(await after(text("hi")), ["a", "z"]);
  first.use(pass("b")).use(pass("c"));
  assert.deepEqual(await after(text("hi")), ["a", "b", "c", "z"]);
});

test("a composer that is registered with use can be extended later", async () => {
  const { bot, note, pass, after } = observed();
  const part = new Composer<Context>(pass("a"));
  bot.use(part);
  bot.use(note("z"));
  await after(text("hi"));
  part.command("start", note("start"));
  assert.deepEqual(await after(text("hi")), ["a", "z"]);
  assert.deepEqual(await after(text("/start now")), ["a", "start now"]);
});

test("an update that is being handled does not see what its handlers register", async () => {
  const { bot, note, after } = observed();
  bot.use((_, next) => {
    bot.use(note("late"));
    return next();
  });
  assert.deepEqual(await after(text("hi")), []);
  assert.deepEqual(await after(text("hi")), ["late"]);
});

test("objects with middleware() are asked for it at each update", async () => {
  const { bot, note, after } = observed();
  let at = 0;
  bot.use({ middleware: () => note(`made ${++at}`) });
  assert.deepEqual(await after(text("hi")), ["made 1"]);
  assert.deepEqual(await after(text("hi")), ["made 2"]);
});

test("a class that extends Composer and has a middleware() of its own is asked for that", async () => {
  const { bot, note, after } = observed();
  class Own extends Composer<Context> {
    override middleware() {
      return note("own");
    }
  }
  bot.use(new Own(note("inherited")));
  assert.deepEqual(await after(text("hi")), ["own"]);
});

test("middleware() is a function that runs the chain anywhere, with its own next", async () => {
  const { bot, note, pass, log, after } = observed();
  const composer = new Composer<Context>();
  const fn = composer.middleware();
  composer.use(pass("a"));
  bot.use((ctx, next) =>
    fn(ctx, () => {
      log.push("next");
      return next();
    })
  );
  bot.use(note("z"));
  assert.deepEqual(await after(text("hi")), ["a", "next", "z"]);
});

test("on takes filter queries, several of which are alternatives, and chained ones conditions", async () => {
  const { bot, note, after } = observed();
  bot.on("message:photo").on("message:caption", note("photo with caption"));
  bot.on(["message:photo", "edited_message"], note("photo or edited"));
  bot.on(":text", note("text"));
  const photo = [{ file_id: "1", file_unique_id: "1", width: 1, height: 1 }];
  assert.deepEqual(await after(messageOf("message", { photo, caption: "!" })), [
    "photo with caption",
  ]);
  assert.deepEqual(await after(messageOf("message", { photo })), ["photo or edited"]);
  assert.deepEqual(await after(messageOf("edited_message", { text: "a" })), ["photo or edited"]);
  assert.deepEqual(await after(messageOf("channel_post", { text: "a" })), ["text"]);
  assert.deepEqual(await after(press("a")), []);
});

test("hears matches whole texts and captions, or regular expressions, and sets ctx.match", async () => {
  const { bot, note, after } = observed();
  bot.hears(["ping", "pong"], note("word"));
  bot.hears(/^echo (.+)$/, (ctx) => note("echo")({ match: ctx.match[1] } as Context));
  bot.hears(["x", /y/], note("mixed"));
  assert.deepEqual(await after(text("pong")), ["word pong"]);
  assert.deepEqual(await after(messageOf("message", { caption: "ping" })), ["word ping"]);
  assert.deepEqual(await after(messageOf("channel_post", { text: "ping" })), ["word ping"]);
  assert.deepEqual(await after(messageOf("edited_message", { text: "ping" })), []);
  assert.deepEqual(await after(text("ping pong")), []);
  assert.deepEqual(await after(text("echo one two")), ["echo one two"]);
  assert.deepEqual(await after(text("x")), ["mixed x"]);
  assert.deepEqual(await after(text("xyz")), ["mixed y"]);
});

test("hears finds literal texts that look like commands", async () => {
  const { bot, note, after } = observed();
  bot.hears("/start now", note("hears"));
  bot.command("start", note("command"));
  bot.hears("/", note("slash"));
  assert.deepEqual(await after(text("/start now")), ["hears /start now"]);
  assert.deepEqual(await after(text("/start later")), ["command later"]);
  assert.deepEqual(await after(text("/")), ["slash /"]);
});

test("command matches with and without the bot's name, and not in captions or mid-text", async () => {
  const { bot, note, after } = observed();
  bot.command("start@test_bot", note("addressed"));
  bot.command(["start", "begin"], note("start"));
  assert.deepEqual(await after(text("/start  some words ")), ["start some words"]);
  assert.deepEqual(await after(text("/begin")), ["start"]);
  assert.deepEqual(await after(text("/start@test_bot a")), ["addressed a"]);
  assert.deepEqual(await after(text("/start@Test_Bot a")), ["addressed a"]);
  assert.deepEqual(await after(text("/start@other_bot")), []);
  assert.deepEqual(await after(text("/starter")), []);
  const entities = [{ type: "bot_command" as const, offset: 3, length: 6 }];
  assert.deepEqual(await after(text("hi /start", { entities })), []);
  const caption_entities = [{ type: "bot_command" as const, offset: 0, length: 6 }];
  assert.deepEqual(await after(messageOf("message", { caption: "/start", caption_entities })), []);
});

test("reaction matches what was added", async () => {
  const { bot, note, after } = observed();
  bot.reaction("👍", note("liked"));
  const reacted = (before: "👍"[], now: ("👍" | "🔥")[]): Update => {
    const reactions = (list: typeof now) =>
      list.map((emoji) => ({ type: "emoji" as const, emoji }));
    const chat = { id: 7, type: "private", first_name: "Ada" } as const;
    const [old_reaction, new_reaction] = [reactions(before), reactions(now)];
    const message_reaction = {
      chat,
      message_id: 1,
      user: ada,
      date: 0,
      old_reaction,
      new_reaction,
    };
    return { update_id: 1, message_reaction };
  };
  assert.deepEqual(await after(reacted([], ["👍"])), ["liked"]);
  assert.deepEqual(await after(reacted(["👍"], ["👍", "🔥"])), []);
  assert.deepEqual(await after(reacted(["👍"], [])), []);
});

test("chatType looks at the type of the chat", async () => {
  const { bot, note, after } = observed();
  bot.chatType("private", note("private"));
  bot.chatType(["group", "supergroup"]).command("start", note("group"));
  const chat = { id: -7, type: "group", title: "Us" } as const;
  assert.deepEqual(await after(text("/start")), ["private"]);
  assert.deepEqual(await after(text("/start", { chat })), ["group"]);
  assert.deepEqual(await after(text("hi", { chat })), []);
  assert.deepEqual(await after(inline("hi")), []);
});

test("queries and payments are matched by their text", async () => {
  const { bot, note, after } = observed();
  bot.callbackQuery("go", note("button"));
  bot.callbackQuery(/^page:(\d+)$/, note("page"));
  bot.gameQuery("go", note("game"));
  bot.inlineQuery("go", note("inline"));
  bot.chosenInlineResult("go", note("chosen"));
  bot.preCheckoutQuery("go", note("checkout"));
  bot.shippingQuery("go", note("shipping"));
  const query = { id: "1", from: ada, invoice_payload: "go" };
  const shipping_address = {
    country_code: "DE",
    state: "",
    city: "",
    street_line1: "",
    street_line2: "",
    post_code: "",
  };
  const paid = { ...query, currency: "XTR", total_amount: 1 };
  const chosen = { result_id: "go", from: ada, query: "" };
  assert.deepEqual(await after(press("go")), ["button go"]);
  assert.deepEqual(await after(press("page:3")), ["page page:3,3"]);
  assert.deepEqual(await after(play("go")), ["game go"]);
  assert.deepEqual(await after(inline("go")), ["inline go"]);
  assert.deepEqual(await after({ update_id: 1, chosen_inline_result: chosen }), ["chosen go"]);
  assert.deepEqual(await after({ update_id: 1, pre_checkout_query: paid }), ["checkout go"]);
  const shipping_query = { ...query, shipping_address };
  assert.deepEqual(await after({ update_id: 1, shipping_query }), ["shipping go"]);
  assert.deepEqual(await after(press("stop")), []);
});

test("filter and drop ask a function, which may take its time, once for each update", async () => {
  const { bot, log, note, after } = observed();
  bot.filter((ctx) => {
    log.push("asked");
    return ctx.from?.id === 8;
  }).use(note("never"), note("never"));
  bot.filter(async (ctx) => await Promise.resolve(ctx.msg?.text === "a"), note("a"));
  bot.drop((ctx) => ctx.msg?.text !== "b", note("b"));
  bot.drop((ctx) => Promise.resolve(ctx.msg?.text !== "c"), note("c"));
  assert.deepEqual(await after(text("a")), ["asked", "a"]);
  assert.deepEqual(await after(text("b")), ["asked", "b"]);
  assert.deepEqual(await after(text("c")), ["asked", "c"]);
  assert.deepEqual(await after(text("d")), ["asked"]);
});

test("lazy runs what its function makes for the update: one, several or none", async () => {
  const { bot, note, pass, after } = observed();
  const lazy = bot.lazy(async (ctx) => {
    await Promise.resolve();
    if (ctx.msg?.text === "two") return [pass("one"), new Composer(pass("two"))];
    return ctx.msg?.text === "one" ? pass("one") : [];
  });
  lazy.use(pass("extended"));
  bot.use(note("z"));
  assert.deepEqual(await after(text("two")), ["one", "two", "extended", "z"]);
  assert.deepEqual(await after(text("one")), ["one", "extended", "z"]);
  assert.deepEqual(await after(text("none")), ["extended", "z"]);
});

test("route picks by key, else the fallback, else passes on", async () => {
  const { bot, note, pass, after } = observed();
  const symbol = Symbol("symbol");
  const routes = { word: pass("word"), 3: pass("three"), [symbol]: pass("symbol") };
  const keys: Record<string, keyof typeof routes> = { word: "word", "3": 3, symbol };
  const keyFor = (ctx: Context) => keys[ctx.msg?.text ?? ""];
  bot.route(keyFor, routes);
  bot.on("message").route((ctx) => Promise.resolve(keyFor(ctx)), routes, pass("fallback"));
  bot.route(() => "toString" as never, {});
  bot.use(note("z"));
  assert.deepEqual(await after(text("word")), ["word", "word", "z"]);
  assert.deepEqual(await after(text("3")), ["three", "three", "z"]);
  assert.deepEqual(await after(text("symbol")), ["symbol", "symbol", "z"]);
  assert.deepEqual(await after(text("else")), ["fallback", "z"]);
});

test("branch picks one of two", async () => {
  const { bot, note, pass, after } = observed();
  const even = (ctx: Context) => ctx.update.update_id % 2 === 0;
  bot.branch(even, [pass("even"), pass("!")], pass("odd"));
  bot.branch((ctx) => Promise.resolve(even(ctx)), new Composer(note("even")), []);
  bot.use(note("z"));
  assert.deepEqual(await after({ ...text("a"), update_id: 2 }), ["even", "!", "even"]);
  assert.deepEqual(await after({ ...text("a"), update_id: 3 }), ["odd", "z"]);
});

test("handle returns what the first handler returned, without a promise if there was none", () => {
  const composer = new Composer<Context>();
  composer.on("message", () => 5);
  const ctx = { update: text("hi") } as Context;
  assert.equal(composer.handle(ctx), 5);
  assert.equal(new Composer<Context>().handle(ctx), undefined);
});
