import "../lib/quiet.ts";
import { run, sequentialize } from "@grammyjs/runner";
import { Bot } from "grammy";
import { botInfo, token } from "../lib/updates.ts";
import { apiRoot, Drain } from "./drained.ts";

const bot = new Bot(token, { botInfo, client: { apiRoot } });
const drain = new Drain();
bot.use(sequentialize((ctx) => ctx.chat?.id.toString()));
bot.use((ctx) => drain.handle(ctx.update));

run(bot);
await drain.report();
