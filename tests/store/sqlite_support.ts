import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NewUpdate } from "@tramline/tramline/sqlite";

/** Runs a test with a folder of its own. */
export async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tramline-sqlite-"));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The bot of these tests. */
export const bot = 7_000_000_001;

/** An update of a chat. */
export function update(id: number, key = "chat", size = 2): NewUpdate {
  return { id, key, payload: JSON.stringify("x".repeat(size - 2)) };
}
