import type { Update } from "../api/types.ts";
import type { Slot } from "../lanes/lanes.ts";
import type { BotId, Store, WorkerId } from "../store/store.ts";
import type { Lease } from "./lease.ts";
import type { OwnedLane } from "./owned_lane.ts";
import { StagedSessions } from "./staged_sessions.ts";

/** Handles an update of the inbox. It must not reject. */
export type Handle = (attempt: Attempt, slot: Slot) => Verdict | Promise<Verdict>;

/**
 * How an attempt ended: the update is done; it failed; or the process is stopping, so that it is
 * neither and waits in the store.
 */
export type Verdict =
  | { readonly outcome: "done" }
  | { readonly outcome: "failed"; readonly error: unknown }
  | { readonly outcome: "cut" };

/** What the attempts of one worker have in common. */
export interface AttemptConfig {
  readonly store: Store;
  readonly bot: BotId;
  readonly lease: Lease;
}

/** One try at handling an update that is kept in a store. */
export class Attempt {
  /** The update. */
  readonly update: Update;
  /** The ordering key; `undefined`: unordered. */
  readonly key: string | undefined;
  /** What its handler reads and writes. */
  readonly sessions: StagedSessions;
  /** Who handles it, to be told when it must not go on. */
  handling: { abort(reason: Error): void } | undefined;
  readonly #lease: Lease;
  readonly #worker: WorkerId;
  #over: Error | undefined;
  #done = false;

  /**
   * @param config What it has in common with others
   * @param lane The lane, which must be ours
   * @param update The update
   */
  constructor(config: AttemptConfig, lane: OwnedLane, update: Update) {
    this.update = update;
    this.key = lane.isFinal ? undefined : lane.key;
    this.#lease = config.lease;
    this.#worker = lane.worker;
    this.sessions = new StagedSessions(config, this);
    if (lane.session !== undefined) this.sessions.add(lane.key, lane.session);
  }

  /** Why it must not go on, if so. */
  get over(): Error | undefined {
    return this.#over;
  }

  /**
   * Passes if the lane is still ours; to be asked before everything that others can see. Once the
   * update is done it passes, too: a reminder that a timer sends needs no lane.
   *
   * @throws {LeaseLostError} If it is not.
   */
  checkLease(): void | Promise<void> {
    if (this.#over !== undefined) throw this.#over;
    if (this.#done) return;
    try {
      return this.#lease.check(this.#worker)?.then(
        () => {
          if (this.#over !== undefined) throw this.#over;
        },
        (error) => this.#lose(error),
      );
    } catch (error) {
      this.#lose(error as Error);
    }
  }

  /**
   * To be asked before a session is written or waited for.
   *
   * @throws {Error} If the attempt is over, or its update is done.
   */
  refuseLate(): void {
    if (this.#over !== undefined) throw this.#over;
    if (this.#done) throw new Error("Cannot write the session: its update is done already.");
  }

  /** Ends the attempt: what its handler still wants to say or write is refused. */
  end(reason: Error): void {
    this.#over ??= reason;
  }

  /** Its handler has ended: what it still wants to write would be too late, and is refused. */
  finish(): void {
    this.#done = true;
  }

  #lose(error: Error): never {
    this.end(error);
    this.handling?.abort(error);
    throw error;
  }
}
