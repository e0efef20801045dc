/** The updates that the subjects of a measurement are fed with. They stay plain objects and text. */

/** The identity of the bot, so that no subject has to ask for it. */
export const botInfo = {
  id: 123456,
  is_bot: true,
  first_name: "Bench",
  username: "bench_bot",
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
  has_topics_enabled: false,
  allows_users_to_create_topics: false,
  can_manage_bots: false,
  supports_join_request_queries: false,
  supports_guest_queries: false,
} as const;

/** No request ever carries it: nothing in a measurement leaves the machine. */
export const token = "123456:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/** A text message in a private chat; a text that starts with a slash is a command. */
export function message(update_id: number, chat: number, text: string) {
  const command = text.startsWith("/") ? text.split(" ")[0]! : "";
  return {
    update_id,
    message: {
      message_id: update_id,
      from: { id: chat, is_bot: false, first_name: "Alice", language_code: "en" },
      chat: { id: chat, first_name: "Alice", type: "private" as const },
      date: 1_780_000_000,
      text,
      ...(command && {
        entities: [{ type: "bot_command" as const, offset: 0, length: command.length }],
      }),
    },
  };
}

/** The press of a button under a message in a private chat. */
export function press(update_id: number, chat: number, data: string) {
  return {
    update_id,
    callback_query: {
      id: String(update_id),
      from: { id: chat, is_bot: false, first_name: "Alice", language_code: "en" },
      message: {
        message_id: 1,
        from: botInfo,
        chat: { id: chat, first_name: "Alice", type: "private" as const },
        date: 1_780_000_000,
        text: "Choose",
      },
      chat_instance: "1",
      data,
    },
  };
}

/** Any of these updates. */
export type BenchUpdate = ReturnType<typeof message> | ReturnType<typeof press>;
