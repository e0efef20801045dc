import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { deno, must } from "../../scripts/lib/process.ts";
import { root } from "../../scripts/lib/project.ts";
import { Child, runner } from "../lib/processes.ts";
import { fixed, ratio, record, report, type Samples, table } from "../lib/stats.ts";
import { atMost, verdict } from "../lib/targets.ts";

/** How long an import takes, and how large the bundle for an edge runtime is. */
export async function start(runtime: string, quick: boolean): Promise<void> {
  await importTime(runtime, quick ? 3 : 21);
  if (runtime === "deno") await bundleSize();
}

async function importTime(runtime: string, rounds: number): Promise<void> {
  const subjects = {
    tramline: "@tramline/tramline",
    grammy: "grammy",
    telegraf: "telegraf",
    gramio: "gramio",
  };
  const milliseconds: Samples = new Map();
  for (let round = -1; round < rounds; round++) { // the first fills the caches
    for (const [subject, specifier] of Object.entries(subjects)) {
      const child = new Child(await runner(runtime), "start/import.ts", specifier);
      const took = await child.read<number>();
      await child.end();
      if (round >= 0) record(milliseconds, subject, took);
    }
  }
  report(milliseconds, {
    title: `Import on ${runtime}, in a new process each`,
    unit: "ms",
    yardstick: "grammy",
    format: fixed(1),
    targets: {
      tramline: [atMost(1, ratio(milliseconds, "tramline", "grammy"), () => "grammy")],
    },
  });
}

/** Bundles everything that each package exports; grammY's own bundle stands beside. */
async function bundleSize(): Promise<void> {
  const web = fileURLToPath(import.meta.resolve("grammy/web"));
  const bundles: [string, Uint8Array][] = [
    ["tramline, minified", await minified("tramline", `${root}/mod.ts`)],
    ["grammy's web bundle, minified", await minified("grammy", web)],
    ["grammy's web bundle, as published", await readFile(web)],
  ];
  const ours = bundles[0]![1].length;
  console.log(table(
    "Size of the bundle",
    ["", "kB", "gzipped", "ours to it", "target"],
    bundles.map(([name, bytes], i) => [
      name,
      (bytes.length / 1000).toFixed(1),
      (gzipSync(bytes).length / 1000).toFixed(1),
      (ours / bytes.length).toFixed(2),
      i === 0 ? "" : verdict(atMost(bytes.length, ours, () => "this")),
    ]),
  ));
}

async function minified(name: string, path: string): Promise<Uint8Array> {
  const folder = `${root}/build/bundles`;
  await mkdir(folder, { recursive: true });
  const entry = `${folder}/${name}.entry.js`;
  const bundle = `${folder}/${name}.min.js`;
  await writeFile(entry, `export * from ${JSON.stringify(`file://${path}`)};\n`);
  const args = ["bundle", "--quiet", "--minify", "--platform", "browser", "--output", bundle];
  await must(`bundle ${name}`, deno([...args, entry]));
  return await readFile(bundle);
}
