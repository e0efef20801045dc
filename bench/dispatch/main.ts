import { Child, runner } from "../lib/processes.ts";
import { median, report } from "../lib/stats.ts";

/** How fast updates find their handler, in one process, one update after another. */
export async function dispatch(runtime: string, quick: boolean): Promise<void> {
  const args = quick ? ["3", "40"] : ["9", "150"];
  const child = new Child(await runner(runtime), "dispatch/measure.ts", ...args);
  const figures = await child.read<Record<string, Record<string, number[]>>>();
  await child.end();
  for (const [label, results] of Object.entries(figures)) {
    report(new Map(Object.entries(results)), {
      title: `Dispatch on ${runtime}, ${label}`,
      unit: "updates/s",
      yardstick: "grammy",
    });
  }
  const cost = (label: string) => 1 / median(figures[label]!["tramline"]!);
  const factor = cost("1000 listeners") / cost("10 listeners");
  console.log(`\nWith 1000 listeners an update costs Tramline ${factor.toFixed(2)} times as much`);
  console.log("as with 10.");
}
