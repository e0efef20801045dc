/**
 * A menu of buttons under one message, which changes as they are pressed.
 *
 * Run it offline with `deno task example keyboard_menu`.
 */
import {
  Bot,
  type Context,
  InlineKeyboard,
  run,
  session,
  type SessionFlavor,
} from "@tramline/tramline";
import process from "node:process";

interface Order {
  pizzas: number;
}
type MyContext = Context & SessionFlavor<Order>;

const bot = new Bot<MyContext>(process.env.BOT_TOKEN ?? "", {
  client: { apiRoot: process.env.BOT_API_ROOT },
});
bot.use(session({ initial: (): Order => ({ pizzas: 0 }) }));

const menu = new InlineKeyboard()
  .text("One more", "more").text("One less", "less").row()
  .text("Order", "order");

function basket(order: Order): string {
  return order.pizzas === 1 ? "1 pizza in your basket." : `${order.pizzas} pizzas in your basket.`;
}

bot.command("start", (ctx) => ctx.reply(basket(ctx.session), { reply_markup: menu }));

bot.callbackQuery("more", async (ctx) => {
  ctx.session.pizzas++;
  await ctx.editMessageText(basket(ctx.session), { reply_markup: menu });
  await ctx.answerCallbackQuery();
});

bot.callbackQuery("less", async (ctx) => {
  if (ctx.session.pizzas === 0) {
    await ctx.answerCallbackQuery("Your basket is empty already.");
    return;
  }
  ctx.session.pizzas--;
  await ctx.editMessageText(basket(ctx.session), { reply_markup: menu });
  await ctx.answerCallbackQuery();
});

bot.callbackQuery("order", async (ctx) => {
  const ordered = basket(ctx.session).replace("in your basket", "on the way");
  ctx.session.pizzas = 0;
  await ctx.editMessageText(ordered);
  await ctx.answerCallbackQuery("Thank you!");
});

export const runner = run(bot);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => runner.stop());
