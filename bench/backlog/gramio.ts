import "../lib/quiet.ts";
import { Bot } from "gramio";
import { botInfo, token } from "../lib/updates.ts";
import { apiRoot, Drain } from "./drained.ts";

const bot = new Bot(token, { info: botInfo, api: { baseURL: `${apiRoot}/bot` } });
const drain = new Drain();
bot.on("message", (ctx) => drain.handle(ctx.update as Parameters<typeof drain.handle>[0]));

bot.start();
await drain.report();
