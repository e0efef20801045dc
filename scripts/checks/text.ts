import type { Check, Findings } from "../lib/check.ts";
import { deno } from "../lib/process.ts";
import { filesIn, readText, root, trackedFiles } from "../lib/project.ts";

const longest = 350;

const forbidden: [pattern: RegExp, what: string, instead: string][] = [
  [
    /(?<![\w.*/-])\/(?:home|root|Users|work|opt|mnt|tmp)\/\w[\w./-]*/,
    "a local path",
    "a relative path",
  ],
  [/\bregistry\.[a-z]+\.[a-z]+|\bnpm\.jsr\.io\b/, "a registry's host", "the package's name"],
  [/\b[1-9]\d{7,10}:AA[\w-]{33}\b/, "what looks like a real bot token", "123456:test-token"],
  [
    /\b(?:npm_\w{36}|gh[pousr]_\w{36}|github_pat_\w+|jsrp_\w+)\b/,
    "a secret",
    "nothing, and revoke it",
  ],
];

/** Text that has no place in a public project. */
export function wordProblems(path: string, text: string): string[] {
  return text.split("\n").flatMap((line, index) =>
    forbidden.flatMap(([pattern, what, instead]) => {
      const found = pattern.exec(line)?.[0];
      return found ? [`${path}:${index + 1} holds ${what}: ${found}. Write ${instead}.`] : [];
    })
  );
}

async function words(): Promise<Findings> {
  const problems: string[] = [];
  for (const path of await trackedFiles()) {
    problems.push(...wordProblems(path, await readText(path)));
  }
  return { problems };
}

async function lengths(): Promise<Findings> {
  const warnings: string[] = [];
  for (const path of (await trackedFiles()).filter((path) => path.endsWith(".ts"))) {
    const text = await readText(path);
    const lines = text.split("\n").length - 1;
    const generated = /generated/i.test(text.slice(0, 500));
    if (lines > longest && !generated) {
      warnings.push(`${path} has ${lines} lines, more than ${longest}. Is it two subjects?`);
    }
  }
  return { problems: [], warnings };
}

async function drift(): Promise<Findings> {
  const problems: string[] = [];
  for (const path of await filesIn("scripts")) {
    if (!/^scripts\/generate_[^/]+\.ts$/.test(path)) continue;
    const { ok, output } = await deno(["run", "--allow-all", `${root}/${path}`, "--check"]);
    if (!ok) problems.push(`${output.trim()}\nRun \`deno run --allow-all ${path}\`.`);
  }
  return { problems };
}

/** What the files of the project hold. */
export const checks: Check[] = [
  { name: "no local path, registry host or token", run: words },
  { name: "generated files are up to date", run: drift },
  { name: "no file has outgrown its subject", run: lengths },
];
