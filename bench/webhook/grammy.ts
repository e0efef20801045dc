import "../lib/quiet.ts";
import { Bot, webhookCallback } from "grammy";
import { botInfo, token } from "../lib/updates.ts";
import { handler, runtime, secretToken, serveFetch, serveNode } from "./serve.ts";

const bot = new Bot(token, { botInfo });
bot.use(handler);

if (runtime === "node") serveNode(webhookCallback(bot, "http", { secretToken }));
else if (runtime === "bun") serveFetch(webhookCallback(bot, "bun", { secretToken }));
else serveFetch(webhookCallback(bot, "std/http", { secretToken }));
