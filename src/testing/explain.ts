import type { ChatState } from "./chat_state.ts";
import { lineOf } from "./transcript.ts";
import type { World } from "./world.ts";

/** What a test needs to know when something it waited for did not happen. */
export function situation(world: World, chat?: ChatState): string {
  const lines: string[] = [];
  if (chat !== undefined) {
    const seen = [...chat.messages.values()].slice(-8).map((message) => `  ${lineOf(message)}`);
    lines.push(seen.length === 0 ? "The chat is empty." : "The end of the chat:", ...seen);
  }
  const calls = world.calls.filter(({ method }) => method !== "getUpdates").slice(-5);
  if (calls.length > 0) lines.push("The last calls of the bot:");
  for (const { method, error, result } of calls) {
    const outcome = error !== undefined
      ? `${error.error_code} ${error.description}`
      : result === undefined
      ? "not answered yet"
      : "done";
    lines.push(`  ${method}: ${outcome}`);
  }
  for (const account of world.bots.values()) {
    const waiting = account.queue.size;
    if (waiting === 0) continue;
    const how = account.settings !== undefined
      ? `its webhook ${account.lastError?.message ?? "has not confirmed them"}`
      : account.polling.waiting
      ? "it polls"
      : "it does not poll, and has no webhook";
    lines.push(`${waiting} update(s) wait for @${account.info.username}: ${how}.`);
  }
  return lines.join("\n");
}

/** The words for a chat in errors. */
export function placeOf(chat: ChatState): string {
  const { info } = chat;
  return info.type === "private" ? "the private chat" : `the ${info.type} "${info.title}"`;
}
