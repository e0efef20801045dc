import { Bot, run } from "@tramline/tramline";
import { botInfo, token } from "../lib/updates.ts";
import { apiRoot, Drain } from "./drained.ts";

const bot = new Bot(token, { botInfo, client: { apiRoot } });
const drain = new Drain();
bot.use((ctx) => drain.handle(ctx.update));

run(bot);
await drain.report();
