/**
 * The one place that asks on which runtime it runs. Deno, Node and Bun all hand out Node's built-in
 * modules through `process.getBuiltinModule`; asking there, rather than importing, lets everything
 * else load and be bundled for runtimes that have no such modules.
 */
import type * as Fs from "node:fs";

/** The file system, or `undefined` on runtimes without one (edge workers). */
function fileSystem(): typeof Fs | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => typeof Fs | undefined };
  };
  return process?.getBuiltinModule?.("node:fs");
}

/**
 * Makes sure that a file can be read.
 *
 * @throws an error that names the path if there is no such file, it is not a file, or this runtime
 * has none
 */
export async function checkFile(path: string | URL): Promise<void> {
  const fs = fileSystem();
  if (!fs) {
    throw new Error(`Cannot read the file ${quote(path)}: this runtime has no file system.`);
  }
  const stats = await fs.promises.stat(path).catch((cause: unknown) => {
    const { code, message } = cause as { code?: string; message?: string };
    const reason = code === "ENOENT" ? `there is no such file${lookedFor(path)}` : message;
    throw new Error(`Cannot read the file ${quote(path)}: ${reason}.`, { cause });
  });
  if (!stats.isFile()) throw new Error(`Cannot read the file ${quote(path)}: it is not a file.`);
}

/** The content of a file, read piece by piece; opened when the first piece is asked for. */
export async function* readFile(path: string | URL): AsyncGenerator<Uint8Array, void> {
  const fs = fileSystem();
  if (fs) yield* fs.createReadStream(path);
}

/** Where a relative path was looked for, which is where the program was started, not where it lies. */
function lookedFor(path: string | URL): string {
  if (path instanceof URL || /^([/\\]|[A-Za-z]:)/.test(path)) return "";
  const { process } = globalThis as { process?: { cwd?: () => string } };
  return process?.cwd === undefined ? "" : ` in the working directory ${quote(process.cwd())}`;
}

function quote(path: string | URL): string {
  return JSON.stringify(String(path));
}
