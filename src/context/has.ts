import type { Chat, ReactionType, ReactionTypeEmoji, Update } from "../api/types.ts";
import { describe } from "../base/describe.ts";
import type { Context } from "./context.ts";
import { type FilterQuery, matchFilter } from "./filter.ts";
import type { Filter } from "./filter_types.ts";
import type {
  CallbackQueryContext,
  ChatTypeContext,
  ChosenInlineResultContext,
  CommandContext,
  GameQueryContext,
  HearsContext,
  InlineQueryContext,
  PreCheckoutQueryContext,
  ReactionContext,
  ShippingQueryContext,
} from "./narrowed.ts";

/** One value, or a list of which one has to match. */
export type MaybeArray<T> = T | T[];

/** A command: any string, with those that Telegram knows offered for completion. */
export type StringWithCommandSuggestions =
  | (string & Record<never, never>)
  | "start"
  | "help"
  | "settings"
  | "privacy"
  | "developer_info";

/** @internal */
type Trigger = MaybeArray<string | RegExp>;

/** Predicates for contexts, one for each way to register a handler. They set `ctx.match`. */
export interface StaticHas {
  /** The update matches a filter query, as in `bot.on`. */
  filterQuery<Q extends FilterQuery>(
    filter: Q | Q[],
  ): <C extends Context>(ctx: C) => ctx is Filter<C, Q>;
  /** The text or caption of a message or channel post matches, as in `bot.hears`. */
  text(trigger: Trigger): <C extends Context>(ctx: C) => ctx is HearsContext<C>;
  /** A message or channel post begins with the command, as in `bot.command`. */
  command(
    command: MaybeArray<StringWithCommandSuggestions>,
  ): <C extends Context>(ctx: C) => ctx is CommandContext<C>;
  /** The reaction was added to a message, as in `bot.reaction`. */
  reaction(
    reaction: MaybeArray<ReactionTypeEmoji["emoji"] | ReactionType>,
  ): <C extends Context>(ctx: C) => ctx is ReactionContext<C>;
  /** The chat is of the type, as in `bot.chatType`. */
  chatType<T extends Chat["type"]>(
    chatType: MaybeArray<T>,
  ): <C extends Context>(ctx: C) => ctx is ChatTypeContext<C, T>;
  /** The data of the pressed button matches, as in `bot.callbackQuery`. */
  callbackQuery(trigger: Trigger): <C extends Context>(ctx: C) => ctx is CallbackQueryContext<C>;
  /** The game whose button was pressed matches, as in `bot.gameQuery`. */
  gameQuery(trigger: Trigger): <C extends Context>(ctx: C) => ctx is GameQueryContext<C>;
  /** The text of the inline query matches, as in `bot.inlineQuery`. */
  inlineQuery(trigger: Trigger): <C extends Context>(ctx: C) => ctx is InlineQueryContext<C>;
  /** The identifier of the chosen inline result matches, as in `bot.chosenInlineResult`. */
  chosenInlineResult(
    trigger: Trigger,
  ): <C extends Context>(ctx: C) => ctx is ChosenInlineResultContext<C>;
  /** The payload of the invoice matches, as in `bot.preCheckoutQuery`. */
  preCheckoutQuery(
    trigger: Trigger,
  ): <C extends Context>(ctx: C) => ctx is PreCheckoutQueryContext<C>;
  /** The payload of the invoice matches, as in `bot.shippingQuery`. */
  shippingQuery(trigger: Trigger): <C extends Context>(ctx: C) => ctx is ShippingQueryContext<C>;
}

/** The implementation of `Context.has`. */
export const has: StaticHas = {
  filterQuery: (filter) => matchFilter(filter) as never,
  text: triggered("text", ({ message, channel_post }) => {
    const msg = message ?? channel_post;
    return msg?.text ?? msg?.caption;
  }),
  command,
  reaction,
  chatType,
  callbackQuery: triggered("callback query", (update) => update.callback_query?.data),
  gameQuery: triggered("game query", (update) => update.callback_query?.game_short_name),
  inlineQuery: triggered("inline query", (update) => update.inline_query?.query),
  chosenInlineResult: triggered(
    "chosen inline result",
    (update) => update.chosen_inline_result?.result_id,
  ),
  preCheckoutQuery: triggered(
    "pre-checkout query",
    (update) => update.pre_checkout_query?.invoice_payload,
  ),
  shippingQuery: triggered("shipping query", (update) => update.shipping_query?.invoice_payload),
};

/** Makes a kind of predicate that compares one text of an update with strings and expressions. */
function triggered(
  what: string,
  read: (update: Update) => string | undefined,
): (trigger: Trigger) => <C extends Context, D extends C>(ctx: C) => ctx is D {
  return (trigger) => {
    const triggers = [trigger].flat();
    for (const one of triggers) {
      if (typeof one === "string" || one instanceof RegExp) continue;
      throw new TypeError(
        `Cannot match a ${what}: a trigger must be a string or a regular expression, given ${
          describe(one)
        }.`,
      );
    }
    return <C extends Context, D extends C>(ctx: C): ctx is D => {
      const text = read(ctx.update);
      if (text === undefined) return false;
      for (const one of triggers) {
        if (typeof one === "string") {
          if (one !== text) continue;
          ctx.match = one;
          return true;
        }
        // A sticky expression would go on where it ended in the text of somebody else.
        one.lastIndex = 0;
        const match = text.match(one);
        if (match === null) continue;
        ctx.match = match;
        return true;
      }
      return false;
    };
  };
}

/**
 * Telegram marks commands as entities; only one at the very beginning of a text counts. It may be
 * addressed to a bot: `/start@its_name` (usernames are compared without regard to case).
 */
function command(
  command: MaybeArray<StringWithCommandSuggestions>,
): <C extends Context>(ctx: C) => ctx is CommandContext<C> {
  const names = new Set<string>();
  const addressed = new Set<string>();
  for (const one of [command].flat() as unknown[]) {
    requireCommand(one);
    const [name, bot] = one.split("@", 2) as [string, string?];
    if (bot === undefined) names.add(name);
    else addressed.add(`${name}@${bot.toLowerCase()}`);
  }
  return <C extends Context>(ctx: C): ctx is CommandContext<C> => {
    const message = ctx.update.message ?? ctx.update.channel_post;
    const text = message?.text;
    if (text === undefined || message?.entities === undefined) return false;
    for (const { type, offset, length } of message.entities) {
      if (type !== "bot_command" || offset !== 0) continue;
      const [name = "", bot] = text.slice(1, length).split("@", 2);
      if (bot !== undefined && bot.toLowerCase() !== ctx.me.username.toLowerCase()) return false;
      const matches = names.has(name) ||
        (bot !== undefined && addressed.has(`${name}@${bot.toLowerCase()}`));
      if (matches) ctx.match = text.slice(length).trim();
      return matches;
    }
    return false;
  };
}

function requireCommand(command: unknown): asserts command is string {
  if (typeof command !== "string") {
    throw new TypeError(
      `Cannot match a command: it must be a string, given ${
        describe(command)
      }. For regular expressions use hears.`,
    );
  }
  if (command === "" || command.startsWith("/")) {
    throw new RangeError(
      `Cannot match the command ${describe(command)}: give its name without the slash${
        command.length > 1 ? `, ${describe(command.slice(1))}` : ""
      }.`,
    );
  }
}

/** Only what was added counts: not what was there before, nor what was taken away. */
function reaction(
  reaction: MaybeArray<ReactionTypeEmoji["emoji"] | ReactionType>,
): <C extends Context>(ctx: C) => ctx is ReactionContext<C> {
  const wanted = new Set(
    [reaction].flat().map((one) => typeof one === "string" ? one : idOf(one)),
  );
  return <C extends Context>(ctx: C): ctx is ReactionContext<C> => {
    const changed = ctx.update.message_reaction;
    if (changed === undefined) return false;
    const before = new Set(changed.old_reaction.map(idOf));
    return changed.new_reaction.map(idOf).some((id) => wanted.has(id) && !before.has(id));
  };
}

function idOf(reaction: ReactionType): string {
  switch (reaction.type) {
    case "emoji":
      return reaction.emoji;
    case "custom_emoji":
      return `custom ${reaction.custom_emoji_id}`;
    case "paid":
      return "paid";
  }
}

function chatType<T extends Chat["type"]>(
  chatType: MaybeArray<T>,
): <C extends Context>(ctx: C) => ctx is ChatTypeContext<C, T> {
  const types = new Set<string | undefined>([chatType].flat());
  return <C extends Context>(ctx: C): ctx is ChatTypeContext<C, T> => types.has(ctx.chat?.type);
}
