import type { Chat, ChatMember, Message, User } from "../api/types.ts";
import type { BotAccount } from "./bot_account.ts";
import { ChatState } from "./chat_state.ts";
import { memberOf } from "./members.ts";
import type { World } from "./world.ts";

/**
 * Changes what somebody is in a chat, and tells those who hear of it: the bot that it concerns, and
 * for others the bots that are administrators.
 *
 * @param by Who has done it
 */
export function changeMember(world: World, chat: ChatState, member: ChatMember, by: User): void {
  const { user } = member;
  const old = chat.members.get(user.id) ?? memberOf(user, "left");
  chat.members.set(user.id, member);
  const change = {
    chat: chat.info,
    from: by,
    date: world.clock.date(),
    old_chat_member: old,
    new_chat_member: member,
  };
  world.bots.get(user.id)?.receive({ my_chat_member: change });
  for (const account of world.botsOf(chat)) {
    if (account.id === user.id || !chat.isAdmin(account.id)) continue;
    account.receive({ chat_member: change });
  }
  world.emit(chat, { type: "member", user, member });
}

/** Lets somebody into a chat; in groups with a message that says so. */
export function join(world: World, chat: ChatState, user: User, by: User = user): void {
  if (chat.isMember(user.id)) return;
  changeMember(world, chat, memberOf(user, "member"), by);
  if (chat.info.type === "channel") return;
  postService(world, chat, by, { new_chat_members: [user] });
}

/** Lets somebody go, or throws them out. */
export function leave(
  world: World,
  chat: ChatState,
  user: User,
  by: User = user,
  untilDate: number | undefined = by.id === user.id ? undefined : 0,
): void {
  const wasMember = chat.isMember(user.id);
  if (wasMember && chat.info.type !== "channel") {
    postService(world, chat, by, { left_chat_member: user });
  }
  const member: ChatMember = untilDate === undefined
    ? { status: "left", user }
    : { status: "kicked", user, until_date: untilDate };
  changeMember(world, chat, member, by);
}

/** Posts a message that tells of an event, and announces it. */
export function postService(
  world: World,
  chat: ChatState,
  by: User | undefined,
  content: Partial<Message>,
): Message {
  const author = chat.info.type === "channel" || by === undefined
    ? { sender_chat: chat.info }
    : { from: by };
  const message = world.post(chat, author, content);
  world.emit(chat, { type: "message", message });
  world.announce(chat, message);
  return message;
}

/**
 * Makes a supergroup of a basic group: it gets another id, both get a message that says so, and the
 * old one is of no use any more.
 */
export function migrate(world: World, group: ChatState, by: User | undefined): ChatState {
  const { title = "" } = group.info;
  const info: Chat = { id: world.newChatId("supergroup"), title, type: "supergroup" };
  const supergroup = new ChatState(info);
  world.chats.set(info.id, supergroup);
  for (const member of group.members.values()) supergroup.members.set(member.user.id, member);
  supergroup.permissions = group.permissions;
  supergroup.description = group.description;
  postService(world, group, by, { migrate_to_chat_id: info.id });
  postService(world, supergroup, by, { migrate_from_chat_id: group.id });
  group.migratedTo = info.id;
  return supergroup;
}

/** Asks for a user to be let in. */
export function requestToJoin(world: World, chat: ChatState, user: User): void {
  chat.joinRequests.add(user.id);
  for (const account of world.botsOf(chat)) {
    if (!chat.isAdmin(account.id)) continue;
    account.receive({
      chat_join_request: {
        chat: chat.info as Chat.SupergroupChat,
        from: user,
        user_chat_id: user.id,
        date: world.clock.date(),
      },
    });
  }
}

/** Lets a user block a bot, or take that back. */
export function block(world: World, account: BotAccount, user: User, blocked: boolean): void {
  const chat = world.dialog(account, user);
  if (chat.blocked === blocked) return;
  chat.blocked = blocked;
  if (!blocked) chat.started = true;
  chat.members.set(account.id, memberOf(account.user, blocked ? "member" : "kicked"));
  changeMember(world, chat, memberOf(account.user, blocked ? "kicked" : "member"), user);
}
