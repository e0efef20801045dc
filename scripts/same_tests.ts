/**
 * Compares by name the tests that ran on Deno, whose JUnit report is the file given, with those that
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

/** A test in a report. */
interface Ran {
  name: string;
  /** Where the runner says that it is; only Deno's is looked at. */
  place: string;
}

const onDeno = (await testsIn(Deno.args[0]!))
  // The scripts run on Deno only.
  .filter(({ place }) => !place.includes("tests/scripts/"))
  .map(({ name }) => name);
Deno.exit(await runChecks(runtimes.map(compare)) ? 0 : 1);

function compare(runtime: Runtime): Check {
  return {
    name: `${runtime.name} ran the ${onDeno.length} tests that Deno ran`,
    async run(): Promise<Findings> {
      if (onDeno.length === 0) {
        return { problems: [`${Deno.args[0]} names no test. Look at what \`deno test\` says.`] };
      }
      const tests = (await testsIn(`${root}/build/${runtime.name}/report.xml`))
        .map(({ name }) => name);
      return {
        problems: [
          ...without(onDeno, tests).map((name) => `Only Deno ran "${name}".`),
          ...without(tests, onDeno).map((name) => `Only ${runtime.name} ran "${name}".`),
        ],
      };
    },
  };
}

/** The tests in a report of the JUnit format; none if there is no report. */
async function testsIn(path: string): Promise<Ran[]> {
  const report = await readFile(path, "utf8").catch(() => "");
  return [...report.matchAll(/<testcase((?:\s+\w+="[^"]*")*)/g)].map(([, attributes]) => ({
    name: plain(attributes!.match(/\bname="([^"]*)"/)?.[1] ?? ""),
    place: attributes!.match(/\bclassname="([^"]*)"/)?.[1] ?? "",
  }));
}

/** A name without entities. Node escapes some twice: so all are decoded until none is left. */
function plain(name: string): string {
  const decoded = decode(name);
  return decoded === name ? name : plain(decoded);
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
