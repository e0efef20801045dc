import type { NewUpdate } from "../../../src/store/store.ts";

/** The bot of the measurements. */
export const bot = 7_000_000_001;
/** How many updates come together, as `getUpdates` brings them. */
export const batchSize = 100;

/** Batches of updates over so many chats, each chat once in a while; ids rise from `first`. */
export function* batches(
  updates: number,
  chats: number,
  first = 1,
): Generator<NewUpdate[], void, unknown> {
  for (let id = first; id < first + updates;) {
    yield Array.from(
      { length: Math.min(batchSize, first + updates - id) },
      () => update(id++, chats),
    );
  }
}

/** An update as Telegram sends it: about 300 bytes. */
function update(id: number, chats: number): NewUpdate {
  // 37 and the numbers of chats have no common divisor: all chats have their turn.
  const chat = 1_000_000_000 + (id * 37) % chats;
  const payload = JSON.stringify({
    update_id: id,
    message: {
      message_id: id,
      from: { id: chat, is_bot: false, first_name: "Ann", language_code: "en" },
      chat: { id: chat, first_name: "Ann", type: "private" },
      date: 1_700_000_000,
      text: `/start@measured_bot number ${id}`,
      entities: [{ offset: 0, length: 19, type: "bot_command" }],
    },
  });
  return { id, key: String(chat), payload };
}
