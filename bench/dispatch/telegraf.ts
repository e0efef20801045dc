import { Telegraf } from "telegraf";
import { message } from "telegraf/filters";
import { botInfo, token } from "../lib/updates.ts";
import type { MakeBot } from "./workload.ts";

export const makeBot: MakeBot = (listeners, handled) => {
  const bot = new Telegraf(token);
  bot.botInfo = botInfo;
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
        bot.action(listener.trigger, handled);
        break;
      case "text":
        bot.on(message("text"), handled);
    }
  }
  return (update) => bot.handleUpdate(update as Parameters<typeof bot.handleUpdate>[0]);
};
