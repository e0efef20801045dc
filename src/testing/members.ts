import type { ChatAdministratorRights, ChatMember, ChatPermissions, User } from "../api/types.ts";

/** The standing of a member that tests give without details. */
export type MemberStatus = "creator" | "administrator" | "member" | "left" | "kicked";

/** Every right of an administrator; `anonymous` is no right. */
export const adminRights: ChatAdministratorRights = {
  is_anonymous: false,
  can_manage_chat: true,
  can_delete_messages: true,
  can_manage_video_chats: true,
  can_restrict_members: true,
  can_promote_members: true,
  can_change_info: true,
  can_invite_users: true,
  can_manage_tags: true,
  can_post_stories: true,
  can_edit_stories: true,
  can_delete_stories: true,
  can_post_messages: true,
  can_edit_messages: true,
  can_pin_messages: true,
  can_manage_topics: true,
  can_manage_direct_messages: true,
  can_send_welcome_messages: true,
};

/** Every permission of an ordinary member. */
export const allPermissions: Required<ChatPermissions> = {
  can_send_messages: true,
  can_send_audios: true,
  can_send_documents: true,
  can_send_photos: true,
  can_send_videos: true,
  can_send_video_notes: true,
  can_send_voice_notes: true,
  can_send_polls: true,
  can_send_other_messages: true,
  can_add_web_page_previews: true,
  can_react_to_messages: true,
  can_change_info: true,
  can_invite_users: true,
  can_edit_tag: true,
  can_pin_messages: true,
  can_manage_topics: true,
};

/** A member of this standing, with the rights that go with it. */
export function memberOf(user: User, status: MemberStatus): ChatMember {
  switch (status) {
    case "creator":
      return { status, user, is_anonymous: false };
    case "administrator":
      return { status, user, can_be_edited: false, ...adminRights };
    case "kicked":
      return { status, user, until_date: 0 };
    default:
      return { status, user };
  }
}
