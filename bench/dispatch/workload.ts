import { type BenchUpdate, message, press } from "../lib/updates.ts";

/** What a bot listens to; every framework registers the same list, in the same order. */
export type Listener =
  | { kind: "command" | "hears" | "callbackQuery"; trigger: string }
  | { kind: "hearsPattern"; trigger: RegExp }
  | { kind: "text" };

/** A bot of one framework: takes an update, and settles once it is handled. */
export type Handle = (update: BenchUpdate) => unknown;

/** Makes a bot that calls `handled` once for each update that one of the listeners takes. */
export type MakeBot = (listeners: Listener[], handled: () => void) => Handle | Promise<Handle>;

/**
 * `count` listeners: commands, texts and button presses by turns, and one for all other texts at the
 * end. With `patterns`, texts are recognised by regular expressions, which no index can help with.
 */
export function listeners(count: number, patterns: boolean): Listener[] {
  const kinds = ["command", "hears", "callbackQuery"] as const;
  const list = Array.from({ length: count - 1 }, (_, i): Listener => {
    const kind = kinds[i % kinds.length]!;
    if (kind === "hears" && patterns) {
      return { kind: "hearsPattern", trigger: new RegExp(`^hears${i}$`) };
    }
    return { kind, trigger: `${kind}${i}` };
  });
  return [...list, { kind: "text" }];
}

/** Updates that hit every listener equally often, in an order that is mixed but always the same. */
export function updatesFor(list: Listener[]): BenchUpdate[] {
  // Many, so that no framework sees the same object twice in a while.
  const updates = Array.from({ length: 10_000 / list.length }, () => list).flat()
    .map((listener, i) => {
      switch (listener.kind) {
        case "command":
          return message(i, 1000 + i % 97, `/${listener.trigger}`);
        case "hears":
          return message(i, 1000 + i % 97, listener.trigger);
        case "hearsPattern":
          return message(i, 1000 + i % 97, listener.trigger.source.slice(1, -1));
        case "callbackQuery":
          return press(i, 1000 + i % 97, listener.trigger);
        case "text":
          return message(i, 1000 + i % 97, "something else altogether");
      }
    });
  let seed = 1;
  for (let i = updates.length - 1; i > 0; i--) {
    seed = (seed * 48271) % 2147483647;
    const j = seed % (i + 1);
    [updates[i], updates[j]] = [updates[j]!, updates[i]!];
  }
  return updates;
}
