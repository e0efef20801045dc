import "../lib/quiet.ts";
import { Bot, webhookHandler } from "gramio";
import { botInfo, token } from "../lib/updates.ts";
import { handler, runtime, secretToken, serveFetch, serveNode } from "./serve.ts";

const bot = new Bot(token, { info: botInfo });
bot.on("message", handler);

// As the others do, it answers once the update is handled.
const options = { secretToken, shouldWait: true };
if (runtime === "node") serveNode(webhookHandler(bot, "http", options));
else if (runtime === "bun") serveFetch(webhookHandler(bot, "Bun.serve", options));
else serveFetch(webhookHandler(bot, "std/http", options));
