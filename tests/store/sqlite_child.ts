// Uses SQLite stores until it is killed: `sqlite_child.ts WHAT PATH [STEP]`.
import { type SqliteHandle, sqliteStore } from "@tramline/tramline/sqlite";
import process, { argv } from "node:process";
import { DatabaseSync } from "node:sqlite";

const [what, path, step] = argv.slice(2) as [string, string, string | undefined];

async function main(): Promise<void> {
  if (what === "open") {
    const store = sqliteStore(path);
    await store.open();
    await store.close();
    console.log("opened");
  } else if (what === "open many") {
    for (let n = 0;; n++) {
      const store = sqliteStore(`${path}${n}.db`);
      await store.open();
      await store.close();
      console.log(n);
    }
  } else if (what === "die") {
    const db = new DatabaseSync(path);
    let steps = 0;
    const store = sqliteStore({
      prepare: (sql) => db.prepare(sql) as ReturnType<SqliteHandle["prepare"]>,
      exec(sql) {
        if (++steps === Number(step)) process.kill(process.pid, "SIGKILL");
        db.exec(sql);
      },
      close: () => db.close(),
    });
    await store.open();
    await store.close();
    console.log("opened");
  } else if (what === "own") {
    const store = sqliteStore(path);
    const worker = await store.register({ leaseSeconds: 3600 });
    const update = { id: 1, key: "chat", payload: "{}" };
    await store.append(1, [update], { worker, lanes: 1 });
    console.log(worker);
    setInterval(() => {}, 1000);
  }
}

main();
