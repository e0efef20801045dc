import { badRequest, type TelegramError } from "../errors.ts";
import type { FormattedText } from "../text/formatted_text.ts";
import type { PendingQuery } from "../world.ts";
import type { Call, Handlers } from "./call.ts";
import { isObject, readJson, textField } from "./json.ts";
import { readFormatted } from "./texts.ts";

const mostResults = 50;
const longestResultId = 64;

/** Answers to what users ask: button presses, inline queries, payments. */
export const answerMethods = {
  answerCallbackQuery(call) {
    const { world, params } = call;
    const id = params.text("callback_query_id");
    const text = params.text("text");
    const { chat, userId } = takeQuery(call, "callback", id);
    if ([...text].length > 200) throw badRequest("MESSAGE_TOO_LONG");
    const url = params.text("url");
    const answer = {
      callback_query_id: id,
      text,
      show_alert: params.boolean("show_alert"),
      ...(url !== "" && { url }),
    };
    const user = world.user(userId);
    if (chat !== undefined && user !== undefined) {
      chat.answers.push({ user: userId, answer });
      world.emit(chat, { type: "answer", to: user, answer });
    }
    return true;
  },
  answerInlineQuery(call) {
    const { world, params } = call;
    const results = readJson(params, "results", "can't parse inline query results JSON object");
    if (!Array.isArray(results)) throw badRequest("expected an Array of InlineQueryResult");
    if (results.length > mostResults) throw badRequest("too many inline query results specified");
    const texts = readResults(call, results);
    const query = takeQuery(call, "inline", params.text("inline_query_id"));
    const button = readJson(params, "button", "can't parse InlineQueryResultsButton JSON object");
    query.texts = texts;
    query.answer = {
      results,
      cache_time: params.integer("cache_time", 300, 0, 86_400),
      is_personal: params.boolean("is_personal"),
      next_offset: params.text("next_offset"),
      ...(isObject(button) && { button }),
    };
    world.changes.notify();
    return true;
  },
  answerShippingQuery(call) {
    const { world, params } = call;
    const answer = readVerdict(call);
    if (answer.ok) {
      const options = readJson(
        params,
        "shipping_options",
        "can't parse shipping options JSON object",
      );
      if (!Array.isArray(options)) throw badRequest('parameter "shipping_options" is required');
      answer.shipping_options = options;
    }
    takeQuery(call, "shipping", params.text("shipping_query_id")).answer = answer;
    world.changes.notify();
    return true;
  },
  answerPreCheckoutQuery(call) {
    const { world, params } = call;
    const answer = readVerdict(call);
    takeQuery(call, "pre_checkout", params.text("pre_checkout_query_id")).answer = answer;
    world.changes.notify();
    return true;
  },
} satisfies Handlers;

/** Checks the results, and formats what they say. */
function readResults(call: Call, results: unknown[]): Map<string, FormattedText> {
  const ids = new Set<string>();
  const texts = new Map<string, FormattedText>();
  for (const result of results) {
    if (!isObject(result)) {
      throw badRequest("can't parse inline query result: InlineQueryResult must be an Object");
    }
    const id = textField(result, "id") ?? "";
    if (id === "" || new TextEncoder().encode(id).length > longestResultId) {
      throw badRequest("RESULT_ID_INVALID");
    }
    if (ids.has(id)) throw badRequest("RESULT_ID_DUPLICATE");
    ids.add(id);
    const content = result.input_message_content;
    const source = isObject(content) ? content : result;
    const text = textField(source, "message_text") ?? textField(source, "caption");
    if (text === undefined) continue;
    const parseMode = textField(source, "parse_mode") ?? "";
    const entities = source.entities ?? source.caption_entities;
    texts.set(id, readFormatted(call, { text, parseMode, entities }));
  }
  return texts;
}

function readVerdict({ params }: Call): Record<string, unknown> {
  if (params.boolean("ok")) return { ok: true };
  return { ok: false, error_message: params.required("error_message") };
}

/** The query that is answered, if it is not too late. */
function takeQuery(
  { world, account }: Call,
  kind: PendingQuery["kind"],
  id: string,
): PendingQuery {
  const query = world.queries.get(id);
  if (query?.kind !== kind || query.botId !== account.id || world.clock.now() > query.expires) {
    throw tooOld();
  }
  return query;
}

function tooOld(): TelegramError {
  return badRequest("query is too old and response timeout expired or query ID is invalid");
}
