/**
 * Measures, in one process, how many updates per second each framework dispatches. Writes one line
 * of JSON: for every number of listeners, the figures of each framework.
 *
 * @module
 */
import "../lib/quiet.ts";
import process from "node:process";
import type { BenchUpdate } from "../lib/updates.ts";
import { type Listener, listeners, type MakeBot, updatesFor } from "./workload.ts";

/** What is measured: listeners, and whether texts are recognised by patterns. */
const cases: [label: string, count: number, patterns: boolean][] = [
  ["10 listeners", 10, false],
  ["50 listeners", 50, false],
  ["1000 listeners", 1000, false],
  ["50 listeners, texts by pattern", 50, true],
];

const frameworks = ["bare", "tramline", "grammy", "telegraf", "gramio"];
/** So many updates are parsed, then timed. */
const batch = 500;
const rounds = Number(process.argv[2]);
const sliceMilliseconds = Number(process.argv[3]);

const makers = new Map<string, MakeBot>();
for (const name of frameworks) makers.set(name, (await import(`./${name}.ts`)).makeBot);

const figures: Record<string, Record<string, number[]>> = {};
for (const [label, count, patterns] of cases) {
  const list = listeners(count, patterns);
  const results: Record<string, number[]> = figures[label] = {};
  const subjects = new Map<string, (milliseconds: number) => Promise<number>>();
  for (const [name, makeBot] of makers) {
    results[name] = [];
    subjects.set(name, await subject(name, makeBot, list));
  }
  for (const slice of subjects.values()) await slice(sliceMilliseconds); // to warm up
  for (let round = 0; round < rounds; round++) {
    for (const [name, slice] of subjects) results[name]!.push(await slice(sliceMilliseconds));
  }
}
console.log(JSON.stringify(figures));

/**
 * A bot that is fed for some milliseconds, parsing included, and tells how many updates a second it handled.
 *
 * Each update is parsed anew right before, as it comes from Telegram: an object that is used again
 * has its texts hashed already, one that has lain about for long is in no cache. Parsing is not timed.
 *
 * What is timed is processor time, so that whatever else the machine does counts less.
 */
async function subject(name: string, makeBot: MakeBot, list: Listener[]) {
  const texts = updatesFor(list).map((update) => JSON.stringify(update));
  let place = 0;
  let handled = 0;
  const handle = await makeBot(list, () => void handled++);
  return async (milliseconds: number): Promise<number> => {
    handled = 0;
    let given = 0;
    let elapsed = 0;
    const end = performance.now() + milliseconds;
    do {
      const updates: BenchUpdate[] = texts.slice(place, place + batch).map((text) =>
        JSON.parse(text)
      );
      place = (place + batch) % texts.length;
      const start = processorSeconds();
      for (const update of updates) await handle(update);
      elapsed += processorSeconds() - start;
      given += updates.length;
    } while (performance.now() < end);
    if (handled !== given) throw new Error(`${name} handled ${handled} of ${given} updates.`);
    return given / elapsed;
  };
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
