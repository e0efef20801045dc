import { root } from "./project.ts";

/** How a command ended. */
export interface Outcome {
  ok: boolean;
  /** What it wrote to standard output and standard error, in this order. */
  output: string;
  /** What it wrote to standard output alone. */
  stdout: string;
}

/** Runs a command to its end and keeps what it wrote. */
export async function run(
  command: string,
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Outcome> {
  const child = new Deno.Command(command, {
    args,
    cwd: options.cwd ?? root,
    env: { NO_COLOR: "1", ...options.env },
    stdin: "null",
  });
  const { success, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { ok: success, output: `${out}${err}`, stdout: out! };
}

/** Runs a subcommand of the Deno that runs this script, so that none has to be on the PATH. */
export function deno(args: string[], options?: Parameters<typeof run>[2]): Promise<Outcome> {
  return run(Deno.execPath(), args, options);
}

/** Runs npm: the one on the PATH or, on a machine that has only Deno, the package `npm`. */
export async function npm(
  args: string[],
  options?: Parameters<typeof run>[2],
): Promise<Outcome> {
  // npm tells of every deprecated package and of funding; only its errors are of use here.
  const quiet = [...args, "--loglevel=error", "--no-audit", "--no-fund", "--no-update-notifier"];
  try {
    return await run("npm", quiet, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return await deno(tool("npm@11", ...quiet), options);
  }
}

/** The arguments that let Deno run a tool from npm, without a trace in this project's lock file. */
export function tool(name: string, ...args: string[]): string[] {
  return ["run", "--allow-all", "--no-lock", `npm:${name}`, ...args];
}

/** Waits for a command and throws, with what it wrote, if it failed. */
export async function must(what: string, outcome: Promise<Outcome>): Promise<Outcome> {
  const result = await outcome;
  if (!result.ok) throw new Error(`${result.output.trimEnd()}\nCannot ${what}: see above.`);
  return result;
}
