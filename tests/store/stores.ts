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
  readonly skip?: readonly ContractSkip[];
}

/** All stores there are. */
export const stores: readonly TestedStore[] = [
  { name: "MemoryStore", make: makeMemoryStore },
  { name: "sqliteStore", make: makeSqliteStore },
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
    return sqliteStore(join(folder, "bot.db"), { now: () => Date.now() + ahead });
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
