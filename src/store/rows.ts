/** How many updates of a lane a worker is given at once, at most. */
export const updatesPerLane = 8;

/** From how many deaths on a lane is a suspect: its head may be what kills workers. */
export const suspectDeaths = 2;

/** A bot, by the number in front of the colon of its token. */
export type BotId = number;

/** A worker's life, and its fencing token. */
export type WorkerId = number;

/** How a store calls a lane; only that store knows what it means. */
export type LaneId = number | string;

/** An update to keep. */
export interface NewUpdate {
  /** The `update_id`. */
  readonly id: number;
  /** The ordering key. */
  readonly key: string;
  /** The update as JSON. */
  readonly payload: string;
}

/** An update that is kept. */
export interface StoredUpdate {
  /** The `update_id`. */
  readonly id: number;
  /** The update as JSON; as it was given, or what somebody has made of it meanwhile. */
  readonly payload: string;
  /** How often handling it has failed. */
  readonly failures: number;
}

/** A session as it is kept. */
export interface StoredSession {
  /** How often it was written: 0 if never. */
  readonly version: number;
  /** The session as JSON; `undefined` if there is none. */
  readonly data: string | undefined;
}

/** A session to write. */
export interface SessionWrite {
  /** Its key. */
  readonly key: string;
  /** The version it must have for the write to be right. */
  readonly version: number;
  /** The session as JSON; `undefined` deletes it, which is a write like any other. */
  readonly data: string | undefined;
}

/** What `Store.append` has done. */
export interface Appended {
  /** Ids that were known already. */
  readonly known: readonly number[];
  /** The lanes that the worker owns now; each with the updates that were just kept. */
  readonly lanes: readonly ClaimedLane[];
}

/** How much `Store.claim` may take. */
export interface ClaimLimits {
  /** How many lanes, at most. */
  readonly lanes: number;
  /** How many suspects, at most, beside them. */
  readonly suspects: number;
}

/** What `Store.claim` has taken. */
export interface Claimed {
  /** The lanes that the worker owns now. */
  readonly lanes: readonly ClaimedLane[];
  /**
   * In how many seconds the next ready lane is due, if there is one that is not due yet; 0 if some
   * were left out because of the limits on `lanes`. `undefined` if nothing else is ready.
   */
  readonly nextInSeconds: number | undefined;
}

/** A lane that a worker owns. */
export interface ClaimedLane {
  /** How the store calls it. */
  readonly lane: LaneId;
  /** The ordering key. */
  readonly key: string;
  /** How many workers have died with the first of the updates at the head of their lane. */
  readonly deaths: number;
  /** The session under the lane's key. */
  readonly session: StoredSession;
  /** What to handle, in this order: at least one, at most {@linkcode updatesPerLane}. */
  readonly updates: readonly StoredUpdate[];
}

/** An update that is finished. */
export interface Completion {
  /** The bot. */
  readonly bot: BotId;
  /** The lane. */
  readonly lane: LaneId;
  /** The `update_id`. */
  readonly id: number;
  /** Sessions to write with it. */
  readonly sessions: readonly SessionWrite[];
  /** Whether the worker has further updates of this lane in hand. */
  readonly more: boolean;
  /**
   * Whether no update with the lane's key is to be expected any more, as with updates in no order,
   * which have a lane each: once the lane is idle and without a session, a store need not keep it.
   * Default: `false`.
   */
  readonly final?: boolean;
}

/** An update that has failed. */
export interface Failure {
  /** The bot. */
  readonly bot: BotId;
  /** The lane. */
  readonly lane: LaneId;
  /** The `update_id`. */
  readonly id: number;
  /** Why, as text for people. */
  readonly error: string;
  /** When to try again; `undefined`: never, it becomes a dead letter. */
  readonly retryInSeconds: number | undefined;
  /** As in {@linkcode Completion}; not looked at with `retryInSeconds`. */
  readonly more: boolean;
}

/** What became of a {@linkcode Completion} or {@linkcode Failure}. */
export type Settled =
  | {
    readonly outcome: "done";
    /** Further updates of the lane, if there was no `more`. Empty: the lane is not the worker's. */
    readonly next: readonly StoredUpdate[];
  }
  | { readonly outcome: "lost" }
  | { readonly outcome: "conflict" };

/** What `Store.complete` and `Store.fail` answer when there is nothing to add. */
export const settledAlone: Settled = Object.freeze({ outcome: "done", next: Object.freeze([]) });

/** An update that was set aside. */
export interface DeadLetter {
  /** The bot. */
  readonly bot: BotId;
  /** The `update_id`. */
  readonly id: number;
  /** The ordering key. */
  readonly key: string;
  /** The update as JSON. */
  readonly payload: string;
  /** Why it was set aside. */
  readonly error: string;
  /** How often handling it has failed. */
  readonly failures: number;
  /** How many workers have died with it. */
  readonly deaths: number;
  /** When it was set aside. */
  readonly at: Date;
}
