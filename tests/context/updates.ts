import { Api, Context } from "@tramline/tramline";
import type { Chat, Message, Update, User, UserFromGetMe } from "@tramline/tramline/types";

/** A token that has to show nowhere. */
export const token = "123456:secret-of-the-bot";

export const me: UserFromGetMe = {
  id: 1000,
  is_bot: true,
  first_name: "Tram",
  username: "TramBot",
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: true,
  can_connect_to_business: true,
  has_main_web_app: false,
  has_topics_enabled: false,
  allows_users_to_create_topics: false,
  can_manage_bots: false,
  supports_guest_queries: true,
  supports_join_request_queries: true,
};

export const ada: User = { id: 7, is_bot: false, first_name: "Ada" };
export const group: Chat.SupergroupChat = { id: -100, type: "supergroup", title: "Engines" };
export const channel: Chat.ChannelChat = { id: -200, type: "channel", title: "News" };
export const home: Chat.PrivateChat = { id: 7, type: "private", first_name: "Ada" };

export type Kind = Exclude<keyof Update, "update_id">;

const message = { message_id: 5, date: 1, chat: group, from: ada };
const post = { message_id: 6, date: 1, chat: channel, sender_chat: channel };
const business = {
  message_id: 7,
  date: 1,
  chat: home,
  from: ada,
  business_connection_id: "shop",
};
const member = {
  chat: group,
  from: ada,
  date: 1,
  old_chat_member: { status: "left", user: ada },
  new_chat_member: { status: "left", user: ada },
} as const;
const boost = { source: "premium", user: ada } as const;

/** What an update of each kind may hold. */
export const contents: { [K in Kind]: NonNullable<Update[K]> } = {
  message,
  edited_message: { ...message, edit_date: 2 },
  channel_post: post,
  edited_channel_post: { ...post, edit_date: 2 },
  business_connection: { id: "shop", user: ada, user_chat_id: 70, date: 1, is_enabled: true },
  business_message: business,
  edited_business_message: { ...business, edit_date: 2 },
  deleted_business_messages: { business_connection_id: "shop", chat: home, message_ids: [1] },
  guest_message: { ...message, guest_query_id: "guest" },
  stopped_message_generation: { chat: home, draft_id: 9, message_thread_id: 3 },
  message_reaction: {
    chat: group,
    message_id: 5,
    user: ada,
    date: 1,
    old_reaction: [],
    new_reaction: [{ type: "emoji", emoji: "👍" }],
  },
  message_reaction_count: { chat: channel, message_id: 6, date: 1, reactions: [] },
  inline_query: { id: "inline", from: ada, query: "cats", offset: "" },
  chosen_inline_result: {
    result_id: "result",
    from: ada,
    query: "cats",
    inline_message_id: "inline message",
  },
  callback_query: { id: "press", from: ada, chat_instance: "1", message, data: "yes" },
  shipping_query: {
    id: "shipping",
    from: ada,
    invoice_payload: "order",
    shipping_address: {
      country_code: "GB",
      state: "",
      city: "London",
      street_line1: "",
      street_line2: "",
      post_code: "",
    },
  },
  pre_checkout_query: {
    id: "checkout",
    from: ada,
    currency: "XTR",
    total_amount: 5,
    invoice_payload: "order",
  },
  purchased_paid_media: { from: ada, paid_media_payload: "picture" },
  poll: {
    id: "poll",
    question: "?",
    options: [],
    total_voter_count: 0,
    is_closed: true,
    is_anonymous: true,
    type: "regular",
    allows_multiple_answers: false,
    allows_revoting: true,
    members_only: false,
  },
  poll_answer: { poll_id: "poll", user: ada, option_ids: [0], option_persistent_ids: ["a"] },
  my_chat_member: member,
  chat_member: member,
  chat_join_request: {
    chat: group,
    from: ada,
    user_chat_id: 70,
    date: 1,
    query_id: "join",
  },
  chat_boost: {
    chat: group,
    boost: { boost_id: "b", add_date: 1, expiration_date: 2, source: boost },
  },
  removed_chat_boost: { chat: group, boost_id: "b", remove_date: 1, source: boost },
  managed_bot: { user: ada, bot: { id: 1001, is_bot: true, first_name: "Helper" } },
  subscription: { user: ada, invoice_payload: "plan", state: "active" },
};

export const kinds = Object.keys(contents) as Kind[];

/** An update of the kind. */
export function updateOf<K extends Kind>(
  kind: K,
  content?: Partial<NonNullable<Update[K]>>,
): Update {
  return { update_id: 1, [kind]: { ...contents[kind], ...content } };
}

/** A context for an update of the kind. */
export function contextOf<K extends Kind>(
  kind: K,
  content?: Partial<NonNullable<Update[K]>>,
): Context {
  return new Context(updateOf(kind, content), new Api(token), me);
}

/** A context for a message in a group, with these fields. */
export function messageWith(fields: Partial<Message>): Context {
  return contextOf("message", fields as Partial<NonNullable<Update["message"]>>);
}
