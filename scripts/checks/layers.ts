import type { Check, Findings } from "../lib/check.ts";
import { type Import, importsOf } from "../lib/imports.ts";
import { filesIn, packageOf, publishedFiles, readConfig, readText } from "../lib/project.ts";
import { resolveSpecifier } from "../lib/project.ts";

/** Lowest first: each imports only from those before it. Explained in `docs/architecture.md`. */
export const layers: readonly string[] = [
  "src/base/",
  "src/api/",
  "src/lanes/",
  "src/store/",
  "src/context/",
  "src/middleware/",
  "src/inbox/",
  "src/updates/",
  "src/bot.ts",
  "src/run/",
  "src/cluster/",
  "src/testing/",
  "src/cli/",
  "mod.ts",
];

/** The imports of each file. */
export type Graph = Map<string, Import[]>;

/** Imports that run against the layers or leave the source by a wrong door. */
export function layerProblems(graph: Graph): string[] {
  const problems: string[] = [];
  for (const [path, imports] of graph) {
    const layer = layerOf(path);
    if (layer < 0) {
      problems.push(
        `${path} is in no layer. Move it, or add its folder to scripts/checks/layers.ts and ` +
          "docs/architecture.md.",
      );
    }
    for (const { specifier, line } of imports) {
      if (!specifier.startsWith(".")) continue;
      const target = resolveSpecifier(specifier, path);
      if (layerOf(target) > layer) {
        problems.push(
          `${path}:${line} imports ${target}, which is in a layer above it. Move what is shared ` +
            "down, or pass it in.",
        );
      }
    }
  }
  return problems;
}

/**
 * Every way round that imports lead, each told once. Types that refer to each other are no cycle:
 * nothing waits for anything when they are loaded, and the layers keep them within one folder.
 */
export function cycles(graph: Graph): string[] {
  const problems: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: string[]): void => {
    const seen = way.indexOf(path);
    if (seen >= 0) {
      const round = [...way.slice(seen), path].join(" -> ");
      problems.push(`${round}. Move what they share into a file of its own.`);
    }
    if (seen >= 0 || done.has(path)) return;
    for (const { specifier, kind } of graph.get(path) ?? []) {
      if (kind !== "type" && specifier.startsWith(".")) {
        visit(resolveSpecifier(specifier, path), [...way, path]);
      }
    }
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return problems;
}

function layerOf(path: string): number {
  return layers.findIndex((layer) =>
    path === layer || (layer.endsWith("/") && path.startsWith(layer))
  );
}

async function readGraph(paths: string[]): Promise<Graph> {
  const graph: Graph = new Map();
  for (const path of paths) graph.set(path, importsOf(path, await readText(path)));
  return graph;
}

async function specifierProblems(): Promise<Findings> {
  const { imports, name } = await readConfig();
  const problems: string[] = [];
  const published = await readGraph(await publishedFiles());
  for (const [path, found] of published) {
    for (const { specifier, line } of found) {
      if (specifier.startsWith("#src/") || packageOf(specifier) === name) {
        problems.push(
          `${path}:${line} imports "${specifier}". Import the file by its relative path.`,
        );
      }
    }
  }
  const others = await readGraph([...await filesIn("tests"), ...await filesIn("examples")]);
  for (const [path, found] of others) {
    for (const { specifier, line } of found) {
      if (specifier.startsWith(".") && /^(src\/|mod\.ts)/.test(resolveSpecifier(specifier, path))) {
        problems.push(
          `${path}:${line} imports "${specifier}". Import from "${name}", or an inner part from ` +
            '"#src/…": only these lead to the built package on Node and Bun.',
        );
      }
    }
  }
  for (const [path, found] of [...published, ...others]) {
    for (const { specifier, line } of found) {
      if (/^(\.|node:|#src\/)/.test(specifier) || packageOf(specifier) === name) continue;
      if (specifier.includes(":") || !(packageOf(specifier) in imports)) {
        problems.push(
          `${path}:${line} imports "${specifier}". Name the package in deno.json "imports", and ` +
            "import it by that name: the npm build and the tests on Node take versions from there.",
        );
      }
    }
  }
  return { problems };
}

/** What may import what. */
export const checks: Check[] = [
  {
    name: "imports go down the layers",
    run: async () => ({ problems: layerProblems(await readGraph(await publishedFiles())) }),
  },
  {
    name: "no import cycle",
    run: async () => ({ problems: cycles(await readGraph(await publishedFiles())) }),
  },
  { name: "imports by the right name", run: specifierProblems },
];
