/**
 * What dispatch alone costs: updates per second through a `Composer` with 10 to 1 000 handlers, with
 * a new context for each. `deno run bench/dispatch_micro.ts`
 *
 * @module
 */

import type { Api } from "../src/api/api.ts";
import type { Update, UserFromGetMe } from "../src/api/types.ts";
import { Context } from "../src/context/context.ts";
import { Composer } from "../src/middleware/composer.ts";

const me = { id: 1, is_bot: true, first_name: "Bench", username: "bench_bot" } as UserFromGetMe;
const api = {} as Api;
let handled = 0;

/** A quarter each of commands, texts, buttons and `on("message:text")`, which passes on. */
function composerWith(handlers: number): Composer<Context> {
  const composer = new Composer<Context>();
  const handle = (): void => void handled++;
  for (let i = 0; i < handlers / 4; i++) {
    composer.command(`command${i}`, handle);
    composer.hears(`text ${i}`, handle);
    composer.callbackQuery(`button ${i}`, handle);
    if (i % 25 === 0) composer.on("message:photo", handle);
    else composer.hears([`word ${i}`, `phrase ${i}`], handle);
  }
  composer.on("message:text", handle);
  return composer;
}

/** Updates for handlers all over the list, and texts that only the last handler takes. */
function updatesFor(handlers: number): Update[] {
  const chat = { id: 7, type: "private", first_name: "Ada" } as const;
  const from = { id: 7, is_bot: false, first_name: "Ada" };
  return Array.from({ length: 1024 }, (_, update_id): Update => {
    const i = (update_id * 7919) % Math.ceil(handlers / 4);
    const message = { message_id: update_id, date: 0, chat, from };
    if (update_id % 4 === 0) {
      const text = `/command${i}`;
      const entities = [{ type: "bot_command" as const, offset: 0, length: text.length }];
      return { update_id, message: { ...message, text, entities } };
    }
    if (update_id % 4 === 1) return { update_id, message: { ...message, text: `text ${i}` } };
    if (update_id % 4 === 2) return { update_id, message: { ...message, text: `other ${i}` } };
    const query = { id: "1", from, chat_instance: "1", data: `button ${i}`, message };
    return { update_id, callback_query: query };
  });
}

/** Updates per second, the median of several rounds. */
function measure(composer: Composer<Context>, updates: readonly Update[]): number {
  const rates: number[] = [];
  for (let round = 0; round < 9; round++) {
    const start = performance.now();
    const passes = 100;
    for (let pass = 0; pass < passes; pass++) {
      for (const update of updates) composer.handle(new Context(update, api, me));
    }
    rates.push(passes * updates.length / (performance.now() - start) * 1000);
  }
  return rates.sort((a, b) => a - b)[4]!;
}

for (const handlers of [10, 50, 1000]) {
  const rate = measure(composerWith(handlers), updatesFor(handlers));
  console.log(`${String(handlers).padStart(5)} handlers ${Math.round(rate).toLocaleString()} /s`);
}
if (handled === 0) throw new Error("Nothing was handled");
