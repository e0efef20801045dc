import { Child, runner } from "../lib/processes.ts";
import { fixed, grouped, median, ratio, report, table } from "../lib/stats.ts";
import { atLeast, atMost, verdict } from "../lib/targets.ts";

/** Updates per second that are to be reached; texts by pattern are shown for comparison only. */
const perSecond: Record<string, number> = {
  "10 listeners": 1_000_000,
  "50 listeners": 1_000_000,
  "1000 listeners": 500_000,
};

/** How fast updates find their handler, in one process, one update after another. */
export async function dispatch(runtime: string, quick: boolean): Promise<void> {
  const args = quick ? ["3", "40"] : ["15", "150"];
  const child = new Child(await runner(runtime), "dispatch/measure.ts", ...args);
  const figures = await child.read<Record<string, Record<string, number[]>>>();
  await child.end();
  for (const [label, results] of Object.entries(figures)) {
    const reached = median(results["tramline"]!);
    const bound = perSecond[label];
    const samples = new Map(Object.entries(results));
    report(samples, {
      title: `Dispatch on ${runtime}, ${label}, per second of processor time`,
      unit: "updates/s",
      yardstick: "bare",
      more: {
        "to grammy": (subject) => fixed(2)(ratio(samples, subject, "grammy")),
      },
      targets: { tramline: bound === undefined ? [] : [atLeast(bound, reached, grouped)] },
    });
  }
  const cost = (label: string) => 1 / median(figures[label]!["tramline"]!);
  const factor = cost("1000 listeners") / cost("10 listeners");
  console.log(table("The cost of an update with 1000 listeners, in that with 10", [
    "",
    "times",
    "target",
  ], [[
    "tramline",
    fixed(2)(factor),
    verdict(atMost(2, factor, String)),
  ]]));
}
