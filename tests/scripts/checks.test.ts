import assert from "node:assert/strict";
import { test } from "node:test";
import { cycles, type Graph, layerProblems } from "../../scripts/checks/layers.ts";
import { runtimeProblems, testProblems, topLevelAwaits } from "../../scripts/checks/runtimes.ts";
import { wordProblems } from "../../scripts/checks/text.ts";
import { importsOf } from "../../scripts/lib/imports.ts";

function graphOf(files: Record<string, string>): Graph {
  return new Map(Object.entries(files).map(([path, text]) => [path, importsOf(path, text)]));
}

test("an import of a higher layer is found, a type import too", () => {
  const problems = layerProblems(graphOf({
    "src/api/api.ts": `import { sleep } from "../base/sleep.ts";`,
    "src/base/sleep.ts": `import type { Api } from "../api/api.ts";`,
    "src/lanes/lanes.ts": `export type Bot = import("../bot.ts").Bot;`,
    "src/bot.ts": `export const load = () => import("./run/run.ts");`,
  }));
  assert.deepEqual(problems.map((problem) => problem.split(" imports")[0]), [
    "src/base/sleep.ts:1",
    "src/lanes/lanes.ts:1",
    "src/bot.ts:1",
  ]);
});

test("a folder that is in no layer is found", () => {
  const [problem] = layerProblems(graphOf({ "src/news/a.ts": "" }));
  assert.match(problem ?? "", /^src\/news\/a.ts is in no layer/);
});

test("an import cycle is told once, with its whole way; types may refer to each other", () => {
  const problems = cycles(graphOf({
    "src/a.ts": `import "./b.ts";`,
    "src/b.ts": `import { type C, c } from "./c.ts"; import "./d.ts";`,
    "src/c.ts": `export * from "./a.ts";`,
    "src/d.ts": `import type { B } from "./b.ts";`,
  }));
  assert.equal(problems.length, 1);
  assert.match(problems[0]!, /^src\/a.ts -> src\/b.ts -> src\/c.ts -> src\/a.ts\./);
});

test("a wait while a module loads is found, one inside of a function is not", () => {
  const found = (text: string) => topLevelAwaits("a.ts", text).length;
  assert.equal(found(`const a = await fetch("x");`), 1);
  assert.equal(found(`for await (const a of b) { a; }`), 1);
  assert.equal(found(`if (true) { await using a = b; }`), 1);
  assert.equal(found(`using a = b;`), 0);
  assert.equal(found(`async () => { await a; }; class A { async b() { await c; } }`), 0);
});

test("a runtime's own global or module is found outside of the platform file", () => {
  const found = (text: string) => runtimeProblems("src/api/a.ts", text).length;
  assert.equal(found(`import fs from "node:fs";`), 1);
  assert.equal(found(`const fs = () => import("node:fs");`), 1);
  assert.equal(found(`const a = Deno.cwd();`), 1);
  assert.equal(found(`const a = (globalThis as Other).process;`), 1);
  assert.equal(found(`const a = { process }; b(Buffer);`), 2);
  assert.equal(found(`class A { process(): void {} } a.process(); const b = { Deno: 1 };`), 0);
  assert.deepEqual(runtimeProblems("src/base/platform.ts", `Deno.cwd();`), []);
});

test("what Node or Bun cannot run is found in a test", () => {
  const found = (text: string) => testProblems("tests/a.test.ts", text).length;
  assert.equal(found(`Deno.cwd();`), 1);
  assert.equal(found(`const a = "Deno" in globalThis;`), 0);
  assert.equal(found(`const { Deno } = globalThis as Any; const a = Deno?.inspect;`), 0);
});

test("local paths, registry hosts and tokens are found", () => {
  const found = (text: string) => wordProblems("a.md", text).length;
  // Put together here, so that this file does not hold what it looks for.
  assert.equal(found(`see ${"/home"}/someone/file.ts`), 1);
  assert.equal(found(`https://${"registry"}.example.org/name`), 1);
  assert.equal(found(`7${"0".repeat(9)}:AA${"x".repeat(33)}`), 1);
  assert.equal(found("see https://example.org/home/someone, ./tmp/file and 123456:test-token"), 0);
});
