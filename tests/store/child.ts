import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A program of this folder in a process of its own. */
export class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  readonly #lines: AsyncIterator<string>;

  constructor(file: string, ...args: string[]) {
    const program = fileURLToPath(new URL(file, import.meta.url));
    const options = "deno" in process.versions ? ["run", "--allow-all", "--quiet"] : [];
    this.#process = spawn(process.execPath, [...options, program, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#ended = once(this.#process, "exit");
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** What it prints next. */
  async line(): Promise<string> {
    const { done, value } = await this.#lines.next();
    if (done) throw new Error("Cannot read on: the process has ended.");
    return value;
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    process.kill(this.#process.pid!, "SIGKILL");
    await this.ended();
  }

  /** Resolves when it has ended by itself, or was killed; with the signal that has ended it. */
  async ended(): Promise<string | null> {
    const [, signal] = await this.#ended;
    await this.#lines.return?.();
    return signal as string | null;
  }
}
