import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives the path of a database file to be, and removes its folder afterwards. */
export async function inTempFile<T>(work: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "tramline-bench-"));
  try {
    return await work(join(folder, "bot.db"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
