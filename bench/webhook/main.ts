import { Child, runner } from "../lib/processes.ts";
import { fixed, grouped, median, ratio, record, report, type Samples } from "../lib/stats.ts";
import { atLeast, type Target } from "../lib/targets.ts";

const subjects = ["bare", "tramline", "tramline_run", "grammy", "telegraf", "gramio"];
const connections = 64;
/** Until then the runtimes are still compiling. */
const warmUpSeconds = 1.5;

/** How many updates per second a webhook answers whose handler does nothing. */
export async function webhook(runtime: string, quick: boolean): Promise<void> {
  const rounds = quick ? 3 : 11;
  const seconds = quick ? 0.4 : 1;
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
      const slice = round < 0 ? warmUpSeconds : seconds;
      const result = await load.ask<{ requests: number; seconds: number }>(`${port} ${slice}`);
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
      "to bare by processor": (subject) => fixed(2)(byProcessor(subject, "bare")),
      "processor µs each": (subject) => fixed(1)(median(microseconds.get(subject)!)),
      // Well below 100 %, the load is the limit, and the time per request is the better measure.
      "server busy %": (subject) => grouped(median(busy.get(subject)!)),
    },
    targets: { tramline: targets("tramline"), tramline_run: targets("tramline_run") },
  });

  function targets(subject: string): Target[] {
    const ofBare = atLeast(0.85, byProcessor(subject, "bare"), (share) => `${share} of bare`);
    if (runtime !== "deno") return [ofBare];
    const ofGrammy = atLeast(2, byProcessor(subject, "grammy"), (times) => `${times} × grammy`);
    return [ofBare, ofGrammy];
  }

  /**
   * How many times the requests of another a subject answers in the same processor time: that is
   * what it answers on a processor of its own. Requests per second also depend on whether the load,
   * which has one of the cores, keeps up with the server; it does not with the bare one.
   */
  function byProcessor(subject: string, other: string): number {
    const isKnown = microseconds.get(subject)!.every((figure) => figure > 0);
    return isKnown ? ratio(microseconds, other, subject) : ratio(perSecond, subject, other);
  }
}
