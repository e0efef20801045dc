// Uses SQLite stores until it is killed: `sqlite_child.ts WHAT PATH`.
import { sqliteStore } from "@tramline/tramline/sqlite";
import { argv } from "node:process";

const [what, path] = argv.slice(2) as [string, string];

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
