import type { InlineQuery, InlineQueryResult, Message, User } from "../api/types.ts";
import { describe } from "../base/describe.ts";
import type { BotAccount } from "./bot_account.ts";
import type { ChatState } from "./chat_state.ts";
import { ask } from "./queries.ts";
import { captionFields, textFields } from "./text/formatted_text.ts";
import type { World } from "./world.ts";

/** What a bot has answered to an inline query. */
export interface InlineAnswer {
  /** The query that was answered. */
  inline_query_id: string;
  /** The bot that has answered. */
  bot_id: number;
  /** What the user typed after the bot's name. */
  query: string;
  /** What the user can choose from. */
  results: InlineQueryResult[];
  /** Seconds that Telegram keeps the answer. */
  cache_time: number;
  /** Is it kept for this user only? */
  is_personal: boolean;
  /** The offset with which more results can be asked for; empty if there are no more. */
  next_offset: string;
}

/** Types an inline query and waits for the results. */
export async function inlineQuery(
  world: World,
  user: User,
  account: BotAccount,
  { query, offset, chat_type }: Pick<InlineQuery, "query" | "offset" | "chat_type">,
  timeoutSeconds: number,
): Promise<InlineAnswer> {
  const { id, answer } = await ask(world, user, account, "inline", timeoutSeconds, (id) => ({
    inline_query: { id, from: user, query, offset, ...(chat_type && { chat_type }) },
  }));
  return { inline_query_id: id, bot_id: account.id, query, ...answer } as unknown as InlineAnswer;
}

/** Sends a result into a chat in the name of the user, and tells the bot that it was chosen. */
export function chooseResult(
  world: World,
  user: User,
  chat: ChatState,
  answer: InlineAnswer,
  resultId: string,
): Message {
  const account = world.bots.get(answer.bot_id)!;
  const result = answer.results.find(({ id }) => id === resultId);
  if (result === undefined) {
    const ids = answer.results.map(({ id }) => describe(id)).join(", ");
    throw new Error(
      `Cannot choose ${describe(resultId)}: it must be one of ${ids || "no results"}.`,
    );
  }
  const markup = result.reply_markup;
  const message = world.post(chat, { from: user }, {
    via_bot: account.user,
    ...resultContent(world, answer.inline_query_id, result),
    ...(markup !== undefined && { reply_markup: markup }),
  });
  // Only a message with buttons can be edited later, and so has an inline id.
  const inlineId = markup === undefined ? undefined : world.random.text(26);
  if (inlineId !== undefined) {
    chat.inlineIds.set(message.message_id, inlineId);
    world.inlineMessages.set(inlineId, { chat, message_id: message.message_id });
  }
  world.emit(chat, { type: "message", message });
  account.receive({
    chosen_inline_result: {
      result_id: resultId,
      from: user,
      query: answer.query,
      ...(inlineId !== undefined && { inline_message_id: inlineId }),
    },
  });
  world.announce(chat, message);
  return message;
}

/** What is sent when a result is chosen: what it says itself, or else what it shows. */
function resultContent(
  world: World,
  queryId: string,
  result: InlineQueryResult,
): Partial<Message> {
  const input = "input_message_content" in result ? result.input_message_content : undefined;
  if (input !== undefined && "latitude" in input) {
    const { latitude, longitude } = input;
    return { location: { latitude, longitude } };
  }
  if (input !== undefined && "phone_number" in input) {
    const { phone_number, first_name } = input;
    return { contact: { phone_number, first_name } };
  }
  const text = world.queries.get(queryId)?.texts?.get(result.id) ?? { text: "", entities: [] };
  if (input !== undefined) return textFields(text);
  for (const [key, value] of Object.entries(result)) {
    if (!key.endsWith("_file_id")) continue;
    return { ...world.files.contentOf(value as string), ...captionFields(text) };
  }
  // Of what is only named by a URL there is no file here: its title stands for it.
  const title = "title" in result ? result.title : undefined;
  return text.text === "" ? { text: title ?? result.id } : textFields(text);
}
