import { Simulator } from "@tramline/tramline/testing";
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

/** Starts an example as its reader would, without a terminal. */
function start(file: string, args: string[], env: Record<string, string> = {}): ChildProcess {
  const path = fileURLToPath(new URL(`../examples/${file}`, import.meta.url));
  const before = process.versions.deno ? ["run", "--allow-all", "--no-check"] : [];
  const { BOT_TOKEN: _, ...inherited } = process.env;
  return spawn(process.execPath, [...before, path, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...inherited, NO_COLOR: "1", ...env },
  });
}

for (
  const [name, ...says] of [
    ["echo", "You said: "],
    ["high_load", "Message 1: ", "Message 2: "],
    ["keyboard_menu", "1 pizza in your basket."],
    ["webhook", "I come by webhook."],
  ] as const
) {
  test(`the example ${name} runs offline, talks to two users, and ends by itself`, async () => {
    const child = start("main.ts", [name]);
    const ended = once(child, "close");
    const printed = await text(child.stdout!);
    const [code] = await ended;
    assert.equal(code, 0, printed);
    for (const words of ["Alice", "Bob", ...says]) assert.ok(printed.includes(words), printed);
  });
}

test("an example that is not there is named, beside those that are", async () => {
  const child = start("main.ts", ["nonsense"]);
  child.stdout!.resume();
  const [code] = await once(child, "close");
  assert.equal(code, 2);
});

const skip = process.versions.deno ? "there is no package to require, only its source" : false;

test("the CommonJS example answers, and stops at a signal", { skip }, async () => {
  await using sim = new Simulator({ timeoutSeconds: 60 });
  const { url } = await sim.listen();
  const env = { BOT_TOKEN: sim.token, BOT_API_ROOT: url };
  const child = start("node_commonjs.cjs", [], env);
  const ended = once(child, "close");
  const alice = sim.user();
  await alice.send("/start");
  assert.equal((await alice.nextReply()).text, "Hi from CommonJS!");
  process.kill(child.pid!, "SIGINT");
  assert.deepEqual(await ended, [0, null]);
});
