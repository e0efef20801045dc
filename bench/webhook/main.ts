import { Child, runner } from "../lib/processes.ts";
import { fixed, grouped, median, record, report, type Samples } from "../lib/stats.ts";

const subjects = ["bare", "tramline", "tramline_run", "grammy", "telegraf", "gramio"];
const connections = 64;

/** How many updates per second a webhook answers whose handler does nothing. */
export async function webhook(runtime: string, quick: boolean): Promise<void> {
  const rounds = quick ? 2 : 7;
  const seconds = quick ? 0.5 : 1.5;
  const server = await runner(runtime);
  const load = new Child(await runner("deno"), "webhook/load.ts", String(connections));
  const servers = new Map<string, { child: Child; port: number }>();
  for (const subject of subjects) {
    const child = new Child(server, `webhook/${subject}.ts`);
    servers.set(subject, { child, port: await child.read<number>() });
  }

  const perSecond: Samples = new Map();
  const microseconds: Samples = new Map();
  const busy: Samples = new Map();
  for (let round = -1; round < rounds; round++) { // the first is to warm up
    for (const [subject, { child, port }] of servers) {
      const before = await child.processorSeconds();
      const result = await load.ask<{ requests: number; seconds: number }>(`${port} ${seconds}`);
      const used = await child.processorSeconds() - before;
      const handled = await child.ask<number>("handled?");
      if (handled !== result.requests) {
        throw new Error(`${subject} handled ${handled} of ${result.requests} updates.`);
      }
      if (round < 0) continue;
      record(perSecond, subject, result.requests / result.seconds);
      record(microseconds, subject, used / result.requests * 1e6);
      record(busy, subject, used / result.seconds * 100);
    }
  }
  for (const { child } of servers.values()) await child.end();
  await load.end();

  report(perSecond, {
    title: `Webhook on ${runtime}, empty handler, secret checked, ${connections} connections`,
    unit: "requests/s",
    yardstick: "bare",
    more: {
      "processor µs each": (subject) => fixed(1)(median(microseconds.get(subject)!)),
      // Well below 100 %, the load is the limit, and the time per request is the better measure.
      "server busy %": (subject) => grouped(median(busy.get(subject)!)),
    },
  });
}
