import {
  ApiError,
  Bot,
  type BotConfig,
  BotError,
  Composer,
  Context,
  type PollingOptions,
} from "@tramline/tramline";
import { Simulator } from "@tramline/tramline/testing";
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { logged } from "./log_support.ts";

const botInfo = {
  id: 42,
  is_bot: true,
  first_name: "Tester",
  username: "tester_bot",
} as NonNullable<BotConfig<Context>["botInfo"]>;

const message = {
  message_id: 1,
  date: 1_700_000_000,
  chat: { id: 1, type: "private" as const, first_name: "Alice" },
  from: { id: 1, is_bot: false, first_name: "Alice" },
  text: "hello",
};

for (
  const [what, token, given] of [
    ["no token", undefined, "undefined"],
    ["an empty token", "", "an empty string"],
    ["a token with a line break", "123456:SECRET\n", "white space"],
    ["something that is no token", "SECRET-SECRET", "a text of 13 characters"],
  ] as const
) {
  test(`${what} is refused with what is needed, and without showing it`, () => {
    assert.throws(() => new Bot(token as string), (error) => {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, /must be like 123456:ABC-DEF, given .*@BotFather/s);
      assert.ok(error.message.includes(given), error.message);
      assert.ok(!inspect(error).includes("SECRET"));
      return true;
    });
  });
}

test("a bot that is printed does not show its token", () => {
  const bot = new Bot("123456:VERY-SECRET", { botInfo });
  assert.equal(bot.token, "123456:VERY-SECRET");
  assert.ok(!inspect(bot, { depth: 10 }).includes("SECRET"));
  assert.ok(!JSON.stringify(bot).includes("SECRET"));
});

test("the bot's information is asked for once, however many want it at the same time", async () => {
  await using sim = new Simulator({ timeoutSeconds: 60 });
  const bot = new Bot(sim.token, { client: sim.client });
  assert.throws(() => bot.botInfo, /await bot\.init\(\)/);
  assert.equal(bot.isInited(), false);
  await Promise.all([bot.init(), bot.init(), bot.init()]);
  await bot.init();
  assert.equal(sim.calls.filter(({ method }) => method === "getMe").length, 1);
  assert.equal(bot.isInited(), true);
  assert.equal(bot.botInfo.username, "simulated_bot");
});

test("one who gives up waiting for the bot's information does not stop the others", async () => {
  await using sim = new Simulator({ clock: "manual", latencySeconds: 1, timeoutSeconds: 60 });
  const bot = new Bot(sim.token, { client: sim.client });
  const controller = new AbortController();
  const impatient = bot.init(controller.signal);
  const patient = bot.init();
  await sim.until(() => sim.calls.length === 1);
  controller.abort(new Error("no more patience"));
  await assert.rejects(impatient, /no more patience/);
  await sim.clock.advance(1);
  await patient;
  assert.ok(bot.isInited());
});

test("asking for the bot's information is repeated until the network works", async () => {
  await using sim = new Simulator({ timeoutSeconds: 60 });
  sim.failNext("getMe", "dropped", 2);
  const bot = new Bot(sim.token, { client: sim.client });
  const lines = await logged(() => bot.init());
  assert.ok(bot.isInited());
  assert.match(lines[0]!, /^warning: Cannot start the bot: /);
});

test("a token that Telegram does not know rejects init with an error that says so", async () => {
  await using sim = new Simulator({ timeoutSeconds: 60 });
  const bot = new Bot("123456:AAbbccddeeffgghhiijjkkllmmnnooppqqrr", { client: sim.client });
  await assert.rejects(bot.init(), (error) => {
    assert.ok(error instanceof ApiError);
    assert.equal(error.error_code, 401);
    assert.match(error.message, /^Cannot start the bot: .*@BotFather/);
    return true;
  });
});

test("given or set information makes init needless", async () => {
  const given = new Bot("123456:abc", { botInfo });
  await given.init();
  assert.equal(given.botInfo.id, 42);
  const set = new Bot("123456:abc");
  set.botInfo = botInfo;
  assert.ok(set.isInited());
});

test("an update passes through the middleware with a context of the chosen class", async () => {
  class MyContext extends Context {
    shout(): string {
      return this.msg!.text!.toUpperCase();
    }
  }
  const bot = new Bot("123456:abc", { botInfo, ContextConstructor: MyContext });
  const seen: string[] = [];
  bot.on("message", (ctx) => void seen.push(ctx.shout()));
  await bot.handleUpdate({ update_id: 1, message });
  assert.deepEqual(seen, ["HELLO"]);
});

test("an update that comes before the bot knows itself is refused with what to do", async () => {
  const bot = new Bot("123456:abc");
  await assert.rejects(bot.handleUpdate({ update_id: 1, message }), /await bot\.init\(\)/);
});

test("handleUpdate resolves when asynchronous middleware is done, not before", async () => {
  const bot = new Bot("123456:abc", { botInfo });
  const gate = Promise.withResolvers<void>();
  const events: string[] = [];
  bot.use(async () => {
    await gate.promise;
    events.push("handled");
  });
  const handling = bot.handleUpdate({ update_id: 1, message }).then(() => events.push("resolved"));
  gate.resolve();
  await handling;
  assert.deepEqual(events, ["handled", "resolved"]);
});

test("what middleware throws comes as a BotError, whether it was thrown at once or later", async () => {
  for (
    const fail of [() => {
      throw new Error("broken");
    }, () => Promise.reject(new Error("broken"))]
  ) {
    const bot = new Bot("123456:abc", { botInfo });
    bot.use(fail);
    await assert.rejects(bot.handleUpdate({ update_id: 7, message }), (error) => {
      assert.ok(error instanceof BotError);
      assert.match(String(error.error), /broken/);
      assert.equal(error.ctx.update.update_id, 7);
      return true;
    });
  }
});

test("each context has an api of its own that shares the bot's transformers", async () => {
  await using sim = new Simulator({ timeoutSeconds: 60 });
  const bot = new Bot(sim.token, { client: sim.client });
  await bot.init();
  const seen: string[] = [];
  bot.api.config.use((prev, method, payload, signal) => {
    seen.push(`bot: ${method}`);
    return prev(method, payload, signal);
  });
  bot.use(async (ctx) => {
    ctx.api.config.use((prev, method, payload, signal) => {
      seen.push(`context: ${method}`);
      return prev(method, payload, signal);
    });
    await ctx.api.getMe();
  });
  await bot.handleUpdate({ update_id: 1, message });
  await bot.api.getMe();
  assert.deepEqual(seen, ["context: getMe", "bot: getMe", "bot: getMe"]);
});

/** A bot on a simulated Telegram that has been started. */
async function started(
  sim: Simulator,
  register: (bot: Bot) => void,
  options?: PollingOptions,
): Promise<{ bot: Bot; running: Promise<void> }> {
  const bot = new Bot(sim.token, { client: sim.client });
  register(bot);
  const running = bot.start(options);
  running.catch(() => {});
  await sim.until(() => sim.mainBot.isPolling);
  return { bot, running };
}

test("a started bot answers, one update after the other", async () => {
  await using sim = new Simulator({ timeoutSeconds: 60 });
  const events: string[] = [];
  const { bot, running } = await started(sim, (bot) => {
    bot.on("message:text", async (ctx) => {
      events.push(`begin ${ctx.msg.text}`);
      await ctx.reply(`You said ${ctx.msg.text}`);
      events.push(`end ${ctx.msg.text}`);
    });
  });
  const [alice, bob] = [sim.user(), sim.user()];
  await Promise.all([alice.send("one"), bob.send("two")]);
  assert.equal((await alice.nextReply()).text, "You said one");
  assert.equal((await bob.nextReply()).text, "You said two");
  await bot.stop();
  await running;
  assert.deepEqual(events, ["begin one", "end one", "begin two", "end two"]);
});

test("it runs from the call of start until the call of stop, and start is then over", async () => {
  await using sim = new Simulator({ timeoutSeconds: 60 });
  const bot = new Bot(sim.token, { client: sim.client });
  assert.equal(bot.isRunning(), false);
  const told: unknown[] = [];
  const running = bot.start({ onStart: (info) => void told.push(info.username, bot.isRunning()) });
  assert.equal(bot.isRunning(), true);
  await sim.until(() => sim.mainBot.isPolling);
  assert.deepEqual(told, ["simulated_bot", true]);
  const stopping = bot.stop();
  assert.equal(bot.isRunning(), false);
  await stopping;
  await running;
});

test("starting a running bot does nothing, and neither does stopping a stopped one", async () => {
  await using sim = new Simulator({ timeoutSeconds: 60 });
  const { bot, running } = await started(sim, () => {});
  await bot.start();
  assert.equal(bot.isRunning(), true);
  await bot.stop();
  await bot.stop();
  await running;
  await new Bot(sim.token).stop();
});

test("a stopped bot can be started again, and nothing comes twice", async () => {
  await using sim = new Simulator({ timeoutSeconds: 60 });
  const { bot, running } = await started(sim, (bot) => {
    bot.on("message", (ctx) => ctx.reply(`got ${ctx.msg.text}`));
  });
  const alice = sim.user();
  await alice.send("one");
  await alice.nextReply();
  await bot.stop();
  await running;
  assert.equal(sim.mainBot.pendingUpdates, 0);
  const again = bot.start();
  await alice.send("two");
  assert.equal((await alice.nextReply()).text, "got two");
  await bot.stop();
  await again;
});

test("an active webhook is deleted at the start, and waiting updates only if that is wished", async () => {
  for (const drop of [false, true]) {
    await using sim = new Simulator({ timeoutSeconds: 60 });
    const origin = sim.serve(() => new Response(null, { status: 500 }));
    const bot = new Bot(sim.token, { client: sim.client });
    await bot.api.setWebhook(`${origin}/hook`);
    const alice = sim.user();
    await alice.send("early");
    const heard: string[] = [];
    bot.on("message:text", (ctx) => void heard.push(ctx.msg.text));
    const running = bot.start({ drop_pending_updates: drop });
    await sim.until(() => sim.mainBot.isPolling);
    await alice.send("late");
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    assert.deepEqual(heard, drop ? ["late"] : ["early", "late"]);
    await bot.stop();
    await running;
  }
});

test("stopped within a handler, the bot handles no further update and loses none", async () => {
  await using sim = new Simulator({ timeoutSeconds: 60 });
  const alice = sim.user();
  for (const text of ["one", "two", "three"]) await alice.send(text);
  const bot = new Bot(sim.token, { client: sim.client });
  const heard: string[] = [];
  bot.on("message:text", async (ctx) => {
    heard.push(ctx.msg.text);
    if (ctx.msg.text === "two") await bot.stop();
  });
  await bot.start();
  assert.deepEqual(heard, ["one", "two"]);
  assert.equal(sim.mainBot.pendingUpdates, 1);
});

test("an error without bot.catch stops the bot and rejects start, and its update is done", async () => {
  await using sim = new Simulator({ timeoutSeconds: 60 });
  let bot: Bot;
  const lines = await logged(async () => {
    const start = await started(sim, (bot) => {
      bot.on("message", () => {
        throw new Error("broken");
      });
    });
    bot = start.bot;
    const alice = sim.user();
    await alice.send("one");
    await assert.rejects(start.running, (error) => {
      assert.ok(error instanceof BotError);
      assert.match(String(error.error), /broken/);
      return true;
    });
    assert.equal(bot.isRunning(), false);
  });
  assert.match(lines.join(), /error: Update \d+ failed, and there is no error handler.*bot\.catch/);
  assert.equal(sim.mainBot.pendingUpdates, 0);
});

test("an error that bot.catch takes does not stop the bot", async () => {
  await using sim = new Simulator({ timeoutSeconds: 60 });
  const caught: string[] = [];
  const { bot, running } = await started(sim, (bot) => {
    bot.command("fail", () => {
      throw new Error("broken");
    });
    bot.on("message", (ctx) => ctx.reply("fine"));
    bot.catch((error) => void caught.push(String(error.error), String(error.ctx.msg?.text)));
  });
  const alice = sim.user();
  await alice.send("/fail");
  await alice.send("hello");
  assert.equal((await alice.nextReply()).text, "fine");
  assert.deepEqual(caught, ["Error: broken", "/fail"]);
  await bot.stop();
  await running;
});

test("a token that was revoked ends start with an error that says so", async () => {
  await using sim = new Simulator({ timeoutSeconds: 60 });
  const { bot, running } = await started(sim, () => {});
  sim.mainBot.revokeToken();
  // The open poll ends with this; the next one is refused.
  await sim.user().send("hello");
  await assert.rejects(running, /Cannot receive updates: .*@BotFather.*401/);
  assert.equal(bot.isRunning(), false);
});

test("what start cannot use is refused with what was given", async () => {
  const bot = new Bot("123456:abc", { botInfo });
  await assert.rejects(bot.start({ limit: 0 }), /limit must be .* 1 to 100, given the number 0/);
  await assert.rejects(
    bot.start({ timeout: 51 }),
    /timeout must be .* 0 to 50, given the number 51/,
  );
  await assert.rejects(
    bot.start({ allowed_updates: "message" as never }),
    { name: "TypeError", message: /allowed_updates must be an array.*given "message"/ },
  );
  assert.equal(bot.isRunning(), false);
});

test("a handler for updates that will not come is reported", async () => {
  const cases: [(bot: Bot) => void, PollingOptions, RegExp | undefined][] = [
    [(bot) => bot.reaction("👍", () => {}), {}, /handlers for message_reaction.*earlier start/],
    [
      (bot) => bot.on("callback_query", () => {}),
      { allowed_updates: ["message"] },
      /callback_query/,
    ],
    [(bot) => bot.on("chat_member"), {}, undefined],
    [
      (bot) => {
        const composer = new Composer<Context>();
        composer.on("chat_member", () => {});
        bot.use(composer);
      },
      { allowed_updates: [] },
      /chat_member/,
    ],
    [(bot) => bot.on(":text", () => {}), { allowed_updates: ["message"] }, undefined],
    [(bot) => bot.on("chat_member", () => {}), { allowed_updates: ["chat_member"] }, undefined],
    [(bot) => bot.command("start", () => {}), {}, undefined],
  ];
  for (const [register, options, expected] of cases) {
    await using sim = new Simulator({ timeoutSeconds: 60 });
    const lines = await logged(async () => {
      const { bot, running } = await started(sim, register, options);
      await bot.stop();
      await running;
    });
    if (expected === undefined) assert.deepEqual(lines, []);
    else assert.match(lines.join(), expected);
  }
});

test("middleware may be added while the bot runs", async () => {
  await using sim = new Simulator({ timeoutSeconds: 60 });
  const { bot, running } = await started(sim, (bot) => {
    bot.command("learn", async (ctx) => {
      bot.command("new", (ctx) => ctx.reply("learnt"));
      await ctx.reply("ok");
    });
  });
  const alice = sim.user();
  await alice.send("/learn");
  await alice.nextReply();
  await alice.send("/new");
  assert.equal((await alice.nextReply()).text, "learnt");
  await bot.stop();
  await running;
});
