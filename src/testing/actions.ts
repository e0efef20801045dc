import type { Message, ReactionType, User } from "../api/types.ts";
import { describe } from "../base/describe.ts";
import type { ChatState } from "./chat_state.ts";
import { contentOf, type UserContent } from "./content.ts";
import { placeOf } from "./explain.ts";
import { setReaction } from "./reactions.ts";
import { nameOf } from "./transcript.ts";
import type { World } from "./world.ts";

/** A message, or whatever has its id. */
export type MessageTarget = Pick<Message, "message_id">;

/** @throws {Error} if the user can do nothing in this chat */
export function checkMayAct(chat: ChatState, user: User): void {
  const name = nameOf(user);
  if (chat.info.type === "private") {
    if (chat.blocked) {
      throw new Error(`Cannot act for ${name}: the bot must not be blocked. Call unblock() first.`);
    }
    chat.started = true;
  } else if (!chat.isMember(user.id)) {
    throw new Error(
      `Cannot act for ${name}: the user must be a member of ${placeOf(chat)}. Call join() first.`,
    );
  }
}

/** The message as it is now. */
export function currentMessage(chat: ChatState, { message_id }: MessageTarget): Message {
  const message = chat.messages.get(message_id);
  if (message !== undefined) return message;
  throw new Error(
    `Cannot use the message ${describe(message_id)}: it must be in ${placeOf(chat)}.`,
  );
}

/** Sends a message of a user, or a post of a channel. */
export function sendAsUser(
  world: World,
  chat: ChatState,
  user: User,
  content: UserContent,
  replyTo: MessageTarget | undefined,
): Message {
  const extra: Partial<Message> = {};
  if (replyTo !== undefined) {
    const { reply_to_message: _, ...replied } = currentMessage(chat, replyTo);
    extra.reply_to_message = replied as Message["reply_to_message"];
  }
  const author = chat.info.type === "channel" ? { sender_chat: chat.info } : { from: user };
  const message = world.post(chat, author, { ...extra, ...contentOf(content) });
  world.emit(chat, { type: "message", message });
  world.announce(chat, message);
  return message;
}

/** Gives a message of a user other content. */
export function editAsUser(
  world: World,
  chat: ChatState,
  target: MessageTarget,
  content: UserContent,
): Message {
  const { entities: _, ...old } = currentMessage(chat, target);
  const edited = { ...old, ...contentOf(content), edit_date: world.clock.date() } as Message;
  chat.keep(edited);
  world.emit(chat, { type: "edit", message: edited });
  world.announce(chat, edited, true);
  return edited;
}

/** Sets a user's reactions to a message. */
export function reactAsUser(
  world: World,
  chat: ChatState,
  user: User,
  target: MessageTarget,
  emoji: readonly string[],
): void {
  const { message_id } = currentMessage(chat, target);
  const reaction = emoji.map((emoji) => ({ type: "emoji", emoji }) as ReactionType);
  const old_reaction = setReaction(chat, message_id, user.id, reaction);
  world.emit(chat, { type: "reaction", message_id, from: user, reaction });
  const date = world.clock.date();
  for (const account of world.botsOf(chat)) {
    if (chat.info.type !== "private" && !chat.isAdmin(account.id)) continue;
    account.receive({
      message_reaction: {
        chat: chat.info,
        message_id,
        user,
        date,
        old_reaction,
        new_reaction: reaction,
      },
    });
  }
}
