import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** What the process is to do; `bot_program.ts` reads it. */
export interface Program {
  /** The bot's token. */
  readonly token: string;
  /** Where the simulator listens. */
  readonly apiRoot: string;
  /** Sent along with every call, so that one knows which process has made it. */
  readonly life: number;
  /** How updates come in: `run` by polling or webhooks, polling with confirm "handled", bot.start. */
  readonly intake: "polling" | "webhooks" | "handled" | "start";
  /** The store's file. Without it there is no store. */
  readonly file?: string;
  readonly concurrency?: number;
  readonly leaseSeconds?: number;
  readonly drainSeconds?: number;
  /** A handler takes so long at most. */
  readonly handlerMilliseconds: number;
  /** Where the random times of handlers begin. */
  readonly seed: number;
  /** The message whose handler kills the process. */
  readonly poison?: string;
}

/** How a process has ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A bot in a process of its own. */
export class BotProcess {
  readonly life: number;
  /** Resolves when the program says that it is ready; its port, if it is a server. */
  readonly ready: Promise<number | undefined>;
  /** Resolves when the process has ended and everything that it printed is here. */
  readonly exited: Promise<Exit>;
  /** Nothing is to be expected of it any more: it was killed, or has ended. */
  isDead = false;
  readonly #child: ChildProcess;
  #output = "";
  #errors = "";

  /** Starts the process. */
  constructor(program: Program) {
    this.life = program.life;
    const file = fileURLToPath(new URL("bot_program.ts", import.meta.url));
    const child = spawn(process.execPath, [...flags(), file, JSON.stringify(program)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    this.exited = new Promise((resolve, reject) => {
      child.once("error", reject);
      let open = 3;
      let exit: Exit;
      const closed = () => --open === 0 && resolve(exit);
      child.once("exit", (code, signal) => {
        this.isDead = true;
        exit = { code, signal };
        closed();
      });
      child.stdout!.once("close", closed);
      child.stderr!.once("close", closed);
    });
    this.ready = new Promise((resolve, reject) => {
      child.stdout!.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        const said = /^ready ?(\d*)\n/m.exec(this.#output);
        if (said) resolve(said[1] ? Number(said[1]) : undefined);
      });
      this.exited.then((exit) => reject(this.unexpected(exit)), reject);
    });
    this.ready.catch(() => {});
    child.stderr!.setEncoding("utf8").on("data", (text: string) => this.#errors += text);
  }

  /** What it has printed on stderr so far. */
  get errors(): string {
    return this.#errors;
  }

  /** kill -9. */
  async kill(): Promise<Exit> {
    this.signal("SIGKILL");
    this.isDead = true;
    return await this.exited;
  }

  /** Stops it as a supervisor or Ctrl-C does, and checks that it ends well, and without a word. */
  async stop(signal: "SIGINT" | "SIGTERM"): Promise<void> {
    await this.during(this.ready);
    this.signal(signal);
    const exit = await this.exited;
    assert.deepEqual({ ...exit, errors: this.#errors }, { code: 0, signal: null, errors: "" });
  }

  /** Sends a signal, if the process still is. */
  signal(signal: "SIGKILL" | "SIGINT" | "SIGTERM"): void {
    // Not child.kill(): on Deno, it reports the exit before there is one.
    if (!this.isDead) process.kill(this.#child.pid!, signal);
  }

  /** Rejects if it ends by itself, until `done` is settled; so that nobody waits for a dead bot. */
  async during<T>(done: Promise<T>): Promise<T> {
    const ended = this.exited.then((exit) => {
      throw this.unexpected(exit);
    });
    return await Promise.race([done, ended]);
  }

  /** The error for an end that nobody asked for. */
  unexpected({ code, signal }: Exit): Error {
    return new Error(
      `The bot (life ${this.life}) has ended by itself: code ${code}, signal ${signal}.\n` +
        this.#errors,
    );
  }
}

function flags(): readonly string[] {
  if ("deno" in process.versions) return ["run", "--allow-all", "--quiet", "--no-check"];
  // Node says of node:sqlite, and of TypeScript, that they are experimental.
  if (!("bun" in process.versions)) return ["--disable-warning=ExperimentalWarning"];
  return [];
}
