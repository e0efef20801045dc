/**
 * The package in a CommonJS program on Node: `require` works, because the package has no top-level await.
 *
 * Run it with `BOT_TOKEN=… node examples/node_commonjs.cjs` where the package is installed.
 */
const { Bot, run } = require("@tramline/tramline");
const process = require("node:process");

const bot = new Bot(process.env.BOT_TOKEN ?? "", {
  client: { apiRoot: process.env.BOT_API_ROOT },
});

bot.command("start", (ctx) => ctx.reply("Hi from CommonJS!"));
bot.on("message:text", (ctx) => ctx.reply(ctx.message.text));

const runner = run(bot);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => runner.stop());
