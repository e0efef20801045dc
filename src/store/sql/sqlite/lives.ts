import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { logger } from "../../../base/log.ts";
import type { WorkerId } from "../../store.ts";
import type { Lives } from "../dialect.ts";
import type { SqliteHandle } from "./database.ts";

const log = logger("store");

/**
 * Sees at once that a process of this machine has died, so that its chats need not wait out the
 * lease after a crash: each worker holds the lock of a file of its own, `bot.db-worker-7`. The
 * operating system frees the lock when the process ends, however it ends. Whoever can lock the file
 * knows that its worker is dead.
 *
 * SQLite does the locking: an empty database with an exclusive transaction. All happens within
 * writing transactions of the store, one at a time; so nobody sees a file that is not locked yet.
 */
export class FileLives implements Lives {
  readonly #open: (path: string) => SqliteHandle;
  readonly #directory: string;
  readonly #prefix: string;
  readonly #held: Map<WorkerId, SqliteHandle> = new Map();

  /** @param open Opens a database file */
  constructor(path: string, open: (path: string) => SqliteHandle) {
    this.#open = open;
    this.#directory = dirname(path);
    this.#prefix = `${basename(path)}-worker-`;
  }

  begin(worker: WorkerId): void {
    const handle = this.#lock(worker);
    if (handle !== undefined) this.#held.set(worker, handle);
    else {log.debug("Worker {worker} has no lock file: its lease alone tells that it lives.", {
        worker,
      });}
  }

  dead(): WorkerId[] {
    const workers = readdirSync(this.#directory)
      .filter((name) => name.startsWith(this.#prefix))
      .map((name) => Number(name.slice(this.#prefix.length)))
      .filter((worker) => Number.isSafeInteger(worker) && !this.#held.has(worker));
    return workers.filter((worker) => {
      const handle = this.#lock(worker);
      handle?.close();
      return handle !== undefined;
    });
  }

  end(worker: WorkerId): void {
    this.#held.get(worker)?.close();
    this.#held.delete(worker);
    // A worker that lives on without its file is not dead: its next write will be refused.
    rmSync(this.#pathOf(worker), { force: true });
  }

  /** Gives back what this process holds. */
  close(): void {
    for (const worker of [...this.#held.keys()]) this.end(worker);
  }

  #pathOf(worker: WorkerId): string {
    return join(this.#directory, `${this.#prefix}${worker}`);
  }

  #lock(worker: WorkerId): SqliteHandle | undefined {
    let handle: SqliteHandle | undefined;
    try {
      handle = this.#open(this.#pathOf(worker));
      handle.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
      return handle;
    } catch {
      handle?.close();
      return undefined;
    }
  }
}
