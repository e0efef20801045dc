import { access, readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { importsOf } from "./imports.ts";

/** The project's folder, without a slash at its end. */
export const root: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** What the scripts read of `deno.json`. */
export interface Config {
  name: string;
  version: string;
  license: string;
  exports: Record<string, string>;
  imports: Record<string, string>;
}

/** Reads `deno.json`. */
export async function readConfig(): Promise<Config> {
  return JSON.parse(await readText("deno.json"));
}

/** Reads a file whose path is relative to the project's folder. */
export async function readText(path: string): Promise<string> {
  return await readFile(`${root}/${path}`, "utf8");
}

/** The files below `folder` whose path ends with `ending`, sorted; none if there is no such folder. */
export async function filesIn(folder: string, ending = ".ts"): Promise<string[]> {
  const found = await readdir(`${root}/${folder}`, { recursive: true, withFileTypes: true })
    .catch((error) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
  return found
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) =>
      `${entry.parentPath}/${entry.name}`.slice(root.length + 1).replaceAll("\\", "/")
    )
    .sort();
}

/** All TypeScript that is published: `mod.ts` and `src/`. */
export async function publishedFiles(): Promise<string[]> {
  return ["mod.ts", ...await filesIn("src")];
}

/** All files that are in version control or will be, the lock file left out. */
export async function trackedFiles(): Promise<string[]> {
  const git = new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: root,
  });
  const { stdout } = await git.output();
  const paths = new TextDecoder().decode(stdout).split("\0");
  const deleted = (path: string) => access(`${root}/${path}`).then(() => false, () => true);
  const isDeleted = await Promise.all(paths.map(deleted));
  return paths.filter((path, i) => path !== "" && path !== "deno.lock" && !isDeleted[i]);
}

/** Resolves a relative specifier against the file that holds it; both relative to the project. */
export function resolveSpecifier(specifier: string, from: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** The package's name in a bare specifier: `@a/b` of `@a/b/c`. */
export function packageOf(specifier: string): string {
  return specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

/** The packages of npm, with the versions of `deno.json`, that the files of some folders import. */
export async function packagesOf(folders: readonly string[]): Promise<Record<string, string>> {
  const config = await readConfig();
  const packages: Record<string, string> = {};
  for (const folder of folders) {
    for (const path of await filesIn(folder)) {
      for (const { specifier } of importsOf(path, await readText(path))) {
        const name = packageOf(specifier);
        const version = versionOf(name, config);
        if (version) packages[name] = version;
      }
    }
  }
  return packages;
}

/** The version of a package of npm that `deno.json` asks for; undefined if it does not name it. */
export function versionOf(name: string, config: Config): string | undefined {
  return config.imports[name]?.match(/^npm:\/?@?[^@]+@(.+)$/)?.[1];
}
