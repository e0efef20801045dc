import { type Check, denoCheck, type Findings } from "../lib/check.ts";
import { deno } from "../lib/process.ts";
import { filesIn, publishedFiles, readConfig, readText, root } from "../lib/project.ts";

const entries = Object.values((await readConfig()).exports);
const pages = ["README.md", "CONTRIBUTING.md", ...await filesIn("docs", ".md")];

/**
 * Deno also names what other packages leave undocumented, and every type of theirs that one of ours
 * refers to. Both are not ours to change.
 */
async function undocumented(): Promise<Findings> {
  const { ok, output } = await deno(["doc", "--lint", ...entries]);
  if (ok) return { problems: [] };
  const findings = output.split(/^(?=error\[)/m).filter((finding) => finding.startsWith("error["));
  if (findings.length === 0) return { problems: [output] };
  const source = (await Promise.all((await publishedFiles()).map(readText))).join("\n");
  const isOurs = (finding: string): boolean => {
    const referred = finding.match(/^ *\d+ \| (.*)\n.*this is the referenced type/m)?.[1];
    return finding.includes(`--> ${root}/`) && (!referred || source.includes(referred));
  };
  return {
    problems: findings.filter(isOurs).map((finding) => {
      const [what] = finding.split("\n");
      const place = finding.match(/--> (.*)/)?.[1]?.slice(root.length + 1);
      return `${place} ${what?.replace(/^error/, "")}. Document it, or export what it refers to.`;
    }),
  };
}

/** Pages name a test as `FILE`: _NAME_. */
async function missingTests(): Promise<Findings> {
  const problems: string[] = [];
  for (const page of pages) {
    for (const [, file, name] of (await readText(page)).matchAll(/`(tests\/\S+)`: _(.+?)_/g)) {
      const names = testNames(await readText(file!).catch(() => ""));
      if (names.some((pattern) => pattern.test(name!))) continue;
      problems.push(`${page}: ${file} has no test "${name}". Name one that it has.`);
    }
  }
  return { problems };
}

/** Patterns of the names of a file's tests: in a template, anything may stand in place of a value. */
function testNames(source: string): RegExp[] {
  return [...source.matchAll(/\btest\(\s*(["`])(.+?)\1/g)].map(([, , name]) => {
    const parts = name!.split(/\$\{.*?\}/).map((part) => part.replace(/[^\w\s]/g, "\\$&"));
    return new RegExp(`^${parts.join(".+")}$`);
  });
}

/** That what is documented is complete and true. */
export const checks: Check[] = [
  { name: "every public symbol is documented", run: undocumented },
  { name: "tests that pages name are there", run: missingTests },
  denoCheck(
    "examples in comments and pages have the right types",
    "Correct the example, or begin its block with ```text.",
    ["check", "--doc-only", ...await publishedFiles(), ...pages],
  ),
];
