/**
 * A bot behind a webhook: Telegram posts each update to an HTTP server.
 *
 * Run it offline with `deno task example webhook`. On Telegram it needs the public HTTPS address under
 * which this server can be reached: `PUBLIC_URL=https://bot.example.org BOT_TOKEN=… deno task example webhook`.
 */
import { Bot, run } from "@tramline/tramline";
import process from "node:process";
import { serve } from "srvx";

const bot = new Bot(process.env.BOT_TOKEN ?? "", {
  client: { apiRoot: process.env.BOT_API_ROOT },
});
bot.command("start", (ctx) => ctx.reply("I come by webhook."));
bot.on("message:text", (ctx) => ctx.reply(ctx.message.text.toUpperCase()));

// Telegram sends this secret with every update, so that nobody else can post updates to the bot.
const secretToken = crypto.randomUUID();
export const runner = run(bot, { updater: "webhooks", secretToken });

const server = serve({
  port: Number(process.env.PORT ?? 0),
  hostname: process.env.HOST ?? "127.0.0.1",
  fetch: (request) => runner.fetch(request),
  silent: true,
  gracefulShutdown: false,
});
await server.ready();
await bot.api.setWebhook(process.env.PUBLIC_URL ?? server.url ?? "", { secret_token: secretToken });

async function stop(): Promise<void> {
  await runner.stop();
  await server.close();
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
