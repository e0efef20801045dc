import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { buildPackage } from "../../scripts/build_npm.ts";
import { must, npm } from "../../scripts/lib/process.ts";
import { packageOf, readConfig, root } from "../../scripts/lib/project.ts";
import { install, runtimes } from "../../scripts/lib/runtimes.ts";
import { TextLineStream } from "./lines.ts";

/** A runtime, and how it runs a script of `bench/`. */
export interface Runner {
  name: string;
  command: string;
  args: string[];
  /** The folder that holds `bench/`. */
  cwd: string;
}

/** The folder in which Node and Bun find the built package and the other frameworks. */
const folder = `${root}/build/bench`;

/** Names of the runtimes that `--runtime` takes. */
export const runnerNames: string[] = ["deno", ...runtimes.map(({ name }) => name)];

/** Makes a runtime ready. Deno runs the source; Node and Bun run the built package. */
export async function runner(name: string): Promise<Runner> {
  if (name === "deno") {
    // Types are checked by `deno check`; here they would be counted.
    const args = ["run", "--allow-all", "--no-check"];
    return { name, command: Deno.execPath(), args, cwd: root };
  }
  const runtime = runtimes.find((runtime) => runtime.name === name);
  if (!runtime) {
    throw new Error(
      `Cannot measure on ${JSON.stringify(name)}: name one of ${runnerNames.join(", ")}.`,
    );
  }
  const command = await install(runtime);
  await packages();
  const args = name === "bun" ? ["run"] : ["--disable-warning=ExperimentalWarning"];
  return { name, command, args, cwd: folder };
}

let installing: Promise<string> | undefined;

/** Installs the built package and the other frameworks as a user would; returns the folder. */
function packages(): Promise<string> {
  return installing ??= installAll();
}

async function installAll(): Promise<string> {
  const config = await readConfig();
  const { tarball } = await buildPackage();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const dependencies: Record<string, string> = { [config.name]: `file:${tarball}` };
  for (const name of ["grammy", "@grammyjs/runner", "telegraf", "gramio"]) {
    dependencies[packageOf(name)] = config.imports[name]!.slice(`npm:${name}@`.length);
  }
  const manifest = { private: true, type: "module", dependencies };
  await writeFile(`${folder}/package.json`, JSON.stringify(manifest, null, 2));
  await must("install the frameworks to compare", npm(["install"], { cwd: folder }));
  // A link would not do: Node looks for packages beside the file that the link leads to.
  await cp(`${root}/bench`, `${folder}/bench`, { recursive: true });
  return folder;
}

/** A script of `bench/` that runs in a process of its own and writes lines. */
export class Child {
  readonly pid: number;
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #name: string;

  constructor(runner: Runner, script: string, ...args: string[]) {
    this.#name = `${script} on ${runner.name}`;
    this.#process = new Deno.Command(runner.command, {
      args: [...runner.args, `bench/${script}`, ...args],
      cwd: runner.cwd,
      env: { NO_COLOR: "1", NODE_NO_WARNINGS: "1", DENO_NO_UPDATE_CHECK: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.pid = this.#process.pid;
    this.#input = this.#process.stdin.getWriter();
    this.#lines = this.#process.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
  }

  /** The next line that the script writes, which is to be JSON. */
  async read<T>(): Promise<T> {
    const { value } = await this.#lines.read();
    if (value === undefined) {
      throw new Error(`Cannot go on: ${this.#name} ended before it had answered; see above.`);
    }
    return JSON.parse(value);
  }

  /** Writes a line to the script and returns the line that it answers. */
  async ask<T>(question: string): Promise<T> {
    await this.#input.write(new TextEncoder().encode(`${question}\n`));
    return await this.read();
  }

  /** Closes the script's input, upon which it is to end by itself. */
  async end(): Promise<void> {
    await this.#input.close().catch(() => {});
    const { success } = await this.#process.status;
    await this.#lines.cancel();
    if (!success) throw new Error(`Cannot go on: ${this.#name} failed; see above.`);
  }

  /** Seconds of processor time that it has used, threads included; `NaN` where it is not known. */
  async processorSeconds(): Promise<number> {
    const stat = await Deno.readTextFile(`/proc/${this.pid}/stat`).catch(() => "");
    // The name in parentheses may hold blanks. After it: user time is the 12th, system the 13th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }
}
