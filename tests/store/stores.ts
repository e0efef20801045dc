import { MemoryStore } from "@tramline/tramline";
import { sqliteStore } from "@tramline/tramline/sqlite";
import type { ContractSkip, StoreUnderTest } from "@tramline/tramline/testing";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A store that the suites of this folder check. */
export interface TestedStore {
  readonly name: string;
  /** Makes an empty one. */
  make(): StoreUnderTest | Promise<StoreUnderTest>;
  /** How many sequences of the model test are played, unless TRAMLINE_RUNS says. */
  readonly modelRuns: number;
  readonly skip?: readonly ContractSkip[];
}

/** All stores there are. */
export const stores: readonly TestedStore[] = [
  { name: "MemoryStore", make: makeMemoryStore, modelRuns: 3000 },
  { name: "sqliteStore", make: makeSqliteStore, modelRuns: 150 },
];

function makeMemoryStore(): StoreUnderTest {
  let ahead = 0;
  const store = new MemoryStore({ now: () => Date.now() + ahead });
  return {
    store,
    advance: (seconds) => void (ahead += seconds * 1000),
    // Whoever is in this process has the same memory.
    reopen: () => store,
  };
}

async function makeSqliteStore(): Promise<StoreUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), "tramline-store-"));
  let ahead = 0;
  const open = () => {
    return sqliteStore(join(folder, "bot.db"), {
      now: () => Date.now() + ahead,
      // Nobody pulls the plug here, and waiting for the disk would take most of the time.
      synchronous: "normal",
    });
  };
  const store = open();
  return {
    store,
    advance: (seconds) => void (ahead += seconds * 1000),
    reopen: open,
    async dispose() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
