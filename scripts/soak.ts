/**
 * Kills a bot with a store for as long as you like: `deno task soak --minutes 5 --kills 200`.
 *
 * It is the program and the check of `tests/crash/kill.test.ts`: at the end, every message must have
 * been handled once, in order, with an exact session. Ends after so many minutes or kills, whichever
 * comes first, with a line of figures; and with exit code 1 if a guarantee is broken. Flags:
 * `--updater polling|webhooks`, `--processes N`, `--chats N`, `--seed N`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { killing } from "../tests/crash/killing.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    kills: { type: "string", default: "200" },
    updater: { type: "string", default: "polling" },
    processes: { type: "string", default: "1" },
    chats: { type: "string", default: "30" },
    seed: { type: "string", default: String(Math.trunc(Math.random() * 1e9)) },
  },
});
const { updater } = values;
if (updater !== "polling" && updater !== "webhooks") {
  console.error(`Cannot soak: --updater must be polling or webhooks, given ${updater}.`);
  Deno.exit(2);
}
const [minutes, kills, processes, chats, seed] = [
  wholeNumber("minutes"),
  wholeNumber("kills"),
  wholeNumber("processes"),
  wholeNumber("chats"),
  wholeNumber("seed"),
];

const began = performance.now();
const timeUp = new AbortController();
const timer = setTimeout(() => timeUp.abort(), minutes * 60_000);
console.log(`Up to ${minutes} min and ${kills} kills, by ${updater}, with seed ${seed}`);
try {
  const figures = await killing({
    updater,
    kills,
    processes,
    chats,
    seed,
    until: timeUp.signal,
    progress({ kills, messages, replies, repeats }) {
      if (kills % 10 > 0) return;
      console.log(`${kills} kills, ${messages} messages, ${replies} replies, ${repeats} repeated`);
    },
  });
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(
    `ok: ${figures.kills} kills in ${seconds} s, ${figures.messages} messages, 0 lost, ` +
      `${figures.repeats} replies repeated, all in flight at a kill; sessions exact, order kept`,
  );
} catch (error) {
  console.error(`BROKEN. ${error instanceof Error ? error.message : error}`);
  Deno.exitCode = 1;
} finally {
  clearTimeout(timer);
}

function wholeNumber(name: "minutes" | "kills" | "processes" | "chats" | "seed"): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= (name === "seed" ? 0 : 1)) return number;
  console.error(`Cannot soak: --${name} must be a whole number, given ${values[name]}.`);
  Deno.exit(2);
}
