import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("bad_input_program.ts", import.meta.url));
const token = "123456789:AAthe-SECRET_part-of_the-token-12345";

/** Runs the program with one mistake, and returns all that it printed, and how it ended. */
async function make(mistake: string): Promise<{ printed: string; code: number | null }> {
  const before = process.versions.deno ? ["run", "--allow-all", "--no-check"] : [];
  const root = await closedRoot();
  const child = spawn(process.execPath, [...before, program, mistake, token, root], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { printed: `${out}\n${err}`, code };
}

/** An `apiRoot` at which nothing listens. */
async function closedRoot(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

for (
  const [mistake, ...says] of [
    [
      "an empty token",
      "Cannot create a bot: the token must be like 123456:ABC-DEF, given an empty string.",
      "@BotFather",
    ],
    [
      "a wrong filter query",
      'Cannot filter updates by "message:txt": message has no field "txt". Did you mean "message:text"?',
    ],
    [
      "a middleware that is not a function",
      "argument 2 of command() must be a function or an object with a middleware() method, given",
      'given "Hi!".',
    ],
    [
      "run twice",
      "Cannot call run(bot): this bot is already running, by run(bot). Stop that first",
    ],
    [
      "a session read without a session key",
      "Cannot read the session: this update has no session key, because getSessionKey returned",
      "Return a key",
    ],
    [
      "an InputFile with a missing path",
      'Cannot read the file "no/cat.jpg": there is no such file in the working directory "',
      process.cwd(),
    ],
    [
      "an API root that does not answer",
      "Network request for 'getMe' failed! No answer from http://127.0.0.1:",
      "Check that a Bot API server runs there (option apiRoot).",
    ],
    [
      "an API root that does not answer, in a handler",
      "Network request for 'sendMessage' failed! No answer from http://127.0.0.1:",
    ],
  ] as const
) {
  test(`${mistake}: what is printed says what was given, what is needed and where`, async () => {
    const { printed, code } = await make(mistake);
    for (const words of says) assert.ok(printed.includes(words), `${words}\n\n${printed}`);
    // Where: the line of the program that did it is in the stack. Bun keeps none across an await.
    if (!process.versions.bun) assert.match(printed, /bad_input_program/);
    assert.ok(!printed.includes("SECRET"), printed);
    assert.equal(code, 1);
  });
}

test("whatever is printed of a bot, a context and their errors, the token is not among it", async () => {
  const { printed, code } = await make("everything is printed");
  assert.match(printed, /No answer from/);
  assert.match(printed, /Error in middleware/);
  assert.ok(!printed.includes("SECRET"), printed);
  assert.equal(code, 0);
});
