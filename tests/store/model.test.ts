import { env } from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { type Action, finishAll, Player } from "./player.ts";
import { stores, type TestedStore } from "./stores.ts";

// A failing run prints its seed, the shortest calls that fail, and their answers. With
// TRAMLINE_SEED=<seed> the same calls are made again, and with another seed others than by default;
// TRAMLINE_RUNS=<number> makes more of them.

const kinds: [weight: number, kind: Action["kind"]][] = [
  [9, "append"],
  [7, "claim"],
  [16, "complete"],
  [4, "fail"],
  [4, "heartbeat"],
  [1, "expire"],
  [2, "release"],
  [1, "retain"],
  [1, "elect"],
  [1, "resign"],
  [2, "write"],
  [2, "look"],
  [1, "retryDead"],
  [1, "dropDead"],
  [1, "listDead"],
];

const pick = fc.nat({ max: 1000 });
const action: fc.Arbitrary<Action> = fc.record({
  kind: fc.oneof(
    ...kinds.map(([weight, kind]) => ({ weight, arbitrary: fc.constant(kind) })),
  ),
  picks: fc.tuple(pick, pick, pick),
});
const turn = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      store: pick,
      actions: fc.array(action, { minLength: 1, maxLength: 5 }),
    }),
  },
  // Leases end at 130 seconds and more, never at a multiple of these.
  { weight: 2, arbitrary: fc.record({ advance: fc.constantFrom(50, 100, 200, 500) }) },
  { weight: 1, arbitrary: fc.record({ store: pick, lease: fc.constantFrom(130, 330, 1030) }) },
);
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

async function play({ make }: TestedStore, turns: readonly Turn[]): Promise<void> {
  const made = await make();
  const second = await made.reopen?.();
  const handles = second === undefined ? [made.store] : [made.store, second];
  const player = new Player(made, handles);
  try {
    for (const handle of handles) await player.register(330, handle);
    for (const turn of turns) {
      if ("advance" in turn) await player.advance(turn.advance);
      else if ("lease" in turn) {
        await player.register(turn.lease, handles[turn.store % handles.length]!);
      } else await player.turn(turn.store, turn.actions);
    }
    await finishAll(player, handles[0]!);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${message}\nafter\n  ${player.trace.join("\n  ")}`, { cause: error });
  } finally {
    if (second !== made.store) await second?.close();
    await made.dispose?.();
  }
}

for (const store of stores) {
  test(`${store.name}: whatever is called, it answers as the model does`, async () => {
    const turns = fc.array(turn, { minLength: 5, maxLength: 60, size: "max" });
    const seed = Number(env.TRAMLINE_SEED ?? 20_260_117);
    const numRuns = Number(env.TRAMLINE_RUNS ?? store.modelRuns);
    await fc.assert(fc.asyncProperty(turns, (turns) => play(store, turns)), { seed, numRuns });
  });
}
