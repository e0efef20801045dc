import { deno } from "./process.ts";

/** One thing that `deno task check` looks at. */
export interface Check {
  /** What is true when it passes, in a few words. */
  name: string;
  run(): Promise<Findings>;
}

/** What a check found; it passes without problems. Each says what is wrong, where, what to do. */
export interface Findings {
  problems: string[];
  /** Shown, but no failure. */
  warnings?: string[];
}

/** Runs checks one after the other, prints a counted table, and says whether all passed. */
export async function runChecks(checks: Check[]): Promise<boolean> {
  const width = Math.max(...checks.map(({ name }) => name.length), 0);
  const rows: string[] = [];
  let failed = 0;
  for (const { name, run } of checks) {
    const begin = performance.now();
    const { problems, warnings = [] } = await run().catch((error): Findings => ({
      problems: [`The check itself broke: ${error instanceof Error ? error.message : error}`],
    }));
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    for (const warning of warnings) console.log(`warning (${name}): ${warning}`);
    for (const problem of problems) console.log(`FAILED (${name}): ${problem}`);
    if (problems.length > 0) failed++;
    rows.push(`${problems.length > 0 ? "FAILED" : "ok    "}  ${name.padEnd(width)}  ${seconds} s`);
  }
  console.log(rows.join("\n"));
  console.log(`\n${checks.length - failed} passed, ${failed} failed`);
  return failed === 0 && checks.length > 0;
}

/** A check that passes if a Deno subcommand does. */
export function denoCheck(name: string, advice: string, args: string[]): Check {
  return {
    name,
    async run(): Promise<Findings> {
      const { ok, output } = await deno(args);
      return { problems: ok ? [] : [`${shorten(output)}\n${advice}`] };
    },
  };
}

const mostLines = 80;

/** Drops Deno's own stack, of no use to a reader, and what follows the first findings. */
function shorten(output: string): string {
  const lines = output.replace(/\n\nStack backtrace:[^]*$/, "").trim().split("\n");
  if (lines.length <= mostLines) return lines.join("\n");
  return [...lines.slice(0, mostLines), `… and ${lines.length - mostLines} more lines`].join("\n");
}
