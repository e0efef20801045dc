/**
 * Measures the SQLite store by itself, beside bare SQL: `deno run -A bench/store/engine/main.ts`.
 *
 * One process, `synchronous = FULL`, a session written with each update. `--quick` does less;
 * `--updates`, `--chats` and `--backlog` say how much. On Node: `node bench/store/engine/main.ts`.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { sqliteStore } from "../../../src/store/sql/sqlite/mod.ts";
import type { ClaimedLane, Store, WorkerId } from "../../../src/store/store.ts";
import { grouped, record, report, type Samples } from "../../lib/stats.ts";
import { bare } from "./bare.ts";
import { batches, batchSize, bot } from "./workload.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    updates: { type: "string", default: "100000" },
    chats: { type: "string", default: "1000" },
    backlog: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "3" },
  },
});
const updates = values.quick ? 20_000 : Number(values.updates);
const chats = Number(values.chats);
const backlog = values.quick ? 100_000 : Number(values.backlog);

const samples: Samples = new Map();
/** The processor's time per update in the last round: what a busy machine does not change. */
const cpu = new Map<string, number>();

const folder = mkdtempSync(join(tmpdir(), "tramline-bench-"));
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    await measure("bare SQL", updates, () => bare(path(), updates, chats));
    await measure("append(claim), complete", updates, () => owned(updates));
    await measure("the same, one call each", updates, () => single(updates));
  }
  // From here on the store alone: its keeping is not counted.
  for (let round = 0; round < Number(values.rounds); round++) {
    record(samples, "claim from a small backlog", await waiting(chats, 8 * chats));
  }
  report(samples, {
    title: `SQLite store: ${grouped(updates)} updates, ${grouped(chats)} chats`,
    unit: "updates/s",
    yardstick: "bare SQL",
    more: { "CPU µs/update": (subject) => cpu.get(subject)?.toFixed(1) ?? "" },
  });
  const before = rss();
  const many = await waiting(backlog / 10, backlog, updates);
  console.log(`\nbacklog of ${grouped(backlog)} updates in ${grouped(backlog / 10)} chats:`);
  console.log(`${grouped(many)} updates/s; resident ${rss()} MB (${before} MB before)`);
} finally {
  rmSync(folder, { recursive: true });
}

async function measure(
  subject: string,
  updates: number,
  run: () => number | Promise<number>,
): Promise<void> {
  const before = process.cpuUsage();
  record(samples, subject, await run());
  const { user, system } = process.cpuUsage(before);
  cpu.set(subject, (user + system) / updates);
}

function path(): string {
  return join(folder, `${crypto.randomUUID()}.db`);
}

function rss(): number {
  return Math.round(process.memoryUsage().rss / 2 ** 20);
}

async function open(): Promise<{ store: Store; worker: WorkerId }> {
  const store = sqliteStore(path());
  return { store, worker: await store.register({ leaseSeconds: 30 }) };
}

function finish(store: Store, worker: WorkerId, { lane, key, session, updates }: ClaimedLane) {
  const { version, data } = session;
  const count = data === undefined ? 0 : (JSON.parse(data) as { count: number }).count;
  return Promise.all(updates.map(({ id }, i) => {
    const write = { key, version: version + i, data: JSON.stringify({ count: count + i + 1 }) };
    const more = i < updates.length - 1;
    return store.complete(worker, { bot, lane, id, sessions: [write], more });
  }));
}

/** As polling does: a batch is kept while the one before it is handled and finished. */
async function owned(updates: number): Promise<number> {
  const { store, worker } = await open();
  const begun = performance.now();
  let finished: Promise<unknown> = Promise.resolve();
  for (const batch of batches(updates, chats)) {
    const { lanes } = await store.append(bot, batch, { worker, lanes: batchSize });
    await finished;
    finished = Promise.all(lanes.map((lane) => finish(store, worker, lane)));
  }
  await finished;
  const seconds = (performance.now() - begun) / 1000;
  await expectEmpty(store);
  return updates / seconds;
}

/** As webhooks do: each update comes by itself, a hundred at a time. */
async function single(updates: number): Promise<number> {
  const { store, worker } = await open();
  const begun = performance.now();
  for (const batch of batches(updates, chats)) {
    await Promise.all(batch.map(async (update) => {
      const { lanes } = await store.append(bot, [update], { worker, lanes: 1 });
      await Promise.all(lanes.map((lane) => finish(store, worker, lane)));
    }));
  }
  const seconds = (performance.now() - begun) / 1000;
  await expectEmpty(store);
  return updates / seconds;
}

/** From a backlog: claims a hundred lanes, finishes them, and claims again. */
async function waiting(chats: number, backlog: number, updates = backlog): Promise<number> {
  const { store, worker } = await open();
  let appended: Promise<unknown>[] = [];
  for (const batch of batches(backlog, chats)) {
    appended.push(store.append(bot, batch));
    if (appended.length === 50) {
      await Promise.all(appended);
      appended = [];
    }
  }
  await Promise.all(appended);
  await store.heartbeat(worker);
  const begun = performance.now();
  let done = 0;
  // Two at a time: one is claimed while the other is finished.
  const work = async (): Promise<void> => {
    while (done < updates) {
      const { lanes } = await store.claim(bot, worker, { lanes: batchSize, suspects: 0 });
      if (lanes.length === 0) return;
      for (const { updates } of lanes) done += updates.length;
      await Promise.all(lanes.map((lane) => finish(store, worker, lane)));
    }
  };
  await Promise.all([work(), work()]);
  const seconds = (performance.now() - begun) / 1000;
  if (updates === backlog) await expectEmpty(store);
  else await store.close();
  return done / seconds;
}

async function expectEmpty(store: Store): Promise<void> {
  const left = await store.stats(bot);
  await store.close();
  if (left.updates + left.owned + left.ready > 0) {
    throw new Error(`Cannot trust the figures: ${JSON.stringify(left)} is left.`);
  }
}
