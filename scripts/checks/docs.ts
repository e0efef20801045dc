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

/** That what is documented is complete and true. */
export const checks: Check[] = [
  { name: "every public symbol is documented", run: undocumented },
  denoCheck(
    "examples in comments and pages have the right types",
    "Correct the example, or begin its block with ```text.",
    ["check", "--doc-only", ...await publishedFiles(), ...pages],
  ),
];
