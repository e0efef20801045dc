import ts from "typescript";
import type { Check, Findings } from "../lib/check.ts";
import { importsOf, lineOf, parse } from "../lib/imports.ts";
import { deno } from "../lib/process.ts";
import { filesIn, publishedFiles, readText } from "../lib/project.ts";

/** The one file that asks which runtime it is on. */
const platform = "src/base/platform.ts";

/** Parts that never run on an edge runtime; `mod.ts` does not load them. */
const serverOnly = ["src/cluster/", "src/testing/", "src/cli/", "src/store/sql/"];

const runtimeGlobals = new Set(["Deno", "Bun", "process", "Buffer", "require", "__dirname"]);

/** Uses of one runtime's globals or modules in a file that is to run on all. */
export function runtimeProblems(path: string, text: string): string[] {
  if (path === platform || serverOnly.some((folder) => path.startsWith(folder))) return [];
  const advice = `Only ${platform} knows runtimes: add what is needed there.`;
  const problems = importsOf(path, text)
    .filter(({ specifier }) => specifier.startsWith("node:"))
    .map(({ specifier, line }) => `${path}:${line} imports "${specifier}". ${advice}`);
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && runtimeGlobals.has(node.text) && isGlobal(node)) {
      problems.push(`${path}:${lineOf(node)} uses ${node.text}. ${advice}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(path, text));
  return problems;
}

/** A name on its own, or a property of globalThis; not another object's property or a declaration. */
function isGlobal(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent) && parent.name === name) {
    return /^\W*globalThis\b/.test(parent.expression.getText());
  }
  return isAlone(name);
}

/** A name that refers to something by itself: no property, no declaration. */
function isAlone(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  return !("name" in parent && parent.name === name) &&
    !(ts.isBindingElement(parent) && parent.propertyName === name);
}

/** Waits outside of any function, which would forbid `require()` of the package. */
export function topLevelAwaits(path: string, text: string): string[] {
  const problems: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    const waits = ts.isAwaitExpression(node) ||
      (ts.isForOfStatement(node) && node.awaitModifier !== undefined) ||
      (ts.isVariableDeclarationList(node) &&
        (node.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.AwaitUsing);
    if (waits) {
      problems.push(
        `${path}:${lineOf(node)} waits while the module loads, so Node cannot require() it. ` +
          "Wait inside of a function.",
      );
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(path, text));
  return problems;
}

/** What keeps a test from running on Node or Bun. */
export function testProblems(path: string, text: string): string[] {
  if (path.startsWith("tests/scripts/")) return [];
  const problems: string[] = [];
  // `const { Deno } = globalThis as …` asks whether it is there, so the file knows that it may not.
  const asked = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isBindingElement(node) && ts.isIdentifier(node.name)) asked.add(node.name.text);
    if (
      ts.isIdentifier(node) && /^(Deno|Bun)$/.test(node.text) && isAlone(node) &&
      !asked.has(node.text)
    ) {
      problems.push(`${path}:${lineOf(node)} uses ${node.text}. Use a \`node:\` module instead.`);
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(path, text));
  return problems;
}

type Find = (path: string, text: string) => string[];

async function inEach(paths: Promise<string[]>, find: Find): Promise<Findings> {
  const problems: string[] = [];
  for (const path of await paths) problems.push(...find(path, await readText(path)));
  return { problems };
}

/** Follows what `mod.ts` loads at once, without `import()` and types, with Deno's own graph. */
async function edgeProblems(): Promise<Findings> {
  interface Dependency {
    specifier: string;
    code?: { specifier?: string };
    isDynamic?: boolean;
  }
  const { ok, output, stdout } = await deno(["info", "--json", "mod.ts"]);
  if (!ok) return { problems: [output] };
  const info = JSON.parse(stdout) as {
    roots: string[];
    modules: { specifier: string; dependencies?: Dependency[]; error?: string }[];
  };
  const modules = new Map(info.modules.map((module) => [module.specifier, module]));
  const problems: string[] = [];
  const reached = new Set(info.roots);
  for (const specifier of reached) {
    const { error } = modules.get(specifier) ?? {};
    if (error) problems.push(`${specifier} cannot be loaded: ${error}`);
    for (const dependency of modules.get(specifier)?.dependencies ?? []) {
      const target = dependency.code?.specifier;
      if (!target || dependency.isDynamic) continue;
      if (target.startsWith("file:")) reached.add(target);
      else if (!allowedPackages.test(dependency.specifier)) {
        problems.push(
          `${specifier} loads "${dependency.specifier}", which mod.ts reaches. Load it with ` +
            "import() where it is needed, or move it behind a subpath export.",
        );
      }
    }
  }
  return { problems };
}

/** Packages that run on every runtime; servers, drivers and `node:` modules are not among them. */
const allowedPackages = /^@logtape\/logtape$/;

/** That the source runs on every runtime. */
export const checks: Check[] = [
  {
    name: "no runtime's own globals or modules",
    run: () => inEach(publishedFiles(), runtimeProblems),
  },
  { name: "no top-level await", run: () => inEach(publishedFiles(), topLevelAwaits) },
  { name: "tests run on every runtime", run: () => inEach(filesIn("tests"), testProblems) },
  { name: "mod.ts loads on edge runtimes", run: edgeProblems },
];
