import { Bot, type Context, MemoryStore, type SessionFlavor, type Store } from "@tramline/tramline";
import { Simulator } from "@tramline/tramline/testing";
import { turn } from "./support.ts";

/** What handlers of these tests keep for a chat. */
export interface Count {
  count: number;
}

export type CountingContext = Context & SessionFlavor<Count>;

/** A simulated Telegram, a bot on it, and a store. */
export function simulateStored(): {
  sim: Simulator;
  bot: Bot<CountingContext>;
  store: MemoryStore;
} {
  const sim = new Simulator({ timeoutSeconds: 60 });
  return { sim, bot: anotherBot(sim), store: new MemoryStore() };
}

/** The same bot as another process would have it. */
export function anotherBot(sim: Simulator): Bot<CountingContext> {
  return new Bot<CountingContext>(sim.token, { client: sim.client });
}

/** Methods of a store that return a promise. */
export type StoreMethod = {
  [K in keyof Store]: Store[K] extends (...args: never[]) => Promise<unknown> ? K : never;
}[keyof Store];

/** A call of a store, as a wrapper sees it. */
export interface StoreCall {
  readonly method: StoreMethod;
  /** May be changed before the call goes on. */
  readonly args: unknown[];
}

/** A store whose calls pass through `around`, which may delay them, change them or let them fail. */
export function wrapped(
  store: Store,
  around: (call: StoreCall, go: () => Promise<unknown>) => Promise<unknown>,
): Store {
  return new Proxy(store, {
    get(target, name) {
      const value = target[name as keyof Store];
      if (typeof value !== "function") return value;
      const method = (...args: unknown[]) =>
        (value as (...args: unknown[]) => unknown).apply(target, args);
      if (name === "watch" || name === "sessions") return method;
      return (...args: unknown[]) =>
        around({ method: name as StoreMethod, args }, async () => await method(...args));
    },
  });
}

/** A store in which an update that has failed is due at once; `waits` are the seconds it should have waited. */
export function hurried(store: Store): { store: Store; waits: number[] } {
  const waits: number[] = [];
  const hurrying = wrapped(store, async ({ method, args }, go) => {
    if (method === "fail") {
      const failure = args[1] as { retryInSeconds: number | undefined };
      if (failure.retryInSeconds !== undefined) {
        waits.push(failure.retryInSeconds);
        args[1] = { ...failure, retryInSeconds: 0 };
      }
    }
    return await go();
  });
  return { store: hurrying, waits };
}

/** Resolves when no update waits in the store. */
export async function allDone(store: Store): Promise<void> {
  while ((await store.stats()).updates > 0) await turn();
}
