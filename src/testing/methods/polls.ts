import type { Message, Poll, PollOption } from "../../api/types.ts";
import { badRequest } from "../errors.ts";
import { countCharacters } from "../text/formatted_text.ts";
import type { Call, Handlers } from "./call.ts";
import { isObject, readJson, textField } from "./json.ts";
import { readInlineMarkup } from "./markup.ts";
import { send } from "./send.ts";
import { chatOf, messageOf } from "./targets.ts";
import { readFormatted } from "./texts.ts";

const mostOptions = 12;

/** Polls that the bot sends and stops. */
export const pollMethods = {
  sendPoll(call): Message {
    return send(call, { poll: readPoll(call) }, "polls");
  },
  stopPoll(call): Poll {
    const { world, account } = call;
    const reply_markup = readInlineMarkup(call);
    const chat = chatOf(call);
    const message = messageOf(call, chat);
    if (message?.poll === undefined || message.from?.id !== account.id) {
      throw badRequest("message with poll to stop not found");
    }
    if (message.poll.is_closed) throw badRequest("poll has already been closed");
    const poll: Poll = { ...message.poll, is_closed: true };
    const { reply_markup: _, ...rest } = message;
    const stopped = { ...rest, poll, ...(reply_markup && { reply_markup }) } as Message;
    chat.keep(stopped);
    chat.edits.push(stopped);
    world.emit(chat, { type: "edit", message: stopped });
    account.receive({ poll });
    return poll;
  },
} satisfies Handlers;

function readPoll(call: Call): Poll {
  const { world, params } = call;
  const question = readFormatted(call, {
    text: params.text("question"),
    parseMode: params.text("question_parse_mode"),
    entities: readJson(params, "question_entities", "can't parse entities JSON object"),
  });
  if (question.text === "") throw badRequest("poll question must be non-empty");
  if (countCharacters(question.text) > 300) {
    throw badRequest("poll question length must not exceed 300");
  }
  const value = readJson(params, "options", "can't parse options JSON object");
  if (!Array.isArray(value)) throw badRequest("expected an Array of InputPollOption");
  if (value.length < 1) throw badRequest("poll must have at least 1 option");
  if (value.length > mostOptions) {
    throw badRequest(`poll can't have more than ${mostOptions} options`);
  }
  const isQuiz = params.text("type") === "quiz";
  const poll: Poll = {
    id: world.newQueryId(),
    question: question.text,
    options: value.map((option, index) => readOption(call, option, index)),
    total_voter_count: 0,
    is_closed: params.boolean("is_closed"),
    is_anonymous: !params.has("is_anonymous") || params.boolean("is_anonymous"),
    type: isQuiz ? "quiz" : "regular",
    allows_multiple_answers: params.boolean("allows_multiple_answers"),
    allows_revoting: !isQuiz,
    members_only: params.boolean("members_only"),
  };
  if (question.entities.length > 0) poll.question_entities = question.entities;
  if (isQuiz) {
    const correct = readJson(params, "correct_option_ids", "can't parse correct_option_ids") ??
      (params.has("correct_option_id") ? [params.integer("correct_option_id")] : undefined);
    if (!Array.isArray(correct)) throw badRequest("QUIZ_CORRECT_ANSWERS_EMPTY");
    poll.correct_option_ids = correct.map(Number);
    if (params.has("explanation")) poll.explanation = params.text("explanation");
  }
  if (params.has("open_period")) poll.open_period = params.integer("open_period");
  if (params.has("close_date")) poll.close_date = params.integer("close_date");
  return poll;
}

function readOption(call: Call, value: unknown, index: number): PollOption {
  const object = typeof value === "string" ? { text: value } : value;
  if (!isObject(object)) throw badRequest("can't parse InputPollOption: expected an Object");
  const { text, entities } = readFormatted(call, {
    text: textField(object, "text") ?? "",
    parseMode: textField(object, "text_parse_mode") ?? "",
    entities: object.text_entities,
  });
  if (text === "") throw badRequest("poll options must be non-empty");
  if (countCharacters(text) > 100) throw badRequest("poll options length must not exceed 100");
  return {
    persistent_id: String(index),
    text,
    ...(entities.length > 0 && { text_entities: entities }),
    voter_count: 0,
  };
}
