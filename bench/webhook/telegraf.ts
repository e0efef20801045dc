/** Telegraf knows `node:http` only; Deno and Bun have that too. */
import "../lib/quiet.ts";
import { Telegraf } from "telegraf";
import { botInfo, token } from "../lib/updates.ts";
import { handler, secretToken, serveNode } from "./serve.ts";

const bot = new Telegraf(token);
bot.botInfo = botInfo;
bot.use(handler);

serveNode(bot.webhookCallback("/", { secretToken }));
