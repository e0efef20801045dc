/** The same bot with what `run` adds: order within a chat, bounded concurrency, draining. */
import { Bot, run, webhookCallback } from "@tramline/tramline";
import { botInfo, token } from "../lib/updates.ts";
import { handler, runtime, secretToken, serveFetch, serveNode } from "./serve.ts";

const bot = new Bot(token, { botInfo });
bot.use(handler);
const runner = run(bot, { updater: "webhooks", secretToken });

if (runtime === "node") serveNode(webhookCallback(runner, "http"));
else serveFetch((request) => runner.fetch(request));
