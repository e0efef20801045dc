import type { User } from "../api/types.ts";
import type { BotAccount } from "./bot_account.ts";
import type { ChatState } from "./chat_state.ts";
import type { World } from "./world.ts";

/** Something that leads to a chat: a group or channel of the simulator, or one of its bots. */
export interface ChatPlace {
  /** The id of the chat, or of the bot. */
  readonly id: number;
}

/** The bot of this id. */
export function findBot(world: World, { id }: ChatPlace): BotAccount | undefined {
  return world.bots.get(id);
}

/** The group or channel of this id. */
export function findGroup(world: World, { id }: ChatPlace): ChatState {
  const chat = world.chats.get(id);
  if (chat !== undefined) return chat;
  throw new Error(
    `Cannot enter the chat ${id}: it must be a chat or a bot of this simulator. ` +
      `Make it with sim.group(), sim.supergroup(), sim.channel() or sim.bot().`,
  );
}

/** The chat of a user that a place leads to. */
export function findChat(world: World, user: User, place: ChatPlace): ChatState {
  const account = findBot(world, place);
  return account === undefined ? findGroup(world, place) : world.dialog(account, user);
}
