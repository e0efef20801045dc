import { Child, runner } from "../lib/processes.ts";
import { fixed, grouped, median, ratio, record, report, type Samples } from "../lib/stats.ts";
import { atLeast, atMost } from "../lib/targets.ts";
import type { Drained } from "./drained.ts";

const subjects = ["bare", "tramline", "grammy", "telegraf", "gramio"];

/** How fast, and in how much memory, a backlog of 1000 chats is worked off by polling. */
export async function backlog(runtime: string, quick: boolean): Promise<void> {
  const rounds = quick ? 1 : 9;
  const count = quick ? 20_000 : 100_000;
  const server = new Child(await runner("deno"), "backlog/server.ts", String(count));
  const port = await server.read<number>();

  const perSecond: Samples = new Map();
  const microseconds: Samples = new Map();
  const peaks: Samples = new Map();
  const outOfOrder: Samples = new Map();
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) {
      const client = new Child(
        await runner(runtime),
        `backlog/${subject}.ts`,
        String(port),
        String(count),
      );
      const drained = await client.read<Drained>();
      await client.end();
      record(perSecond, subject, count / drained.seconds);
      record(microseconds, subject, drained.processorSeconds / count * 1e6);
      record(peaks, subject, drained.peak / 1e6);
      record(outOfOrder, subject, drained.outOfOrder);
    }
  }
  await server.end();

  report(perSecond, {
    title: `A backlog of ${grouped(count)} updates by polling on ${runtime}, in order per chat`,
    unit: "updates/s",
    yardstick: "bare",
    more: {
      // The server has the other core; what else runs takes from both, and from each by chance.
      "to bare by processor": (subject) => fixed(2)(byProcessor(subject)),
      "processor µs each": (subject) => fixed(1)(median(microseconds.get(subject)!)),
      "peak MB": (subject) => grouped(median(peaks.get(subject)!)),
      "out of order": (subject) => grouped(Math.max(...outOfOrder.get(subject)!)),
    },
    targets: {
      tramline: [
        atLeast(0.85, byProcessor("tramline"), (share) => `${share} of bare`),
        atMost(80, median(peaks.get("tramline")!), (megabytes) => `${megabytes} MB`),
        atMost(0, Math.max(...outOfOrder.get("tramline")!), () => "none out of order"),
      ],
    },
  });

  function byProcessor(subject: string): number {
    return ratio(microseconds, "bare", subject);
  }
}
