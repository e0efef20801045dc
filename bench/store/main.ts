/**
 * Measures what safety costs: a bot with a SQLite store on its disk, `synchronous = FULL`, beside the
 * same SQL with nothing around it, in one run, by turns.
 *
 * ```
 * deno task bench:store              all of it, some minutes
 * deno task bench:store --quick      fewer and smaller rounds, to see that all runs
 * deno task bench:store --runtime node24
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { Child, type Runner, runner } from "../lib/processes.ts";
import { fixed, grouped, median, record, report, type Samples, table } from "../lib/stats.ts";
import { inTempFile } from "./temp_file.ts";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, runtime: { type: "string" } },
});
const on = await runner(values.runtime ?? "deno");
const rounds = values.quick ? 1 : 5;

await throughput(on);
await latency(on);
await backlog(on);
Deno.exit(0);

/** Runs a script of this folder to its end and returns what it says. */
async function ask<T>(on: Runner, script: string, ...args: (string | number)[]): Promise<T> {
  const child = new Child(on, `store/${script}.ts`, ...args.map(String));
  const answer = await child.read<T>();
  await child.end();
  return answer;
}

/** Updates per second from poll to commit, and what the same SQL reaches in batches of 100. */
async function throughput(on: Runner): Promise<void> {
  const count = values.quick ? 20_000 : 100_000;
  const perSecond: Samples = new Map();
  for (let round = 0; round < rounds; round++) {
    for (const chats of [1_000, 10_000]) {
      for (const subject of ["bare", "bot"]) {
        const { seconds } = await ask<{ seconds: number }>(on, subject, count, chats);
        const name = subject === "bare" ? "bare SQL" : "run(bot, { store })";
        record(perSecond, `${name}, ${grouped(chats)} chats`, count / seconds);
      }
    }
  }
  const aims = (subject: string) => subject.startsWith("run") ? "0.50, 20 000" : "";
  report(perSecond, {
    title: `Updates with a session write, synchronous = FULL, on ${on.name}`,
    unit: "updates/s",
    yardstick: "bare SQL, 1 000 chats",
    more: { "at least": aims },
  });
}

/** The answer to a webhook's request of an idle bot. */
async function latency(on: Runner): Promise<void> {
  const times: Samples = new Map();
  for (let round = 0; round < rounds; round++) {
    const { durable, plain, commit } = await ask<Record<string, number>>(on, "latency", 200);
    record(times, "one bare commit", commit!);
    record(times, "webhook without a store", plain!);
    record(times, "webhook with a store", durable!);
    record(times, "added beyond a commit (aim: below 3)", durable! - plain! - commit!);
  }
  report(times, {
    title: `A webhook's answer from an idle bot, median of requests, on ${on.name}`,
    unit: "ms",
    yardstick: "one bare commit",
    format: fixed(2),
  });
}

/** Time per update when few and when very many wait in the store. */
async function backlog(on: Runner): Promise<void> {
  const [some, many] = values.quick ? [20_000, 100_000] : [100_000, 1_000_000];
  const small = await worked(on, 1_000, 1_000, rounds);
  // With 1000, much of the time is the start; this compares two that are past it.
  const middle = await worked(on, some, 10_000, Math.min(rounds, 3));
  const large = await worked(on, many, 10_000, Math.min(rounds, 3));
  const row = (count: number, { micros, peak }: Worked) => [
    grouped(count),
    micros.toFixed(1),
    (micros / small.micros).toFixed(2),
    (micros / middle.micros).toFixed(2),
    grouped(peak / 1e6),
  ];
  console.log(table(
    `Updates that wait in the store at the start, on ${on.name}`,
    [
      "waiting",
      "µs/update",
      "to 1 000 (aim: at most 2)",
      `to ${grouped(some)}`,
      "peak MB (aim: below 300)",
    ],
    [row(1_000, small), row(some, middle), row(many, large)],
  ));
}

interface Worked {
  readonly micros: number;
  readonly peak: number;
}

async function worked(
  on: Runner,
  count: number,
  chats: number,
  rounds: number,
): Promise<Worked> {
  const micros: number[] = [];
  let peak = 0;
  for (let round = 0; round < rounds; round++) {
    await inTempFile(async (file) => {
      await ask(on, "fill", file, count, chats);
      const answer = await ask<{ seconds: number; peak: number }>(
        on,
        "waiting",
        file,
        count,
        chats,
      );
      micros.push(answer.seconds / count * 1e6);
      peak = Math.max(peak, answer.peak);
    });
  }
  return { micros: median(micros), peak };
}
