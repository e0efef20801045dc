import { access, mkdir, writeFile } from "node:fs/promises";
import { must, npm } from "./process.ts";
import { root } from "./project.ts";

/** A runtime that the npm package is tested on. It comes from npm, into `build/tools/`. */
export interface Runtime {
  name: string;
  /** The npm package that brings it, with its version. */
  package: string;
  /** Its executable inside of the installed package. */
  bin: string;
  /** Whether it knows `using`. */
  parsesUsing: boolean;
  /** The arguments that run test files; the report is a JUnit file. */
  testArgs(files: string[], report: string): string[];
}

// A test, or on Node a file, that hangs fails by its name instead of stopping the whole run.
const longestTest = 240_000;

function node(major: number): Runtime {
  return {
    name: `node${major}`,
    package: `node@${major}`,
    bin: "node/bin/node",
    parsesUsing: major >= 24,
    testArgs: (files, report) => [
      "--test",
      `--test-timeout=${longestTest}`,
      "--disable-warning=ExperimentalWarning", // about type stripping, once a file
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      "--test-reporter=junit",
      `--test-reporter-destination=${report}`,
      ...files,
    ],
  };
}

/** All runtimes by their name. Deno runs the same tests on the source: `deno task test`. */
export const runtimes: Runtime[] = [
  node(22),
  node(24),
  {
    name: "bun",
    package: "bun@1",
    bin: ".bin/bun",
    parsesUsing: true,
    testArgs: (files, report) => [
      "test",
      "--isolate", // as on Deno and Node: no file sees another's globals
      `--timeout=${longestTest}`,
      "--reporter=junit",
      `--reporter-outfile=${report}`,
      ...files.map((file) => `./${file}`),
    ],
  },
];

/** Installs a runtime if it is not there, and returns the path of its executable. */
export async function install(runtime: Runtime): Promise<string> {
  const folder = `${root}/build/tools/${runtime.name}`;
  const executable = `${folder}/node_modules/${runtime.bin}`;
  const isThere = await access(executable).then(() => true, () => false);
  if (!isThere) {
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/package.json`, `{ "private": true }\n`);
    // Both packages fetch the executable in an install script, which some set-ups switch off.
    const args = ["install", "--prefix", folder, "--ignore-scripts=false", runtime.package];
    await must(`install ${runtime.package}`, npm(args, { cwd: folder }));
  }
  return executable;
}
