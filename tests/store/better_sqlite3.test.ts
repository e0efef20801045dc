import { type SqliteHandle, sqliteStore } from "@tramline/tramline/sqlite";
import { storeContract, type StoreUnderTest } from "@tramline/tramline/testing";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

type Open = (path: string) => SqliteHandle;

/** It is a native addon: where it was not built for this runtime, it cannot be loaded. */
async function load(): Promise<Open | string> {
  try {
    const { default: Database } = await import("better-sqlite3");
    new Database(":memory:").close();
    return (path) => new Database(path);
  } catch (error) {
    return `better-sqlite3 cannot be loaded here: ${String(error).split("\n")[0]}`;
  }
}

const loaded = load();

async function make(): Promise<StoreUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), "tramline-better-"));
  const connect = await loaded as Open;
  let ahead = 0;
  const open = () => {
    const options = { now: () => Date.now() + ahead, synchronous: "normal" } as const;
    return sqliteStore(connect(join(folder, "bot.db")), options);
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

for (const { name, run } of storeContract(make)) {
  test(`a handle of better-sqlite3: ${name}`, async (t) => {
    const reason = await loaded;
    if (typeof reason === "string") return t.skip(reason);
    await run();
  });
}
