/**
 * What newcomers do wrong, one for each name that `bad_input.test.ts` gives as the argument. Nothing
 * is caught here: the test reads what the runtime prints.
 */
import { Bot, type Context, InputFile, run, session, type SessionFlavor } from "@tramline/tramline";
import type { Update } from "@tramline/tramline/types";
import process from "node:process";

const [mistake = "", token = "", apiRoot] = process.argv.slice(2);

type MyContext = Context & SessionFlavor<{ count: number }>;

function newBot(): Bot<MyContext> {
  const me = { id: 1, is_bot: true, first_name: "Bot", username: "some_bot" };
  return new Bot<MyContext>(token, { client: { apiRoot }, botInfo: me as Bot["botInfo"] });
}

const update: Update = {
  update_id: 1,
  message: {
    message_id: 1,
    date: 1,
    chat: { id: 1, type: "private", first_name: "Alice" },
    from: { id: 1, is_bot: false, first_name: "Alice" },
    text: "hello",
  },
};

const mistakes: Record<string, () => unknown> = {
  "an empty token": () => new Bot(process.env.NO_SUCH_VARIABLE ?? ""),
  "a wrong filter query": () => newBot().on("message:txt" as "message:text", () => {}),
  "a middleware that is not a function": () => newBot().command("start", "Hi!" as never),
  "run twice": () => {
    const bot = newBot();
    run(bot);
    run(bot);
  },
  "a session read without a session key": async () => {
    const bot = newBot();
    bot.use(session({ initial: () => ({ count: 0 }), getSessionKey: () => undefined }));
    bot.on("message", (ctx) => void ctx.session.count++);
    await bot.handleUpdate(update);
  },
  "an InputFile with a missing path": () => newBot().api.sendPhoto(1, new InputFile("no/cat.jpg")),
  "an API root that does not answer": () => newBot().api.getMe(),
  "an API root that does not answer, in a handler": async () => {
    const bot = newBot();
    bot.on("message", (ctx) => ctx.reply("Hi!"));
    await bot.handleUpdate(update);
  },
  "everything is printed": async () => {
    const bot = newBot();
    bot.on("message", (ctx) => ctx.reply("Hi!"));
    bot.catch(({ ctx, error }) => {
      for (const value of [bot, bot.api, ctx, ctx.api, error]) {
        console.log(value);
        console.dir(value, { depth: 30, showHidden: true });
        console.log(JSON.stringify(value));
        console.log(`${value}`);
      }
    });
    await bot.handleUpdate(update).catch((error) => {
      console.log(error, { error }, JSON.stringify(error));
      return bot.errorHandler(error);
    });
  },
};

await mistakes[mistake]!();
