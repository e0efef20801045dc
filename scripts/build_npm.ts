/**
 * Builds the npm package from the same source that Deno and JSR use: `deno task build:npm`.
 *
 * It writes the folder `npm/` (to be published with `npm publish npm/`) and `build/NAME-VERSION.tgz`.
 *
 * Why not dnt: dnt is published on JSR only, and this project is to be built from npm's registry
 * alone, so that nothing but Deno, or nothing but npm, is needed.
 *
 * Why not `deno pack` (tried with 2.9): it leaves out dependencies that only types are imported
 * from (`@grammyjs/types`), writes `any` into a declaration, or drops the file, where a type is not
 * written down, adds sources that nothing reaches, and puts the builder's local paths into source
 * maps. TypeScript itself has none of that, and it checks the source once more as Node sees it.
 *
 * Why there is no `require` build: Node >= 22.12 and Bun load ES modules by `require()` as long as
 * they have no top-level await, so one build with the conditions `types` and `default` serves both
 * and no program ever gets two copies of a class.
 *
 * @module
 */

import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path/posix";
import { compile } from "./lib/compile.ts";
import { type Import, importsOf } from "./lib/imports.ts";
import { must, npm } from "./lib/process.ts";
import {
  type Config,
  packageOf,
  readConfig,
  readText,
  resolveSpecifier,
  root,
  versionOf,
} from "./lib/project.ts";

/** The oldest Node that has `require(esm)` and `node:sqlite` without flags. */
const engines = { node: ">=22.13" };

if (import.meta.main) {
  try {
    const { files, tarball } = await buildPackage();
    console.log(`Built npm/ (${files.size} files) and ${tarball.slice(root.length + 1)}.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}

/** Builds `npm/` and the tarball. */
export async function buildPackage(): Promise<{ files: Map<string, string>; tarball: string }> {
  const files = await emitPackage(await readConfig());
  await writePackage(`${root}/npm`, files);
  return { files, tarball: await packTarball(`${root}/npm`) };
}

/** All files of the package by their path; throws if there is anything wrong with one of them. */
export async function emitPackage(config: Config): Promise<Map<string, string>> {
  const entries = Object.values(config.exports).map((entry) => resolveSpecifier(entry, ""));
  const { files, problems } = await compile(entries, await importedFrom(entries, config));
  const used = new Set<string>();
  for (const [path, text] of files) {
    const imports = importsOf(path, text);
    for (const { specifier } of imports) {
      if (!/^(\.|node:)/.test(specifier)) used.add(packageOf(specifier));
    }
    if (path.endsWith(".d.ts")) files.set(path, rewriteSpecifiers(text, imports));
  }
  const dependencies: Record<string, string> = {};
  for (const name of [...used].sort()) {
    const version = versionOf(name, config);
    if (version) dependencies[name] = version;
    else problems.push(`deno.json: "imports" needs "${name}": "npm:${name}@VERSION".`);
  }
  if (problems.length > 0) throw new Error(`Cannot build the npm package:\n${problems.join("\n")}`);

  files.set("package.json", JSON.stringify(manifestOf(config, dependencies), null, 2) + "\n");
  for (const name of ["README.md", "LICENSE"]) files.set(name, await readText(name));
  return files;
}

/** Writes the package's files into an emptied folder. */
export async function writePackage(folder: string, files: Map<string, string>): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const [path, text] of files) {
    await mkdir(dirname(`${folder}/${path}`), { recursive: true });
    await writeFile(`${folder}/${path}`, text);
  }
}

/** Lets npm pack the folder, exactly as it would publish it; returns the tarball's path. */
export async function packTarball(folder: string): Promise<string> {
  const target = `${root}/build`;
  await mkdir(target, { recursive: true });
  const args = ["pack", folder, "--pack-destination", target, "--json"];
  const { stdout } = await must("pack the npm package", npm(args));
  const [{ filename }] = JSON.parse(stdout);
  // npm 9 and older print the scoped name here, but write the file without a slash.
  return `${target}/${filename.replace(/^@/, "").replaceAll("/", "-")}`;
}

/** The packages, with their versions, that these modules and those they reach import. */
async function importedFrom(entries: string[], config: Config): Promise<Record<string, string>> {
  const packages: Record<string, string> = {};
  const reached = new Set(entries);
  for (const path of reached) { // A set that grows while it is walked is walked to its new end.
    const text = await readText(path).catch(() => ""); // The compiler tells of a missing file.
    for (const { specifier } of importsOf(path, text)) {
      if (specifier.startsWith(".")) reached.add(resolveSpecifier(specifier, path));
      const version = versionOf(packageOf(specifier), config);
      if (version) packages[packageOf(specifier)] = version;
    }
  }
  return packages;
}

/** TypeScript rewrites `./x.ts` in scripts, but not in declarations. */
function rewriteSpecifiers(text: string, imports: Import[]): string {
  return imports.filter(({ specifier }) => specifier.startsWith(".")).reverse().reduce(
    (text, { specifier, start, end }) =>
      text.slice(0, start) + specifier.replace(/\.ts$/, ".js") + text.slice(end),
    text,
  );
}

function manifestOf(config: Config, dependencies: Record<string, string>): unknown {
  const entry = (path: string) => ({
    types: path.replace(/\.ts$/, ".d.ts"),
    default: path.replace(/\.ts$/, ".js"),
  });
  return {
    name: config.name,
    version: config.version,
    description: "A Telegram bot framework that handles every update, in order within its chat " +
      "and concurrently across chats.",
    keywords: ["telegram", "bot", "telegram-bot", "bot-api", "framework", "deno", "bun"],
    license: config.license,
    type: "module",
    sideEffects: false,
    engines,
    exports: {
      ...Object.fromEntries(
        Object.entries(config.exports).map(([name, path]) => [name, entry(path)]),
      ),
      "./package.json": "./package.json",
    },
    dependencies,
  };
}
