/**
 * The bot of `crash.test.ts`, in a process of its own, so that it can be killed.
 *
 * Arguments: how it runs, the token, the API root, a text whose handler never ends, and for webhooks the
 * port, if it has one already. It prints "begin TEXT" and "end TEXT" for each update.
 */
import { ApiError, Bot, run, webhookCallback } from "@tramline/tramline";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";

const [how = "", token = "", apiRoot, endless, port] = process.argv.slice(2);
const bot = new Bot(token, { client: { apiRoot } });

bot.on("message:text", async (ctx) => {
  console.log(`begin ${ctx.msg.text}`);
  if (ctx.msg.text === endless) await new Promise(() => {});
  console.log(`end ${ctx.msg.text}`);
});

async function takeWebhooks(): Promise<void> {
  const server = createServer(webhookCallback(run(bot, { updater: "webhooks" }), "http"));
  await new Promise<void>((resolve) => server.listen(Number(port ?? 0), "127.0.0.1", resolve));
  if (port !== undefined) return;
  const address = server.address() as AddressInfo;
  await setWebhook(`http://127.0.0.1:${address.port}`);
  console.log(`port ${address.port}`);
}

/** A runtime may send a request again over a new connection; Telegram takes one setWebhook a second. */
async function setWebhook(url: string): Promise<void> {
  try {
    await bot.api.setWebhook(url);
  } catch (error) {
    const seconds = error instanceof ApiError ? error.parameters.retry_after : undefined;
    if (seconds === undefined) throw error;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    await setWebhook(url);
  }
}

if (how === "bot.start") void bot.start();
else if (how === "run") run(bot);
else if (how === "run, confirm handled") run(bot, { confirm: "handled" });
else await takeWebhooks();
