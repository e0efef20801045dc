import "../lib/quiet.ts";
import { Telegraf } from "telegraf";
import { botInfo, token } from "../lib/updates.ts";
import { apiRoot, Drain } from "./drained.ts";

const bot = new Telegraf(token, { telegram: { apiRoot } });
bot.botInfo = botInfo;
const drain = new Drain();
bot.use((ctx) => drain.handle(ctx.update as Parameters<typeof drain.handle>[0]));

bot.launch().catch(() => {}); // it ends with an error when the process does
await drain.report();
