import type { BotId } from "../store.ts";

/** Those who want to know when there may be something to claim. */
export class Watchers {
  readonly #watch: (changed: () => void) => () => void;
  readonly #byBot: Map<BotId, Set<() => void>> = new Map();
  #end: (() => void) | undefined;

  /** @param watch Watches for what others write; only while there is a watcher here */
  constructor(watch: (changed: () => void) => () => void) {
    this.#watch = watch;
  }

  /** Adds a watcher of a bot's lanes. Returns what ends it. */
  add(bot: BotId, wake: () => void): () => void {
    // A function of its own: the same one may be given twice.
    const watcher = (): void => wake();
    const watchers = this.#byBot.get(bot) ?? new Set();
    this.#byBot.set(bot, watchers.add(watcher));
    this.#end ??= this.#watch(() => this.wake(this.#byBot.keys()));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#byBot.get(bot) === watchers) this.#byBot.delete(bot);
      if (this.#byBot.size === 0) this.close();
    };
  }

  /** Wakes the watchers of some bots. */
  wake(bots: Iterable<BotId>): void {
    for (const bot of [...bots]) {
      for (const wake of [...this.#byBot.get(bot) ?? []]) wake();
    }
  }

  /** Ends all watching. */
  close(): void {
    this.#byBot.clear();
    this.#end?.();
    this.#end = undefined;
  }
}
