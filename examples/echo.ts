/**
 * The smallest bot: it says back what it hears.
 *
 * Run it offline with `deno task example echo`, or on Telegram with
 * `BOT_TOKEN=… deno task example echo`.
 */
import { Bot, run } from "@tramline/tramline";
import process from "node:process";

const bot = new Bot(process.env.BOT_TOKEN ?? "", {
  client: { apiRoot: process.env.BOT_API_ROOT },
});

bot.command("start", (ctx) => ctx.reply(`Hi ${ctx.from?.first_name}! Say something.`));
bot.on("message:text", (ctx) => ctx.reply(`You said: ${ctx.message.text}`));
bot.on("message", (ctx) => ctx.reply("I only understand text."));

export const runner = run(bot);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => runner.stop());
