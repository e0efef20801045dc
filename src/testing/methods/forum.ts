import type { ForumTopic } from "../../api/types.ts";
import type { ChatState } from "../chat_state.ts";
import { badRequest } from "../errors.ts";
import type { Call, Handlers } from "./call.ts";
import { checkRight } from "./members.ts";
import { postAsBot } from "./send.ts";
import { chatOf } from "./targets.ts";

const defaultColor = 0x6fb9f0;

/** Topics of a forum. */
export const forumMethods = {
  createForumTopic(call): ForumTopic {
    const { params } = call;
    const chat = forumOf(call);
    const name = params.text("name");
    if (name === "") throw badRequest("topic name must be non-empty");
    const icon_color = params.integer("icon_color", defaultColor);
    // The number of a topic is the id of the message that tells of its creation.
    const message = postAsBot(call, chat, { forum_topic_created: { name, icon_color } });
    chat.topics.set(message.message_id, name);
    return { message_thread_id: message.message_id, name, icon_color };
  },
  editForumTopic(call) {
    const { chat, id } = topicOf(call);
    const name = call.params.text("name");
    if (name !== "") chat.topics.set(id, name);
    postAsBot(call, chat, {
      message_thread_id: id,
      forum_topic_edited: name === "" ? {} : { name },
    });
    return true;
  },
  closeForumTopic(call) {
    const { chat, id } = topicOf(call);
    postAsBot(call, chat, { message_thread_id: id, forum_topic_closed: {} });
    return true;
  },
  reopenForumTopic(call) {
    const { chat, id } = topicOf(call);
    postAsBot(call, chat, { message_thread_id: id, forum_topic_reopened: {} });
    return true;
  },
  deleteForumTopic(call) {
    const { chat, id } = topicOf(call);
    chat.topics.delete(id);
    for (const message of [...chat.messages.values()]) {
      if (message.message_thread_id === id) chat.messages.delete(message.message_id);
    }
    return true;
  },
} satisfies Handlers;

function forumOf(call: Call): ChatState {
  const chat = chatOf(call);
  if (!chat.info.is_forum) throw badRequest("the chat is not a forum");
  checkRight(call, chat, "can_manage_topics");
  return chat;
}

function topicOf(call: Call): { chat: ChatState; id: number } {
  const chat = forumOf(call);
  const id = call.params.integer("message_thread_id");
  if (!chat.topics.has(id)) throw badRequest("TOPIC_ID_INVALID");
  return { chat, id };
}
