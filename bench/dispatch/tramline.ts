import { Bot } from "@tramline/tramline";
import { botInfo, token } from "../lib/updates.ts";
import type { MakeBot } from "./workload.ts";

export const makeBot: MakeBot = (listeners, handled) => {
  const bot = new Bot(token, { botInfo });
  for (const listener of listeners) {
    switch (listener.kind) {
      case "command":
        bot.command(listener.trigger, handled);
        break;
      case "hears":
      case "hearsPattern":
        bot.hears(listener.trigger, handled);
        break;
      case "callbackQuery":
        bot.callbackQuery(listener.trigger, handled);
        break;
      case "text":
        bot.on("message:text", handled);
    }
  }
  return (update) => bot.handleUpdate(update);
};
