import { statSync } from "node:fs";
import { setImmediate } from "node:timers";
import { logger } from "../../../base/log.ts";
import type { SqliteHandle } from "./database.ts";

const log = logger("store");

/** Frames (pages of 4 KiB) in the log after which it is copied into the database: 8 MiB. */
const framesWanted = 2000;
/** From this size on, the log is not only copied but cut. */
const tooLarge = 256 * 1024 * 1024;
/** How long nothing must be written until the rest is copied, too. */
const idleMilliseconds = 1000;

/**
 * Copies what was committed from the write-ahead log into the database. SQLite would do it within
 * the commit that fills the log; here it is done between commits, when nobody waits, and before the
 * log is large.
 */
export class Checkpoints {
  readonly #handle: SqliteHandle;
  readonly #path: string;
  // A log that was copied is written from its start again, so its size alone does not tell how much
  // of it is new.
  /** Commits since the last checkpoint, and how many are likely to make `framesWanted`. */
  #commits = 0;
  #enough = framesWanted;
  #size = 0;
  #scheduled = false;
  #warned = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(handle: SqliteHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  /** To be called after each commit that wrote. */
  committed(): void {
    this.#commits++;
    if (this.#timer === undefined) this.#armTimer();
    if (this.#scheduled) return;
    if (this.#commits >= this.#enough || this.#hasGrown()) {
      this.#scheduled = true;
      // After the promises of this commit, and what they have waited for.
      setImmediate(() => {
        this.#scheduled = false;
        this.run();
      });
    }
  }

  /** Copies now what can be copied without waiting for readers. */
  run(): void {
    if (this.#commits === 0) return;
    const mode = this.#walSize() > tooLarge ? "TRUNCATE" : "PASSIVE";
    try {
      const { log: frames } = this.#handle.prepare(`PRAGMA wal_checkpoint(${mode})`).get() as {
        log: number;
      };
      const perCommit = Math.max(frames, 1) / this.#commits;
      this.#enough = Math.min(Math.max(Math.round(framesWanted / perCommit), 1), framesWanted);
    } catch (error) {
      // What was committed is safe in the log. Said once: a full disk would say it every second.
      if (!this.#warned) {
        log.warn("Cannot copy the write-ahead log into the database: {error}", { error });
      }
      this.#warned = true;
    }
    this.#commits = 0;
    this.#size = this.#walSize();
  }

  /** Ends the waiting for idleness. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#commits = 0;
  }

  #armTimer(): void {
    const commits = this.#commits;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#commits === 0) return;
      if (this.#commits === commits) this.run();
      else this.#armTimer();
    }, idleMilliseconds);
    // Node's and Deno's timers; a browser's are numbers.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  #hasGrown(): boolean {
    return this.#walSize() > this.#size + framesWanted * 4096;
  }

  #walSize(): number {
    return statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  }
}
