import { Bot, type Context, type StorageAdapter } from "@tramline/tramline";
import type { Message, Update, User, UserFromGetMe } from "@tramline/tramline/types";

/** The bot as the tests know it. */
export const botInfo = {
  id: 1,
  is_bot: true,
  first_name: "Test",
  username: "test_bot",
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: true,
  can_connect_to_business: false,
  has_main_web_app: false,
} as UserFromGetMe;

/** A bot that needs no network as long as nobody calls the API. */
export function newBot<C extends Context = Context>(): Bot<C> {
  return new Bot<C>("1:test-token", { botInfo });
}

export const ada: User = { id: 7, is_bot: false, first_name: "Ada" };

let lastId = 0;

type Content = Partial<Message> & { chatId?: number };

function message({ chatId = 7, ...content }: Content): Message {
  const chat = { id: chatId, type: "private", first_name: "Ada" } as const;
  return { message_id: ++lastId, date: 0, chat, from: ada, ...content } as Message;
}

/** A message with a text, whose first word is a command if it begins with a slash. */
export function text(text: string, more: Content = {}): Update {
  const update_id = ++lastId;
  if (!text.startsWith("/")) return { update_id, message: message({ text, ...more }) } as Update;
  const length = text.search(/\s|$/);
  const entities = [{ type: "bot_command" as const, offset: 0, length }];
  return { update_id, message: message({ text, entities, ...more }) } as Update;
}

/** An update with a message of any content under any of the kinds that have messages. */
export function messageOf(kind: keyof Update, content: Content): Update {
  return { update_id: ++lastId, [kind]: message(content) };
}

/** The press of a button. */
export function press(data: string): Update {
  return {
    update_id: ++lastId,
    callback_query: { id: "1", from: ada, chat_instance: "1", data, message: message({}) },
  };
}

/** The press of a game's button. */
export function play(game_short_name: string): Update {
  return {
    update_id: ++lastId,
    callback_query: { id: "1", from: ada, chat_instance: "1", game_short_name },
  };
}

/** An inline query. */
export function inline(query: string): Update {
  return { update_id: ++lastId, inline_query: { id: "1", from: ada, query, offset: "" } };
}

/** A storage as a database is one: it keeps text. It notes what it is asked. */
export class TextStorage<S> implements StorageAdapter<S> {
  readonly rows = new Map<string, string>();
  readonly log: string[] = [];

  read = (key: string): Promise<S | undefined> => {
    this.log.push(`read ${key}`);
    const row = this.rows.get(key);
    return Promise.resolve(row === undefined ? undefined : JSON.parse(row));
  };

  write = (key: string, value: S): Promise<void> => {
    this.log.push(`write ${key}`);
    this.rows.set(key, JSON.stringify(value));
    return Promise.resolve();
  };

  delete = (key: string): Promise<void> => {
    this.log.push(`delete ${key}`);
    this.rows.delete(key);
    return Promise.resolve();
  };
}
