import type { Chat, ChatFullInfo, ChatInviteLink } from "../../api/types.ts";
import type { ChatState } from "../chat_state.ts";
import { badRequest } from "../errors.ts";
import { allPermissions } from "../members.ts";
import type { Call, Handlers } from "./call.ts";
import { readMedia } from "./input_files.ts";
import { checkRight } from "./members.ts";
import { postAsBot } from "./send.ts";
import { chatOf, checkIsMember } from "./targets.ts";

/** Chats and their settings. */
export const chatMethods = {
  getChat(call): ChatFullInfo {
    const chat = chatOf(call);
    if (chat.info.type !== "private" && chat.info.username === undefined) {
      checkIsMember(chat, call.account.id);
    }
    return fullInfo(chat);
  },
  setChatTitle(call) {
    const chat = changeable(call);
    const title = call.params.text("title").trim();
    if (title === "") throw badRequest("title is empty");
    if ([...title].length > 128) throw badRequest("title is too long");
    if (title === chat.info.title) throw badRequest("chat title is not modified");
    chat.info = { ...chat.info, title } as Chat;
    postAsBot(call, chat, { new_chat_title: title });
    return true;
  },
  setChatDescription(call) {
    const chat = changeable(call);
    const description = call.params.text("description");
    if (description === (chat.description ?? "")) {
      throw badRequest("chat description is not modified");
    }
    chat.description = description || undefined;
    return true;
  },
  async setChatPhoto(call) {
    const chat = changeable(call);
    const { photo } = await readMedia(call, "photo", "photo", call.params.text("photo"));
    postAsBot(call, chat, { new_chat_photo: photo });
    return true;
  },
  deleteChatPhoto(call) {
    postAsBot(call, changeable(call), { delete_chat_photo: true });
    return true;
  },
  exportChatInviteLink(call) {
    const chat = changeable(call, "can_invite_users");
    for (const link of chat.inviteLinks.values()) {
      if (link.is_primary) chat.inviteLinks.set(link.invite_link, { ...link, is_revoked: true });
    }
    return addLink(call, chat, true).invite_link;
  },
  createChatInviteLink: (call) => addLink(call, changeable(call, "can_invite_users"), false),
  editChatInviteLink(call) {
    const { chat, link } = linkOf(call);
    const edited = { ...link, ...linkOptions(call) };
    chat.inviteLinks.set(link.invite_link, edited);
    return edited;
  },
  revokeChatInviteLink(call) {
    const { chat, link } = linkOf(call);
    const revoked = { ...link, is_revoked: true };
    chat.inviteLinks.set(link.invite_link, revoked);
    return revoked;
  },
} satisfies Handlers;

function changeable(call: Call, right: "can_change_info" | "can_invite_users" = "can_change_info") {
  const chat = chatOf(call);
  if (chat.info.type === "private") throw badRequest("can't change private chat title");
  checkRight(call, chat, right);
  return chat;
}

function fullInfo(chat: ChatState): ChatFullInfo {
  const pinned = chat.messages.get(chat.pinned.at(-1) ?? 0);
  const isGroup = chat.info.type === "group" || chat.info.type === "supergroup";
  const link = [...chat.inviteLinks.values()].find((link) => link.is_primary && !link.is_revoked);
  return {
    ...chat.info,
    accent_color_id: Math.abs(chat.id) % 7,
    max_reaction_count: 11,
    accepted_gift_types: {
      unlimited_gifts: false,
      limited_gifts: false,
      unique_gifts: false,
      premium_subscription: false,
      gifts_from_channels: false,
    },
    ...(chat.description !== undefined && { description: chat.description }),
    ...(link !== undefined && { invite_link: link.invite_link }),
    ...(isGroup && { permissions: { ...allPermissions, ...chat.permissions } }),
    ...(pinned !== undefined && { pinned_message: pinned }),
  } as ChatFullInfo;
}

function addLink(call: Call, chat: ChatState, is_primary: boolean): ChatInviteLink {
  const { world, account } = call;
  const link: ChatInviteLink = {
    invite_link: `https://t.me/+${world.random.text(16)}`,
    creator: account.user,
    creates_join_request: false,
    is_primary,
    is_revoked: false,
    ...linkOptions(call),
  };
  chat.inviteLinks.set(link.invite_link, link);
  return link;
}

function linkOptions({ params }: Call): Partial<ChatInviteLink> {
  const options: Partial<ChatInviteLink> = {};
  if (params.has("name")) options.name = params.text("name");
  if (params.has("expire_date")) options.expire_date = params.integer("expire_date");
  if (params.has("member_limit")) options.member_limit = params.integer("member_limit");
  if (params.has("creates_join_request")) {
    options.creates_join_request = params.boolean("creates_join_request");
  }
  return options;
}

function linkOf(call: Call): { chat: ChatState; link: ChatInviteLink } {
  const chat = changeable(call, "can_invite_users");
  const link = chat.inviteLinks.get(call.params.text("invite_link"));
  if (link === undefined) throw badRequest("INVITE_HASH_EXPIRED");
  return { chat, link };
}
