import { Simulator } from "@tramline/tramline/testing";
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("crash_bot.ts", import.meta.url));

/** A bot in a process of its own. */
class BotProcess {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #killed = false;
  #changed = Promise.withResolvers<void>();

  constructor(...args: string[]) {
    const before = process.versions.deno ? ["run", "--allow-all"] : [];
    this.#child = spawn(process.execPath, [...before, program, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#ended = once(this.#child, "close");
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      this.lines.push(line);
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    });
  }

  /** Resolves when all of these lines were printed. */
  async printed(...lines: string[]): Promise<void> {
    const ended = this.#ended.then(() => Promise.reject(new Error("The bot has ended by itself.")));
    while (!lines.every((line) => this.lines.includes(line))) {
      await Promise.race([this.#changed.promise, ended]);
    }
    ended.catch(() => {}); // it may, later
  }

  /** As a crash does: no handler of the process sees it. */
  async kill(): Promise<void> {
    if (this.#child.exitCode === null && !this.#killed) process.kill(this.#child.pid!, "SIGKILL");
    this.#killed = true;
    await this.#ended;
  }

  /** Lets no process live longer than its test, also if that fails. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

for (
  const [how, fate] of [
    ["bot.start", "comes again"],
    ["run", "is lost"],
    ["run, confirm handled", "comes again"],
    ["webhook", "comes again"],
  ] as const
) {
  test(`${how}: after a kill -9 the update that was being handled ${fate}`, async () => {
    await using sim = new Simulator({ local: true, timeoutSeconds: 60 });
    const { url } = await sim.listen();
    const [alice, bob] = [sim.user(), sim.user()];

    await using first = new BotProcess(how, sim.token, url, "in hand");
    await alice.send("done");
    await first.printed("end done");
    await bob.send("in hand");
    await first.printed("begin in hand");
    // With the next poll Telegram would learn of a confirmation.
    const polls = () => sim.calls.filter(({ method }) => method === "getUpdates").length;
    const before = polls();
    if (how === "run") await sim.until(() => sim.mainBot.pendingUpdates === 0);
    if (how === "run, confirm handled") await sim.until(() => polls() >= before + 2);
    await first.kill();

    await alice.send("later");
    // A webhook is set once; Telegram finds the new process where the old one was.
    const port = first.lines.flatMap((line) => line.match(/(?<=^port )\d+/) ?? []);
    await using second = new BotProcess(how, sim.token, url, "nothing", ...port);
    await second.printed("end later");
    await sim.until(() => sim.mainBot.pendingUpdates === 0);
    await second.kill();
    assert.equal(second.lines.includes("end in hand"), fate === "comes again");
  });
}
