/**
 * The program for a busy bot: many updates at once, sessions that never lose a write.
 *
 * `run` keeps the updates of a chat in order by itself. `sequentialize` is here because every such
 * program shows it, and for the day when an update needs more than its chat's order: it may return
 * several keys.
 *
 * Run it offline with `deno task example high_load`.
 */
import {
  Bot,
  type Context,
  run,
  sequentialize,
  session,
  type SessionFlavor,
} from "@tramline/tramline";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";

interface SessionData {
  count: number;
}
type MyContext = Context & SessionFlavor<SessionData>;

const bot = new Bot<MyContext>(process.env.BOT_TOKEN ?? "", {
  client: { apiRoot: process.env.BOT_API_ROOT },
});

function chatKey(ctx: Pick<Context, "chatId">): string | undefined {
  return ctx.chatId?.toString();
}

bot.use(sequentialize(chatKey));
bot.use(session({ getSessionKey: chatKey, initial: (): SessionData => ({ count: 0 }) }));

bot.command("start", (ctx) => ctx.reply("I count your messages, however fast you send them."));
bot.on("message:text", async (ctx) => {
  // Reading, waiting and writing back: without order within the chat this would lose counts.
  const count = ctx.session.count;
  await delay(20 + 180 * Math.random());
  ctx.session.count = count + 1;
  await ctx.reply(`Message ${ctx.session.count}: ${ctx.message.text}`);
});

bot.catch((error) => console.error("A handler failed:", error.error));

export const runner = run(bot, { concurrency: 500 });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => runner.stop());
