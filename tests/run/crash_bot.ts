/**
 * The bot of `crash.test.ts`, in a process of its own, so that it can be killed.
 *
 * Arguments: how it runs, the token, the API root, a text whose handler never ends, and for webhooks the
 * port, if it has one already. It prints "begin TEXT" and "end TEXT" for each update.
 */
import { Bot, run, webhookCallback } from "@tramline/tramline";
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
  // Updates come before the answer to setWebhook may: the port is known before them.
  console.log(`port ${address.port}`);
  await bot.api.setWebhook(`http://127.0.0.1:${address.port}`);
}

if (how === "bot.start") void bot.start();
else if (how === "run") run(bot);
else if (how === "run, confirm handled") run(bot, { confirm: "handled" });
else await takeWebhooks();
