import type { Update } from "../api/types.ts";
import type { Rostered } from "../base/roster.ts";
import type { ClaimedLane, LaneId, StoredSession, StoredUpdate, WorkerId } from "../store/store.ts";
import type { Attempt } from "./attempt.ts";
import { isUnordered } from "./unordered_key.ts";

/** An update in hand: as it is kept, and parsed if it just came in. */
export class InHand {
  readonly stored: StoredUpdate;
  readonly update: Update | undefined;

  constructor(stored: StoredUpdate, update?: Update) {
    this.stored = stored;
    this.update = update;
  }
}

/** A lane that this worker owns, with what it has of it in hand. */
export class OwnedLane implements Rostered {
  place = -1;
  readonly lane: LaneId;
  readonly key: string;
  readonly worker: WorkerId;
  /** Whether it is for one update only, which is in no order. */
  readonly isFinal: boolean;
  /** Deaths of the update at its head. */
  deaths: number;
  /** Called once, when the first of its updates is settled or the lane is not ours any more. */
  headDone: (() => void) | undefined;
  /** The session under its key; `undefined`: to be read anew. */
  session: StoredSession | undefined;
  /** What waits, next first. */
  readonly waiting: InHand[];
  /** What is being handled. */
  attempt: Attempt | undefined;

  /**
   * @param claimed What the store says of it
   * @param worker Who owns it
   * @param parsed Updates that need not be parsed again, by id
   */
  constructor(
    { lane, key, deaths, session, updates }: ClaimedLane,
    worker: WorkerId,
    parsed?: ReadonlyMap<number, Update>,
  ) {
    this.lane = lane;
    this.key = key;
    this.worker = worker;
    this.isFinal = isUnordered(key);
    this.deaths = deaths;
    this.session = session;
    this.waiting = updates.map((stored) => new InHand(stored, parsed?.get(stored.id)));
  }

  /** How many updates are in hand. */
  get size(): number {
    return this.waiting.length + (this.attempt === undefined ? 0 : 1);
  }

  /** The update that was handled is no longer its head. */
  next(): void {
    this.attempt = undefined;
    this.deaths = 0;
    this.headDone?.();
    this.headDone = undefined;
  }

  /** Takes further updates of the lane in hand. */
  add(updates: readonly StoredUpdate[]): void {
    for (const stored of updates) this.waiting.push(new InHand(stored));
  }
}
