import { answerMethods } from "./answers.ts";
import { botMethods } from "./bot.ts";
import type { Handler, MethodName } from "./call.ts";
import { chatMethods } from "./chats.ts";
import { copyMethods } from "./copies.ts";
import { deletionMethods } from "./deletions.ts";
import { editMethods } from "./edits.ts";
import { fileMethods } from "./files.ts";
import { forumMethods } from "./forum.ts";
import { mediaMethods } from "./media.ts";
import { memberMethods } from "./members.ts";
import { messageMethods } from "./messages.ts";
import { notSimulated, refuse } from "./not_simulated.ts";
import { paymentMethods } from "./payments.ts";
import { pollMethods } from "./polls.ts";
import { updateMethods } from "./updates.ts";

const simulated = {
  ...answerMethods,
  ...botMethods,
  ...chatMethods,
  ...copyMethods,
  ...deletionMethods,
  ...editMethods,
  ...fileMethods,
  ...forumMethods,
  ...mediaMethods,
  ...memberMethods,
  ...messageMethods,
  ...paymentMethods,
  ...pollMethods,
  ...updateMethods,
};

/** Every method is in one of the two tables, and a new one in the Bot API's types fails the build. */
const handlers: Record<MethodName, Handler> = {
  ...simulated,
  ...tableOf(notSimulated, refuse),
};

function tableOf<K extends string>(names: readonly K[], handler: Handler): Record<K, Handler> {
  return Object.fromEntries(names.map((name) => [name, handler])) as Record<K, Handler>;
}

const byName = new Map<string, { name: string; run: Handler }>(
  Object.entries(handlers).map(([name, run]) => [name.toLowerCase(), { name, run }]),
);

// A name from before sticker sets had thumbnails of several formats; it still works.
byName.set("setstickersetthumb", byName.get("setstickersetthumbnail")!);

/** The method of this name, in whatever case it is written. */
export function findMethod(name: string): { name: string; run: Handler } | undefined {
  return byName.get(name.toLowerCase());
}
