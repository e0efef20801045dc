import { mkdir, readFile, writeFile } from "node:fs/promises";
import ts from "typescript";
import { must, npm } from "./process.ts";
import { root } from "./project.ts";

/** Packages that the source is compiled against are installed here, for their types. */
const folder = `${root}/build/compile`;

const options: ts.CompilerOptions = {
  // What Node 22 runs: later syntax, such as `using`, is rewritten, and later library calls refused.
  target: ts.ScriptTarget.ES2024,
  lib: [
    "lib.es2024.d.ts",
    "lib.es2025.iterator.d.ts",
    "lib.es2025.collection.d.ts",
    "lib.esnext.disposable.d.ts",
    "lib.dom.d.ts",
    "lib.dom.iterable.d.ts",
    "lib.dom.asynciterable.d.ts",
  ],
  types: ["node"],
  typeRoots: [`${folder}/node_modules/@types`],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  declaration: true,
  rootDir: root,
  outDir: root,
};

/** What TypeScript makes of some modules and all that they import of this project. */
export interface Compiled {
  /** Scripts and declarations by their path relative to the project. */
  files: Map<string, string>;
  problems: string[];
}

/**
 * Compiles modules for Node. `packages`, with their versions, are what they import: Deno finds them
 * by itself, TypeScript wants them in a folder.
 */
export async function compile(
  entries: string[],
  packages: Record<string, string>,
): Promise<Compiled> {
  await installTypes({ ...packages, "@types/node": "22" });
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, containing, _, options) =>
    literals.map(({ text }) => {
      const isOurs = containing.startsWith(`${root}/`) && !containing.includes("/node_modules/");
      const from = isOurs && !text.startsWith(".") ? `${folder}/index.ts` : containing;
      return ts.resolveModuleName(text, from, options, host);
    });
  const program = ts.createProgram(entries.map((entry) => `${root}/${entry}`), options, host);

  const files = new Map<string, string>();
  const { diagnostics } = program.emit(undefined, (path, text) => {
    files.set(path.slice(root.length + 1), text);
  });
  const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(describe);
  return { files, problems: [...new Set(problems)] };
}

/** The same program for a runtime that cannot parse `using`; its types are erased as well. */
export function withoutUsing(text: string): string {
  const { target, module, verbatimModuleSyntax } = options;
  return ts.transpile(text, { target, module, verbatimModuleSyntax });
}

async function installTypes(packages: Record<string, string>): Promise<void> {
  const manifest = JSON.stringify({ private: true, dependencies: packages }, null, 2);
  const path = `${folder}/package.json`;
  const installed = `${folder}/installed.json`;
  if (await readFile(installed, "utf8").catch(() => "") === manifest) return;
  await mkdir(folder, { recursive: true });
  await writeFile(path, manifest);
  await must(
    "install the types that the source is compiled with",
    npm(["install"], { cwd: folder }),
  );
  await writeFile(installed, manifest);
}

function describe({ file, start, messageText }: ts.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(messageText, "\n");
  if (!file || start === undefined) return message;
  const line = file.getLineAndCharacterOfPosition(start).line + 1;
  return `${file.fileName.slice(root.length + 1)}:${line} ${message}`;
}
