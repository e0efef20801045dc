/**
 * Runs every check of `scripts/checks/` and prints a table: `deno task check`.
 * With words after it, only the checks whose file name holds one of them: `deno task check layers`.
 *
 * @module
 */

import { basename } from "node:path/posix";
import { type Check, runChecks } from "./lib/check.ts";
import { filesIn, root } from "./lib/project.ts";

const chosen: Check[] = [];
for (const file of await filesIn("scripts/checks")) {
  if (Deno.args.length > 0 && !Deno.args.some((word) => basename(file).includes(word))) continue;
  const { checks } = await import(`file://${root}/${file}`) as { checks: Check[] };
  chosen.push(...checks);
}
Deno.exit(await runChecks(chosen) ? 0 : 1);
