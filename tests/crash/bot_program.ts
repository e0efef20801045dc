/**
 * The program that the tests of this folder kill: the bot of the README, as a process of its own. Its
 * one argument is a {@linkcode Program} as JSON. It prints "ready", with its port if it has one.
 */
import {
  Bot,
  type Context,
  run,
  session,
  type SessionFlavor,
  webhookCallback,
} from "@tramline/tramline";
import { sqliteStore } from "@tramline/tramline/sqlite";
import { Random } from "#src/testing/random.ts";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import type { Program } from "./bot_process.ts";

type MyContext = Context & SessionFlavor<{ count: number }>;

const program: Program = JSON.parse(process.argv[2]!);
const random = new Random(program.seed);
const store = program.file === undefined ? undefined : sqliteStore(program.file);

const bot = new Bot<MyContext>(program.token, { client: { apiRoot: program.apiRoot } });
// The simulator keeps it with the call, as Telegram does not: so the test knows who has called.
bot.api.config.use((prev, method, payload, signal) => {
  return prev(method, { ...payload, life: program.life } as typeof payload, signal);
});
bot.use(session({ initial: () => ({ count: 0 }) }));
bot.on("message:text", async (ctx) => {
  if (ctx.message.text === program.poison) process.kill(process.pid, "SIGKILL");
  // Read, wait, write back: any two at once would lose a count.
  const { count } = ctx.session;
  await pause();
  ctx.session.count = count + 1;
  await ctx.reply(`#${count + 1}: ${ctx.message.text}`);
  await pause();
});

/** Half of the time a handler takes, so that kills hit it before and after its reply. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, (random.next() * program.handlerMilliseconds) / 2);
  });
}

async function main(): Promise<void> {
  const stopped = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  if (program.intake === "webhooks") await serve(stopped);
  else await poll(stopped);
  await store?.close();
}

async function poll(stopped: Promise<unknown>): Promise<void> {
  if (program.intake === "start") {
    const running = bot.start({ onStart: () => console.log("ready") });
    await stopped;
    await bot.stop();
    return await running;
  }
  const { concurrency, leaseSeconds, drainSeconds } = program;
  const runner = store !== undefined
    ? run(bot, { store, concurrency, leaseSeconds, drainSeconds })
    : run(bot, { confirm: program.intake === "handled" ? "handled" : "fetched", drainSeconds });
  console.log("ready");
  await stopped;
  await runner.stop();
}

async function serve(stopped: Promise<unknown>): Promise<void> {
  const { concurrency, leaseSeconds, drainSeconds } = program;
  const runner = store !== undefined
    ? run(bot, { updater: "webhooks", store, concurrency, leaseSeconds, drainSeconds })
    : run(bot, { updater: "webhooks", drainSeconds });
  const server = createServer(webhookCallback(runner, "http"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  console.log(`ready ${(server.address() as AddressInfo).port}`);
  await stopped;
  await runner.stop();
  server.close();
  server.closeAllConnections();
}

await main();
