import type { Context } from "../../context/context.ts";
import { compileFilter } from "../../context/filter.ts";
import type { FilterQuery } from "../../context/filter_query.ts";
import type { Chat, ReactionType, ReactionTypeEmoji } from "../../api/types.ts";
import { has, type MaybeArray } from "../../context/has.ts";
import { keyOf } from "./key.ts";
import type { Guard } from "./link.ts";

type Trigger = MaybeArray<string | RegExp>;

/** The guard of `on`. */
export function filterGuard(filter: FilterQuery | FilterQuery[]): Guard {
  const { kinds, matches } = compileFilter(filter);
  return { reach: { kinds }, test: matches };
}

/** The guard of `hears`. */
export function textGuard(trigger: Trigger): Guard {
  return triggerGuard([":text", ":caption"], trigger, has.text(trigger));
}

/** The guard of `command`. */
export function commandGuard(command: MaybeArray<string>): Guard {
  const { kinds } = compileFilter(":entities:bot_command");
  const keys = new Set([command].flat().map((name) => keyOf(`/${name}`)));
  return { reach: { kinds, keys }, test: has.command(command) };
}

/** The guard of `reaction`. */
export function reactionGuard(
  reaction: MaybeArray<ReactionTypeEmoji["emoji"] | ReactionType>,
): Guard {
  const { kinds } = compileFilter("message_reaction");
  return { reach: { kinds }, test: has.reaction(reaction) };
}

/** The guard of `chatType`. */
export function chatTypeGuard(chatType: MaybeArray<Chat["type"]>): Guard {
  return { reach: {}, test: has.chatType(chatType) };
}

/** The guard of `callbackQuery`. */
export function callbackQueryGuard(trigger: Trigger): Guard {
  return triggerGuard("callback_query:data", trigger, has.callbackQuery(trigger));
}

/** The guard of `gameQuery`. */
export function gameQueryGuard(trigger: Trigger): Guard {
  return triggerGuard("callback_query:game_short_name", trigger, has.gameQuery(trigger));
}

/** The guard of `inlineQuery`. */
export function inlineQueryGuard(trigger: Trigger): Guard {
  return triggerGuard("inline_query", trigger, has.inlineQuery(trigger));
}

/** The guard of `chosenInlineResult`. */
export function chosenInlineResultGuard(trigger: Trigger): Guard {
  return triggerGuard("chosen_inline_result", trigger, has.chosenInlineResult(trigger));
}

/** The guard of `preCheckoutQuery`. */
export function preCheckoutQueryGuard(trigger: Trigger): Guard {
  return triggerGuard("pre_checkout_query", trigger, has.preCheckoutQuery(trigger));
}

/** The guard of `shippingQuery`. */
export function shippingQueryGuard(trigger: Trigger): Guard {
  return triggerGuard("shipping_query", trigger, has.shippingQuery(trigger));
}

/** A guard for the text of updates that pass `filter`. A regular expression may match any text. */
function triggerGuard(
  filter: FilterQuery | FilterQuery[],
  trigger: Trigger,
  test: (ctx: Context) => boolean,
): Guard {
  const { kinds } = compileFilter(filter);
  const triggers = [trigger].flat();
  const literals = triggers.filter((one) => typeof one === "string");
  if (literals.length < triggers.length) return { reach: { kinds }, test };
  return { reach: { kinds, keys: new Set(literals.map(keyOf)) }, test };
}
