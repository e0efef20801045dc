import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { must, npm } from "./process.ts";
import { packagesOf, readConfig, root } from "./project.ts";

/** Copied beside the package: tests run the examples too, and some read files of their own. */
export const copied: readonly string[] = ["tests", "examples"];

/**
 * Makes a project of its own, in which the package is installed as a user would, with the tests, the
 * examples, what these import, and `more` packages.
 */
export async function makeConsumer(
  folder: string,
  tarball: string,
  more: Record<string, string> = {},
): Promise<void> {
  const { name } = await readConfig();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const name of copied) {
    await cp(`${root}/${name}`, `${folder}/${name}`, { recursive: true });
  }
  const manifest = {
    private: true,
    type: "module",
    // Node allows no node_modules in these paths; through the link they lead to the same modules.
    imports: { "#src/*.ts": "./package/src/*.js" },
    dependencies: { [name]: `file:${tarball}`, ...await packagesOf(copied), ...more },
  };
  await writeFile(`${folder}/package.json`, JSON.stringify(manifest, null, 2));
  await must(`install the package in ${folder}`, npm(["install"], { cwd: folder }));
  await symlink(`node_modules/${name}`, `${folder}/package`, "junction");
}
