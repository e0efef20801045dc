/**
 * `deno task check:npm` builds the npm package and looks at it as its users' tools do: publint, attw
 * (are the types wrong?), TypeScript in the two ways it resolves packages, and `require()` on every
 * runtime.
 *
 * @module
 */

import { writeFile } from "node:fs/promises";
import { buildPackage } from "./build_npm.ts";
import { type Check, denoCheck, type Findings, runChecks } from "./lib/check.ts";
import { makeConsumer } from "./lib/consumer.ts";
import { run, tool } from "./lib/process.ts";
import { readConfig, root, versionOf } from "./lib/project.ts";
import { install, type Runtime, runtimes } from "./lib/runtimes.ts";

const config = await readConfig();
const names = Object.keys(config.exports).map((name) => config.name + name.slice(1));
const folder = `${root}/build/consumer`;
/** Node 22 says so of `node:sqlite`, which is behind a subpath of its own. */
const sqliteWarning =
  /^\(node:\d+\) ExperimentalWarning: SQLite is an experimental feature.*\n\(Use `node .*\n?/m;

const { tarball } = await buildPackage();
await installConsumer();
Deno.exit(await runChecks(packageChecks()) ? 0 : 1);

function packageChecks(): Check[] {
  return [
    denoCheck("publint", "Change scripts/build_npm.ts.", tool("publint@0.3", tarball, "--strict")),
    denoCheck(
      "attw",
      "Change scripts/build_npm.ts.",
      // `node16` leaves out only TypeScript's former `node10`, which knows no subpath exports and no
      // Node that the package runs on. The rule left out says that require() gets an ES module:
      // that is meant, and the checks below show that it works on every runtime.
      tool(
        "@arethetypeswrong/cli@0.18",
        tarball,
        "--profile=node16",
        "--ignore-rules=cjs-resolves-to-esm",
      ),
    ),
    typesCheck("TypeScript on Node, import and require()", {
      module: "nodenext",
      lib: ["es2024"],
      types: ["node"],
    }, ["import.mts", "require.cts", "tests/**/*.types.test.ts"]),
    typesCheck("TypeScript with a bundler, for browsers", {
      module: "esnext",
      moduleResolution: "bundler",
      lib: ["es2024", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
      types: [],
    }, ["import.mts"]),
    ...runtimes.map(requireCheck),
  ];
}

/** Makes a project that uses every export; its type tests see the declarations. */
async function installConsumer(): Promise<void> {
  await makeConsumer(folder, tarball, {
    ...typePackages(),
    "@types/node": "22",
    "typescript": versionOf("typescript", config)!,
  });
  const all = (line: (name: string, i: number) => string) => names.map(line).join("\n");
  const files = {
    "import.mts": all((name, i) => `export * as part${i} from "${name}";`),
    "require.cts": all((name, i) => `export import part${i} = require("${name}");`),
    "require.cjs": requireProgram(),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(`${folder}/${name}`, text);
}

/** Declarations that other packages have apart, of which a comment tells Deno: `@ts-types`. */
function typePackages(): Record<string, string> {
  const names = Object.keys(config.imports).filter((name) => name.startsWith("@types/"));
  return Object.fromEntries(names.map((name) => [name, versionOf(name, config)!]));
}

function typesCheck(name: string, options: Record<string, unknown>, include: string[]): Check {
  return {
    name,
    async run(): Promise<Findings> {
      const compilerOptions = {
        target: "es2024",
        strict: true,
        noUncheckedIndexedAccess: true,
        allowImportingTsExtensions: true,
        noEmit: true,
        skipLibCheck: false,
        ...options,
      };
      const path = `${folder}/tsconfig.${options.module}.json`;
      await writeFile(path, JSON.stringify({ compilerOptions, include }));
      const { ok, output } = await run(await install(runtimes[0]!), [
        `${folder}/node_modules/typescript/bin/tsc`,
        "--pretty",
        "false",
        "--project",
        path,
      ], { cwd: folder });
      if (!ok && !output.includes("error TS")) throw new Error(output);
      // What other packages declare is not ours to correct.
      const problems = output.split(/\n(?! )/)
        .filter((line) => line.includes("error TS"))
        .filter((line) => !line.startsWith("node_modules/") || line.includes(`/${config.name}/`));
      return { problems };
    },
  };
}

function requireCheck(runtime: Runtime): Check {
  return {
    name: `require() gives what import gives, on ${runtime.name}`,
    async run(): Promise<Findings> {
      const { ok, output } = await run(await install(runtime), ["require.cjs"], { cwd: folder });
      const rest = output.replace(sqliteWarning, "");
      return { problems: ok && rest === "" ? [] : [output] };
    },
  };
}

/** Also fails if Node warns, as it does of a feature that may still change. */
function requireProgram(): string {
  return `
const names = ${JSON.stringify(names)};
async function main() {
  for (const name of names) {
    const required = require(name);
    const imported = await import(name);
    for (const key of Object.keys(imported)) {
      if (required[key] !== imported[key]) throw new Error(name + " has another " + key);
    }
  }
}
main();
`;
}
