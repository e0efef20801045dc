import type { ReactionType } from "../api/types.ts";
import type { ChatState } from "./chat_state.ts";

/** Notes what a user's or bot's reaction is now; returns what it was. */
export function setReaction(
  chat: ChatState,
  messageId: number,
  userId: number,
  reaction: ReactionType[],
): ReactionType[] {
  let reactions = chat.reactions.get(messageId);
  if (reactions === undefined) chat.reactions.set(messageId, reactions = new Map());
  const old = reactions.get(userId) ?? [];
  if (reaction.length === 0) reactions.delete(userId);
  else reactions.set(userId, reaction);
  return old;
}
