import type {
  Message,
  MessageEntity,
  MessageReactionUpdated,
  ReactionType,
  ReactionTypeEmoji,
} from "../api/types.ts";

/** What `ctx.reactions()` returns: the reactions of one user to one message, and what changed. */
export interface Reactions {
  /** Emoji that the user's reaction now has. */
  emoji: ReactionTypeEmoji["emoji"][];
  /** Emoji that the user has added. */
  emojiAdded: ReactionTypeEmoji["emoji"][];
  /** Emoji that were there before and still are. */
  emojiKept: ReactionTypeEmoji["emoji"][];
  /** Emoji that the user has taken away. */
  emojiRemoved: ReactionTypeEmoji["emoji"][];
  /** Identifiers of the custom emoji that the user's reaction now has. */
  customEmoji: string[];
  /** Identifiers of the custom emoji that the user has added. */
  customEmojiAdded: string[];
  /** Identifiers of the custom emoji that were there before and still are. */
  customEmojiKept: string[];
  /** Identifiers of the custom emoji that the user has taken away. */
  customEmojiRemoved: string[];
  /** Whether the user's reaction now has a paid one. */
  paid: boolean;
  /** Whether the user has added a paid reaction. */
  paidAdded: boolean;
  /** Whether the user has taken away the paid reaction. */
  paidRemoved: boolean;
}

/** Compares the old and the new reaction. Without a change of reactions, everything is empty. */
export function reactionsOf(changed: MessageReactionUpdated | undefined): Reactions {
  const [before, after] = [sort(changed?.old_reaction), sort(changed?.new_reaction)];
  return {
    emoji: after.emoji,
    emojiAdded: without(after.emoji, before.emoji),
    emojiKept: both(after.emoji, before.emoji),
    emojiRemoved: without(before.emoji, after.emoji),
    customEmoji: after.customEmoji,
    customEmojiAdded: without(after.customEmoji, before.customEmoji),
    customEmojiKept: both(after.customEmoji, before.customEmoji),
    customEmojiRemoved: without(before.customEmoji, after.customEmoji),
    paid: after.paid,
    paidAdded: after.paid && !before.paid,
    paidRemoved: before.paid && !after.paid,
  };
}

function sort(reactions: ReactionType[] = []) {
  const emoji: ReactionTypeEmoji["emoji"][] = [];
  const customEmoji: string[] = [];
  let paid = false;
  for (const reaction of reactions) {
    if (reaction.type === "emoji") emoji.push(reaction.emoji);
    else if (reaction.type === "custom_emoji") customEmoji.push(reaction.custom_emoji_id);
    else if (reaction.type === "paid") paid = true;
  }
  return { emoji, customEmoji, paid };
}

function without<T>(list: T[], other: T[]): T[] {
  return list.filter((item) => !other.includes(item));
}

function both<T>(list: T[], other: T[]): T[] {
  return list.filter((item) => other.includes(item));
}

/** The entities of a text or caption, each with its part of the text. */
export function entitiesOf(
  message: Message | undefined,
  types?: string | string[],
): (MessageEntity & { text: string })[] {
  const text = message?.text ?? message?.caption;
  if (message === undefined || text === undefined) return [];
  let entities = (message.text === undefined ? message.caption_entities : message.entities) ?? [];
  if (types !== undefined) {
    const wanted = [types].flat();
    entities = entities.filter((entity) => wanted.includes(entity.type));
  }
  // Offsets count UTF-16 code units (Bot API, MessageEntity), as slice does.
  return entities.map((entity) => ({
    ...entity,
    text: text.slice(entity.offset, entity.offset + entity.length),
  }));
}
