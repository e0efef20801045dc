import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { emitPackage, writePackage } from "../build_npm.ts";
import type { Check, Findings } from "../lib/check.ts";
import { deno } from "../lib/process.ts";
import { readConfig, root } from "../lib/project.ts";

async function exportProblems(): Promise<Findings> {
  const config = await readConfig();
  const files = await emitPackage(config);
  const manifest = JSON.parse(files.get("package.json")!) as {
    exports: Record<string, { types: string; default: string } | string>;
  };
  const problems: string[] = [];
  for (const name of Object.keys(manifest.exports)) {
    if (name !== "./package.json" && !(name in config.exports)) {
      problems.push(`npm/package.json exports "${name}", which deno.json does not. Add it there.`);
    }
  }
  for (const name of Object.keys(config.exports)) {
    const entry = manifest.exports[name];
    for (const path of typeof entry === "object" ? Object.values(entry) : ["nothing"]) {
      if (!files.has(path.slice(2))) {
        problems.push(
          `deno.json exports "${name}", but the npm build has no file for it: ${path}.`,
        );
      }
    }
  }
  return { problems: problems.length > 0 ? problems : await symbolProblems(config.exports, files) };
}

/** Loads each export from the source and from the build, and compares what they hold. */
async function symbolProblems(
  exports: Record<string, string>,
  files: Map<string, string>,
): Promise<string[]> {
  // Inside the project, so that deno.json's imports apply to the build as well.
  await mkdir(`${root}/build`, { recursive: true });
  const folder = await mkdtemp(`${root}/build/exports-`);
  try {
    await writePackage(folder, files);
    const problems: string[] = [];
    for (const [name, path] of Object.entries(exports)) {
      const source = await symbolsOf(`${root}/${path}`);
      const built = await symbolsOf(`${folder}/${path.replace(/\.ts$/, ".js")}`);
      for (const symbol of source.filter((symbol) => !built.includes(symbol))) {
        problems.push(`"${name}" of the npm build has no ${symbol}. Correct scripts/build_npm.ts.`);
      }
      for (const symbol of built.filter((symbol) => !source.includes(symbol))) {
        problems.push(
          `"${name}" of the npm build has ${symbol}, the source has not. Build it anew.`,
        );
      }
    }
    return problems;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function symbolsOf(path: string): Promise<string[]> {
  const code = `console.log(JSON.stringify(Object.keys(await import("file://${path}"))))`;
  const { ok, output, stdout } = await deno(["eval", code]);
  if (!ok) throw new Error(`${path} cannot be loaded:\n${output}`);
  return JSON.parse(stdout);
}

/** That npm users get what Deno users get. */
export const checks: Check[] = [
  { name: "the npm build has every export and no other", run: exportProblems },
];
