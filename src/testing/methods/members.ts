import type { ChatMember, ChatPermissions, User } from "../../api/types.ts";
import type { ChatState } from "../chat_state.ts";
import { badRequest } from "../errors.ts";
import { adminRights, allPermissions, memberOf } from "../members.ts";
import { changeMember, join, leave } from "../membership.ts";
import type { Call, Handlers } from "./call.ts";
import { isObject, readJson } from "./json.ts";
import { chatOf, checkIsMember } from "./targets.ts";

type AdminRight = keyof typeof adminRights;

/** Members of a chat, and what they may. */
export const memberMethods = {
  getChatMember(call): ChatMember {
    const chat = chatOf(call);
    if (chat.info.type !== "private") checkIsMember(chat, call.account.id);
    const user = userOf(call);
    return chat.members.get(user.id) ?? memberOf(user, "left");
  },
  getChatMemberCount: countMembers,
  getChatMembersCount: countMembers,
  getChatAdministrators(call) {
    const chat = chatOf(call);
    if (chat.info.type === "private") {
      throw badRequest("there are no administrators in the private chat");
    }
    checkIsMember(chat, call.account.id);
    const bots = call.params.boolean("return_bots");
    return [...chat.members.values()].filter(({ user }) =>
      chat.isAdmin(user.id) && (bots || !user.is_bot || user.id === call.account.id)
    );
  },
  banChatMember: ban,
  kickChatMember: ban,
  unbanChatMember(call) {
    const { world, account, params } = call;
    const { chat, user } = target(call, "can_restrict_members");
    const banned = chat.members.get(user.id)?.status === "kicked";
    if (banned) changeMember(world, chat, memberOf(user, "left"), account.user);
    else if (chat.isMember(user.id) && !params.boolean("only_if_banned")) {
      leave(world, chat, user, account.user);
      changeMember(world, chat, memberOf(user, "left"), account.user);
    }
    return true;
  },
  restrictChatMember(call) {
    const { world, account, params } = call;
    const permissions = readPermissions(call);
    const { chat, user } = target(call, "can_restrict_members");
    if (chat.info.type !== "supergroup") {
      throw badRequest("method is available only for supergroups");
    }
    const all = Object.keys(allPermissions) as (keyof ChatPermissions)[];
    const lifted = all.every((name) => permissions[name]);
    const member = lifted ? memberOf(user, "member") : {
      status: "restricted",
      user,
      is_member: chat.isMember(user.id),
      until_date: params.integer("until_date"),
      ...Object.fromEntries(all.map((name) => [name, permissions[name] ?? false])),
    };
    changeMember(world, chat, member as ChatMember, account.user);
    return true;
  },
  promoteChatMember(call) {
    const { world, account, params } = call;
    const { chat, user } = target(call, "can_promote_members");
    const names = Object.keys(adminRights) as AdminRight[];
    const rights = Object.fromEntries(names.map((name) => [name, params.boolean(name)]));
    const member = Object.values(rights).some(Boolean)
      ? { status: "administrator", user, can_be_edited: true, ...rights }
      : memberOf(user, "member");
    changeMember(world, chat, member as ChatMember, account.user);
    return true;
  },
  setChatAdministratorCustomTitle(call) {
    const { chat, user } = target(call, "can_promote_members");
    const member = chat.members.get(user.id);
    if (member?.status !== "administrator") throw badRequest("user is not an administrator");
    const custom_title = call.params.text("custom_title");
    if ([...custom_title].length > 16) throw badRequest("ADMIN_RANK_INVALID");
    chat.members.set(user.id, { ...member, custom_title });
    return true;
  },
  setChatPermissions(call) {
    const permissions = readPermissions(call);
    const chat = chatOf(call);
    checkRight(call, chat, "can_restrict_members");
    chat.permissions = permissions;
    return true;
  },
  approveChatJoinRequest(call) {
    const { chat, user } = joinRequest(call);
    join(call.world, chat, user);
    return true;
  },
  declineChatJoinRequest(call) {
    joinRequest(call);
    return true;
  },
  leaveChat(call) {
    const chat = chatOf(call);
    if (chat.info.type === "private") {
      throw badRequest("chat member status can't be changed in private chats");
    }
    checkIsMember(chat, call.account.id);
    leave(call.world, chat, call.account.user);
    return true;
  },
} satisfies Handlers;

function countMembers(call: Call): number {
  const chat = chatOf(call);
  if (chat.info.type === "private") return 2;
  checkIsMember(chat, call.account.id);
  return [...chat.members.keys()].filter((id) => chat.isMember(id)).length;
}

function ban(call: Call): true {
  const { chat, user } = target(call, "can_restrict_members");
  leave(call.world, chat, user, call.account.user, call.params.integer("until_date"));
  return true;
}

function joinRequest(call: Call): { chat: ChatState; user: User } {
  const chat = chatOf(call);
  const user = userOf(call);
  checkRight(call, chat, "can_invite_users");
  if (!chat.joinRequests.delete(user.id)) throw badRequest("HIDE_REQUESTER_MISSING");
  return { chat, user };
}

/** The user that a call is about. */
export function userOf({ world, params }: Call): User {
  const text = params.text("user_id").trim();
  if (!/^\d+$/.test(text) || text === "0") throw badRequest("invalid user_id specified");
  const user = world.user(Number(text));
  if (user === undefined) throw badRequest("user not found");
  return user;
}

/** The member that a call changes, if the bot may. */
function target(call: Call, right: AdminRight): { chat: ChatState; user: User } {
  const chat = chatOf(call);
  const user = userOf(call);
  if (chat.info.type === "private") {
    throw badRequest("chat member status can't be changed in private chats");
  }
  checkRight(call, chat, right);
  if (user.id === call.account.id) throw badRequest("can't restrict self");
  const status = chat.members.get(user.id)?.status;
  if (status === "creator") throw badRequest("can't remove chat owner");
  if (status === "administrator" && right === "can_restrict_members") {
    throw badRequest("user is an administrator of the chat");
  }
  return { chat, user };
}

const rightWords: Partial<Record<AdminRight, string>> = {
  can_restrict_members: "restrict/unrestrict chat member",
  can_promote_members: "promote chat members",
  can_invite_users: "manage chat invite links",
  can_change_info: "change chat info",
  can_manage_topics: "manage topics",
};

/** @throws {TelegramError} if the bot is not an administrator with this right */
export function checkRight({ account }: Call, chat: ChatState, right: AdminRight): void {
  checkIsMember(chat, account.id);
  const member = chat.members.get(account.id);
  if (member?.status === "administrator" && (member[right] ?? true)) return;
  throw badRequest(`not enough rights to ${rightWords[right] ?? right}`);
}

function readPermissions({ params }: Call): ChatPermissions {
  const value = readJson(params, "permissions", "can't parse permissions JSON object");
  if (!isObject(value)) throw badRequest("can't parse permissions: expected an Object");
  return value;
}
