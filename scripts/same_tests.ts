/**
 * Compares by name the tests that ran on Deno, whose output is the file given, with those that
 * `scripts/test_npm.ts` ran on the other runtimes. A runner that drops a file, or a test, without a
 * word would else look like a success.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { type Check, type Findings, runChecks } from "./lib/check.ts";
import { root } from "./lib/project.ts";
import { type Runtime, runtimes } from "./lib/runtimes.ts";

const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

const onDeno = testsOnDeno(await readFile(Deno.args[0]!, "utf8"));
Deno.exit(await runChecks(runtimes.map(compare)) ? 0 : 1);

function compare(runtime: Runtime): Check {
  return {
    name: `${runtime.name} ran the ${onDeno.length} tests that Deno ran`,
    async run(): Promise<Findings> {
      const tests = testsInReport(
        await readFile(`${root}/build/${runtime.name}/report.xml`, "utf8"),
      );
      return {
        problems: [
          ...without(onDeno, tests).map((name) => `Only Deno ran "${name}".`),
          ...without(tests, onDeno).map((name) => `Only ${runtime.name} ran "${name}".`),
        ],
      };
    },
  };
}

/** Names, as often as they occur, of what `deno test` says it ran, but for the scripts' own tests. */
function testsOnDeno(output: string): string[] {
  const names: string[] = [];
  let file = "";
  for (const line of output.split("\n")) {
    file = line.match(/^running \d+ tests? from (.*)$/)?.[1] ?? file;
    const name = line.match(/^(.*) \.\.\. (?:ok|FAILED|ignored)\b/)?.[1];
    if (name && !file.startsWith("./tests/scripts/")) names.push(name);
  }
  return names;
}

function testsInReport(report: string): string[] {
  const names = report.matchAll(/<testcase name="([^"]*)"/g);
  return [...names].map(([, name]) => decode(name!));
}

function decode(text: string): string {
  return text.replaceAll(
    /&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
    (whole, decimal, hex, name) =>
      entities[name] ??
        (decimal || hex
          ? String.fromCodePoint(parseInt(decimal ?? hex, decimal ? 10 : 16))
          : whole),
  );
}

/** What `a` holds more often than `b`. */
function without(a: string[], b: string[]): string[] {
  const left = new Map<string, number>();
  for (const name of b) left.set(name, (left.get(name) ?? 0) + 1);
  return a.filter((name) => {
    const count = left.get(name) ?? 0;
    left.set(name, count - 1);
    return count <= 0;
  });
}
