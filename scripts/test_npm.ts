/**
 * Runs the tests on the built npm package: `deno task test:npm node22`.
 *
 * The runtime is `node22`, `node24` or `bun`; `--tarball FILE` takes a package that is already
 * built; words after that choose tests by their path. The test files are the ones that Deno runs on
 * the source, all of `tests/` but `tests/scripts/` (the scripts run on Deno only). They find the
 * package under its name, and its inner parts under `#src/`, as in `deno.json`.
 *
 * @module
 */

import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { buildPackage } from "./build_npm.ts";
import { copied, makeConsumer } from "./lib/consumer.ts";
import { withoutUsing } from "./lib/compile.ts";
import { filesIn, readText, root } from "./lib/project.ts";
import { install, type Runtime, runtimes } from "./lib/runtimes.ts";

const { values, positionals: [name, ...words] } = parseArgs({
  allowPositionals: true,
  options: { tarball: { type: "string" } },
});
const runtime = runtimes.find((runtime) => runtime.name === name);
if (!runtime) {
  const names = runtimes.map(({ name }) => name).join(", ");
  console.error(`Cannot test on ${name ?? "no runtime"}: name one of ${names}.`);
  Deno.exit(2);
}
try {
  Deno.exit(await testOn(runtime) ? 0 : 1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log("0 passed, 1 failed");
  Deno.exit(1);
}

async function testOn(runtime: Runtime): Promise<boolean> {
  const executable = await install(runtime);
  const tarball = values.tarball ?? (await buildPackage()).tarball;
  const folder = `${root}/build/${runtime.name}`;
  await makeConsumer(folder, tarball);
  if (!runtime.parsesUsing) await rewriteUsing(folder);

  const files = (await filesIn("tests", ".test.ts"))
    .filter((file) => !file.startsWith("tests/scripts/"))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
  if (files.length === 0) throw new Error(`No test file has ${words.join(" or ")} in its path.`);

  console.log(`${files.length} test files on ${runtime.package}`);
  const report = `${folder}/report.xml`;
  const child = new Deno.Command(executable, {
    args: runtime.testArgs(files, report),
    cwd: folder,
    stdin: "null",
  }).spawn();
  const { success } = await child.status;
  return countTests(await readFile(report, "utf8").catch(() => ""), success);
}

/** Rewrites `using` in the copied files, as programs must that are to run on an older Node. */
async function rewriteUsing(folder: string): Promise<void> {
  for (const path of (await Promise.all(copied.map((name) => filesIn(name)))).flat()) {
    const text = await readText(path);
    if (/\busing \w+ =/.test(text)) await writeFile(`${folder}/${path}`, withoutUsing(text));
  }
}

/** Counts the runner's own report; a run that failed without a failed test counts as one failure. */
function countTests(report: string, success: boolean): boolean {
  const count = (pattern: RegExp) => report.match(pattern)?.length ?? 0;
  const all = count(/<testcase /g);
  const skipped = count(/<skipped\b/g);
  let failed = count(/<(?:failure|error)\b/g);
  if (!success && failed === 0) failed = 1;
  const passed = Math.max(all - skipped - failed, 0);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return success && failed === 0 && passed > 0;
}
