import { setImmediate } from "node:timers";
import type { BotId } from "../store.ts";
import type { Dialect, Statements } from "./dialect.ts";
import type { Work } from "./work.ts";

/** One transaction, as the work in it sees it. */
export interface Turn {
  readonly sql: Statements;
  /** When it began, in milliseconds since 1970. */
  readonly now: number;
  /** Bots whose lanes may be claimed when it is committed; the work adds them. */
  readonly woken: Set<BotId>;
}

/** A kind of call: how calls of it are done. */
export interface Kind<I, O> {
  readonly writes: boolean;
  /** How many calls, from the first on, can be done in one go. Default: 1. */
  readonly together?: (inputs: readonly I[]) => number;
  /** Does calls in their order; as many results as calls. */
  work(turn: Turn, inputs: readonly I[]): Work<readonly O[]>;
}

class Call {
  readonly kind: Kind<unknown, unknown>;
  readonly input: unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;

  constructor(
    kind: Kind<unknown, unknown>,
    input: unknown,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.kind = kind;
    this.input = input;
    this.resolve = resolve;
    this.reject = reject;
  }
}

/** What {@linkcode GroupCommit} needs. */
export interface GroupCommitOptions {
  readonly dialect: Dialect;
  /** Opens the dialect, if that is to be waited for. */
  open(): Promise<void> | undefined;
  /** The time in milliseconds since 1970. */
  now(): number;
  /** Told after each commit which bots have lanes that may be claimed now. */
  woken(bots: ReadonlySet<BotId>): void;
}

/**
 * Puts the calls of one turn of the event loop into one transaction, because a commit costs as much
 * as the statements of ten updates (the disk has to be waited for). A flush in a microtask would be
 * too early: the calls of one turn come from many of them.
 *
 * Calls take effect in their order. If one fails, which is exceptional, all are rolled back, and
 * each is done by itself.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #calls: Call[] = [];
  #running: Promise<void> | undefined;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Does a call in the next transaction. */
  call<I, O>(kind: Kind<I, O>, input: I): Promise<O> {
    return new Promise((resolve, reject) => {
      this.#calls.push(
        new Call(kind as Kind<unknown, unknown>, input, resolve as Call["resolve"], reject),
      );
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#calls.length > 0) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      await this.#commit();
    }
    this.#running = undefined;
  }

  async #commit(): Promise<void> {
    const writes = this.#calls.some(({ kind }) => kind.writes);
    let taken: Call[] | undefined;
    try {
      await this.#options.open();
      const results = await this.#transact(writes, () => taken = this.#take(writes));
      for (let i = 0; i < taken!.length; i++) taken![i]!.resolve(results[i]);
    } catch (error) {
      if (taken !== undefined && taken.length > 1) return await this.#eachAlone(taken);
      // It has not begun: the store cannot be used, and none of the calls can do anything about it.
      for (const call of taken ?? this.#calls.splice(0)) call.reject(error);
    }
  }

  /** What has gathered, also while the transaction waited for its begin. */
  #take(writes: boolean): Call[] {
    const first = writes ? -1 : this.#calls.findIndex(({ kind }) => kind.writes);
    return this.#calls.splice(0, first < 0 ? this.#calls.length : first);
  }

  async #eachAlone(calls: readonly Call[]): Promise<void> {
    for (const call of calls) {
      try {
        call.resolve((await this.#transact(call.kind.writes, () => [call]))[0]);
      } catch (error) {
        call.reject(error);
      }
    }
  }

  async #transact(writes: boolean, take: () => readonly Call[]): Promise<readonly unknown[]> {
    const woken = new Set<BotId>();
    const { dialect, now } = this.#options;
    const results = await dialect.transact(
      writes,
      (sql) => doCalls({ sql, now: now(), woken }, take()),
    );
    if (woken.size > 0) this.#options.woken(woken);
    return results;
  }
}

/** Does calls in their order, neighbours of one kind in one go where it allows that. */
function* doCalls(turn: Turn, calls: readonly Call[]): Work<readonly unknown[]> {
  const results: unknown[] = [];
  for (let begin = 0; begin < calls.length;) {
    const { kind } = calls[begin]!;
    let end = begin + 1;
    while (kind.together !== undefined && calls[end]?.kind === kind) end++;
    const inputs = calls.slice(begin, end).map(({ input }) => input);
    const count = inputs.length === 1 ? 1 : kind.together!(inputs);
    const done = yield* kind.work(turn, inputs.slice(0, count));
    for (const result of done) results.push(result);
    begin += count;
  }
  return results;
}
