/**
 * Measures Tramline beside the bare limit and the other frameworks, in one run, by turns.
 *
 * ```
 * deno task bench                              all, on Deno; webhooks on Node and Bun too
 * deno task bench dispatch                     one of dispatch, webhook, backlog, start
 * deno task bench webhook --runtime bun        on one of deno, node22, node24, bun
 * deno task bench --quick                      fewer and shorter rounds, to see that all runs
 * ```
 *
 * Close what else is running: with the load in a process of its own, two cores are in use.
 *
 * @module
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { backlog } from "./backlog/main.ts";
import { dispatch } from "./dispatch/main.ts";
import { runnerNames } from "./lib/processes.ts";
import { summary } from "./lib/targets.ts";
import { start } from "./start/main.ts";
import { webhook } from "./webhook/main.ts";

interface Measurement {
  measure(runtime: string, quick: boolean): Promise<void>;
  runtimes: string[];
}

const measurements: Record<string, Measurement> = {
  dispatch: { measure: dispatch, runtimes: ["deno"] },
  webhook: { measure: webhook, runtimes: ["deno", "node24", "bun"] },
  backlog: { measure: backlog, runtimes: ["deno"] },
  start: { measure: start, runtimes: ["deno"] },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runtime: { type: "string", multiple: true },
    quick: { type: "boolean", default: false },
  },
});
const names = positionals.length > 0 ? positionals : Object.keys(measurements);
refuseUnknown("measurement", names, Object.keys(measurements));
refuseUnknown("runtime", values.runtime ?? [], runnerNames);

try {
  for (const name of names) {
    const { measure, runtimes } = measurements[name]!;
    for (const runtime of values.runtime ?? runtimes) await measure(runtime, values.quick);
  }
  console.log(`\n${summary()}; load average ${loadavg().map((load) => load.toFixed(1)).join(" ")}`);
  Deno.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}

function refuseUnknown(what: string, given: string[], known: string[]): void {
  const unknown = given.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  console.error(`Cannot measure: ${unknown} is no ${what}. Name one of ${known.join(", ")}.`);
  Deno.exit(2);
}
