/**
 * Runs the commands that README.md, CONTRIBUTING.md and docs/ show in blocks that begin with
 * ` ```sh ci `, each block as one shell script in the project's folder.
 *
 * @module
 */

import { type Check, type Findings, runChecks } from "./lib/check.ts";
import { run } from "./lib/process.ts";
import { filesIn, readText } from "./lib/project.ts";

const checks: Check[] = [];
for (const page of ["README.md", "CONTRIBUTING.md", ...await filesIn("docs", ".md")]) {
  for (const [, script] of (await readText(page)).matchAll(/^```sh ci\n([^]*?)^```/gm)) {
    checks.push({
      name: `${page}: ${script!.trim().split("\n")[0]}`,
      async run(): Promise<Findings> {
        const { ok, output } = await run("sh", ["-e", "-c", script!]);
        return { problems: ok ? [] : [`${output}\nCorrect the command, or what it runs.`] };
      },
    });
  }
}
if (checks.length > 0) Deno.exit(await runChecks(checks) ? 0 : 1);
console.log("0 passed, 0 failed");
