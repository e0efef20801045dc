import { Bot, run, webhookCallback } from "@tramline/tramline";
import { Simulator } from "@tramline/tramline/testing";
import assert from "node:assert/strict";
import { test } from "node:test";
import { whileListening } from "./adapters/contract.ts";
import { logged, post, secret, send, update } from "./webhook_support.ts";

/** Runs `use` with a simulated Telegram. */
async function withSimulator(use: (sim: Simulator) => Promise<void>): Promise<void> {
  const sim = new Simulator({ timeoutSeconds: 60 });
  try {
    await use(sim);
  } finally {
    await sim.close();
  }
}

/** A bot of the simulator that already knows who it is. */
function botOf(sim: Simulator, client = {}): Bot {
  return new Bot(sim.token, { client: { ...sim.client, ...client } });
}

/** Gives the bot a webhook at a handler of this process. */
async function connect(
  sim: Simulator,
  bot: Bot,
  handler: (request: Request) => Promise<Response>,
): Promise<void> {
  await bot.api.setWebhook(sim.serve(handler), { secret_token: secret });
}

test("a bot behind webhookCallback answers its users", async () => {
  await withSimulator(async (sim) => {
    const bot = botOf(sim);
    bot.command("start", (ctx) => ctx.reply(`Hi from ${ctx.me.username}`));
    await connect(sim, bot, webhookCallback(bot, "std/http", { secretToken: secret }));
    const alice = sim.user();
    await alice.send("/start");
    assert.equal((await alice.nextReply()).text, "Hi from simulated_bot");
    assert.equal((await sim.nextDelivery()).confirmed, true);
  });
});

test("the bot's information is asked for once, at the first updates", async () => {
  await withSimulator(async (sim) => {
    const bot = botOf(sim);
    const handle = webhookCallback(bot);
    const calls = () => sim.calls.filter(({ method }) => method === "getMe").length;
    assert.equal(calls(), 0);
    const requests = [1, 2, 3].map((id) => handle(new Request("http://bot/", post(update(id)))));
    for (const response of await Promise.all(requests)) assert.equal(response.status, 200);
    assert.equal(calls(), 1);
  });
});

test("an update that failed is answered with 500, logged once, and delivered again", async () => {
  await withSimulator(async (sim) => {
    const bot = botOf(sim);
    let attempts = 0;
    bot.on("message", async (ctx) => {
      if (++attempts === 1) throw new Error("no luck");
      await ctx.reply("at last");
    });
    const records = await logged(async () => {
      await connect(sim, bot, webhookCallback(bot, "std/http", { secretToken: secret }));
      const alice = sim.user();
      await alice.send("hello");
      assert.equal((await alice.nextReply()).text, "at last");
      assert.equal((await sim.nextDelivery()).status, 500);
      assert.equal((await sim.nextDelivery()).status, 200);
    });
    assert.deepEqual(records.map(({ level }) => level), ["error"]);
    assert.equal((records[0]!.properties.error as Error).message, "no luck");
  });
});

test("an update whose error bot.catch has settled is answered with 200", async () => {
  await withSimulator(async (sim) => {
    const bot = botOf(sim);
    const caught: unknown[] = [];
    bot.catch((error) => void caught.push(error.error));
    bot.on("message", () => {
      throw new Error("no luck");
    });
    const handle = webhookCallback(bot);
    const { status } = await handle(new Request("http://bot/", post(update(1))));
    assert.equal(status, 200);
    assert.deepEqual(caught.map((error) => (error as Error).message), ["no luck"]);
  });
});

test("an update that bot.catch throws on is answered with 500", async () => {
  await withSimulator(async (sim) => {
    const bot = botOf(sim);
    bot.catch(() => {
      throw new Error("not mine");
    });
    bot.on("message", () => Promise.reject(new Error("no luck")));
    const handle = webhookCallback(bot);
    const records = await logged(async () => {
      const { status } = await handle(new Request("http://bot/", post(update(1))));
      assert.equal(status, 500);
    });
    assert.deepEqual(records.map(({ properties }) => (properties.error as Error).message), [
      "not mine",
    ]);
  });
});

test("a slow update is delivered again by Telegram, and handled once", async () => {
  await withSimulator(async (sim) => {
    const bot = botOf(sim);
    const gate = Promise.withResolvers<void>();
    let handled = 0;
    bot.on("message", async (ctx) => {
      handled++;
      await gate.promise;
      await ctx.reply("done");
    });
    await logged(async () => {
      const options = { secretToken: secret, timeoutMilliseconds: 5 };
      await connect(sim, bot, webhookCallback(bot, "std/http", options));
      const alice = sim.user();
      await alice.send("hello");
      assert.equal((await sim.nextDelivery()).status, 500);
      assert.equal((await sim.nextDelivery()).status, 500);
      gate.resolve();
      assert.equal((await alice.nextReply()).text, "done");
    });
    assert.equal(handled, 1);
  });
});

test("a webhook reply carries the first call that may, the next goes its own way", async () => {
  await withSimulator(async (sim) => {
    const bot = botOf(sim, { canUseWebhookReply: (method: string) => method === "sendMessage" });
    bot.on("message", async (ctx) => {
      await ctx.replyWithChatAction("typing");
      await ctx.reply("by webhook reply");
      await ctx.reply("by request");
    });
    let body = "";
    const handle = webhookCallback(bot, "std/http", { secretToken: secret });
    await connect(sim, bot, async (request) => {
      const response = await handle(request);
      body = await response.clone().text();
      return response;
    });
    const alice = sim.user();
    await alice.send("hello");
    const texts = [(await alice.nextReply()).text, (await alice.nextReply()).text];
    assert.deepEqual(texts.sort(), ["by request", "by webhook reply"]);
    const { method, text } = JSON.parse(body);
    assert.deepEqual({ method, text }, { method: "sendMessage", text: "by webhook reply" });
  });
});

test("updates of one chat do not overlap, those of different chats do", async () => {
  await withSimulator(async (sim) => {
    const bot = botOf(sim);
    const events: string[] = [];
    const gates = new Map<number, PromiseWithResolvers<void>>();
    bot.on("message", async (ctx) => {
      const id = ctx.update.update_id;
      const gate = Promise.withResolvers<void>();
      gates.set(id, gate);
      events.push(`${id} begins`);
      await gate.promise;
      events.push(`${id} ends`);
    });
    await bot.init();
    const handle = webhookCallback(bot);
    const inChat = (id: number, chat: number) => {
      const { message } = update(id);
      return post({ update_id: id, message: { ...message, chat: { ...message!.chat, id: chat } } });
    };
    const answers = [inChat(1, 1), inChat(2, 1), inChat(3, 2)].map((init) =>
      handle(new Request("http://bot/", init))
    );
    const begun = async (id: number) => {
      while (!gates.has(id)) await new Promise((resolve) => setTimeout(resolve));
      gates.get(id)!.resolve();
    };
    await begun(3);
    await answers[2];
    assert.ok(!gates.has(2), "the second of chat 1 waits for the first");
    await begun(1);
    await begun(2);
    for (const answer of answers) assert.equal((await answer).status, 200);
    assert.ok(events.indexOf("1 ends") < events.indexOf("2 begins"), events.join(", "));
  });
});

test("an update that comes to two callbacks of a bot is handled once", async () => {
  await withSimulator(async (sim) => {
    const bot = botOf(sim);
    let handled = 0;
    bot.on("message", () => void handled++);
    const first = webhookCallback(bot, "std/http", { secretToken: secret });
    const second = webhookCallback(bot, "std/http", { secretToken: "another", timeoutSeconds: 3 });
    const request = (token: string) =>
      new Request("http://bot/", post(update(1), { "x-telegram-bot-api-secret-token": token }));
    assert.equal((await first(request(secret))).status, 200);
    assert.equal((await second(request("another"))).status, 200);
    assert.equal((await second(request(secret))).status, 401);
    assert.equal(handled, 1);
  });
});

test("the callback of a runner keeps to the runner's secret, and to its end", async () => {
  await withSimulator(async (sim) => {
    const bot = botOf(sim);
    let handled = 0;
    bot.on("message", () => void handled++);
    const runner = run(bot, { updater: "webhooks", secretToken: secret });
    await whileListening(webhookCallback(runner, "http"), async (url) => {
      assert.equal((await send(url, post(update(1)))).status, 200);
      const wrong = post(update(2), { "x-telegram-bot-api-secret-token": "wrong" });
      assert.equal((await send(url, wrong)).status, 401);
      await runner.stop();
      const { status, headers } = await send(url, post(update(2)));
      assert.equal(status, 503);
      assert.ok(headers.has("retry-after"));
    });
    assert.equal(handled, 1);
  });
});

test("grammY's older order of parameters is understood", async () => {
  await withSimulator(async (sim) => {
    const bot = botOf(sim);
    const gate = Promise.withResolvers<void>();
    bot.on("message", () => gate.promise);
    await logged(async () => {
      const handle = webhookCallback(bot, "std/http", "return", 5, secret);
      const { status } = await handle(new Request("http://bot/", post(update(1))));
      assert.equal(status, 200);
      const { method, body } = post(update(2));
      assert.equal((await handle(new Request("http://bot/", { method, body }))).status, 401);
      gate.resolve();
    });
  });
});

test("a bot has either a webhook callback or polling", async () => {
  await withSimulator(async (sim) => {
    const bot = botOf(sim);
    webhookCallback(bot);
    await assert.rejects(bot.start(), /already running, by webhookCallback\(bot\)/);
    assert.throws(() => run(bot), /already running, by webhookCallback\(bot\)/);

    const other = botOf(sim);
    const runner = run(other, { updater: "webhooks" });
    assert.throws(() => webhookCallback(other), /already running, by run\(bot\)/);
    await runner.stop();
  });
});

test("wrong parameters are refused with what would be right", () => {
  const bot = new Bot("123456:token");
  assert.throws(
    () => webhookCallback(bot, "aws-lambda" as never),
    /must be one of bun, .*express, fastify, hono, .* or a function, given "aws-lambda"/,
  );
  assert.throws(() => webhookCallback({} as never), /for a Bot, or for a runner of run\(bot/);
  assert.throws(() => webhookCallback(undefined as never), /given undefined/);
  const both = { timeoutSeconds: 1, timeoutMilliseconds: 1000 };
  assert.throws(() => webhookCallback(bot, "http", both), /Leave out one of the two/);
  assert.throws(
    () => webhookCallback(bot, "http", "wait" as never),
    /"throw", "return" or a function, given "wait"/,
  );
  assert.throws(() => webhookCallback(bot, "http", { timeoutSeconds: 0 }), RangeError);
});
