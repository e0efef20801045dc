import {
  type BotId,
  type ClaimedLane,
  type DeadLetter,
  type SessionWrite,
  type StoredSession,
  type StoredUpdate,
  suspectDeaths,
  updatesPerLane,
  type WorkerId,
} from "../store.ts";
import { type Due, DueHeap } from "./due_heap.ts";
import { IdSet } from "./id_set.ts";
import { UpdateQueue, type WaitingUpdate } from "./update_queue.ts";

/** A worker's life. */
export interface Worker {
  readonly id: WorkerId;
  readonly leaseMilliseconds: number;
  /** When its lease is over. */
  until: number;
  /** What it owns. */
  readonly lanes: Map<number, Lane>;
}

/** A lane and the session under its key. It is ready if it lies in a heap, idle if nothing waits. */
export class Lane implements Due {
  readonly id: number;
  readonly shelf: Shelf;
  readonly key: string;
  readonly waiting: UpdateQueue = new UpdateQueue();
  owner: Worker | undefined = undefined;
  heap: DueHeap<Lane> | undefined = undefined;
  due = 0;
  turn = 0;
  place = -1;
  version = 0;
  data: string | undefined = undefined;

  constructor(id: number, shelf: Shelf, key: string) {
    this.id = id;
    this.shelf = shelf;
    this.key = key;
  }

  /** What its owner is told. */
  claimed(): ClaimedLane {
    return {
      lane: this.id,
      key: this.key,
      deaths: this.waiting.first!.deaths,
      session: { version: this.version, data: this.data },
      updates: this.next(),
    };
  }

  /** The updates that its owner is to handle. */
  next(): StoredUpdate[] {
    return this.waiting.head(updatesPerLane)
      .map(({ id, payload, failures }) => ({ id, payload, failures }));
  }
}

const neverWritten: StoredSession = Object.freeze({ version: 0, data: undefined });
let lanesMade = 0;
let turns = 0;

/** What a memory store keeps of one bot, and how lanes go from idle to ready to owned. */
export class Shelf {
  readonly bot: BotId;
  readonly lanes = new Map<string, Lane>();
  readonly dead = new Map<number, DeadLetter>();
  readonly watchers = new Set<() => void>();
  readonly #ready = new DueHeap<Lane>();
  readonly #suspects = new DueHeap<Lane>();
  /** Of updates that wait or are dead letters. */
  readonly #keptIds = new IdSet();
  #finishedIds = new IdSet();
  #finishedEarlier = new IdSet();
  /** Lanes with nothing but the version of a deleted session. */
  #fading = new Set<Lane>();
  #fadingLonger = new Set<Lane>();
  #waking = false;

  constructor(bot: BotId) {
    this.bot = bot;
  }

  /** Returns a key's lane, a new one if there is none. */
  lane(key: string): Lane {
    let lane = this.lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(++lanesMade, this, key);
      this.lanes.set(key, lane);
    }
    return lane;
  }

  /** Keeps an id that is new; returns whether it is. */
  keepId(id: number): boolean {
    if (this.#finishedIds.has(id) || this.#finishedEarlier.has(id)) return false;
    return this.#keptIds.add(id);
  }

  /** Remembers an id whose update is kept no longer. */
  finishId(id: number): void {
    this.#keptIds.delete(id);
    this.#finishedIds.add(id);
  }

  /** Lets an update wait in a lane. What becomes of a lane that was idle is for the caller. */
  insert(lane: Lane, update: WaitingUpdate): void {
    lane.waiting.insert(update);
    // A new head may make a lane a suspect no longer.
    if (lane.heap !== undefined && lane.heap !== this.#heapFor(lane)) this.#moveToHeap(lane);
  }

  /** Makes a lane ready from a time on; idle if nothing waits in it. */
  free(lane: Lane, due: number): void {
    lane.owner?.lanes.delete(lane.id);
    lane.owner = undefined;
    if (lane.waiting.size === 0) return this.rest(lane);
    lane.due = due;
    lane.turn = ++turns;
    this.#moveToHeap(lane);
    this.#wake();
  }

  /** Gives a lane that is ready or idle to a worker. */
  own(lane: Lane, worker: Worker): void {
    lane.heap?.remove(lane);
    lane.heap = undefined;
    lane.owner = worker;
    worker.lanes.set(lane.id, lane);
  }

  /** Forgets a lane that is idle, unless there is a session in it. */
  rest(lane: Lane): void {
    if (lane.owner !== undefined || lane.waiting.size > 0 || lane.data !== undefined) return;
    if (lane.version === 0) this.lanes.delete(lane.key);
    else this.#fading.add(lane);
  }

  /** Takes the lanes that are due, the earliest first, suspects last. */
  take(worker: Worker, lanes: number, suspects: number, now: number): Lane[] {
    const taken: Lane[] = [];
    for (const [heap, most] of [[this.#ready, lanes], [this.#suspects, suspects]] as const) {
      for (let count = 0; count < most; count++) {
        const lane = heap.first;
        if (lane === undefined || lane.due > now) break;
        this.own(lane, worker);
        taken.push(lane);
      }
    }
    return taken;
  }

  /** When {@linkcode take} finds more: seconds from now. Suspects left out do not count. */
  nextInSeconds(now: number): number | undefined {
    const times = [this.#ready.first?.due, this.#suspects.first?.due];
    if (times[0] !== undefined && times[0] <= now) return 0;
    const later = times.filter((time) => time !== undefined && time > now) as number[];
    return later.length === 0 ? undefined : (Math.min(...later) - now) / 1000;
  }

  readSession(key: string): StoredSession {
    const lane = this.lanes.get(key);
    return lane === undefined ? neverWritten : { version: lane.version, data: lane.data };
  }

  /** Whether every write names the version that is there. */
  canWrite(writes: readonly SessionWrite[]): boolean {
    return writes.every(({ key, version }) => (this.lanes.get(key)?.version ?? 0) === version);
  }

  write({ key, data }: SessionWrite): void {
    const lane = this.lane(key);
    lane.version++;
    lane.data = data;
    this.rest(lane);
  }

  /** Lets go of what is older than the time between two calls. */
  rotate(): void {
    this.#finishedEarlier = this.#finishedIds;
    this.#finishedIds = new IdSet();
    for (const lane of this.#fadingLonger) {
      const isIdle = lane.owner === undefined && lane.waiting.size === 0;
      if (isIdle && lane.data === undefined && !this.#fading.has(lane)) this.lanes.delete(lane.key);
    }
    this.#fadingLonger = this.#fading;
    this.#fading = new Set();
  }

  #heapFor(lane: Lane): DueHeap<Lane> {
    return lane.waiting.first!.deaths >= suspectDeaths ? this.#suspects : this.#ready;
  }

  #moveToHeap(lane: Lane): void {
    lane.heap?.remove(lane);
    lane.heap = this.#heapFor(lane);
    lane.heap.add(lane);
  }

  /** Tells the watchers, once for all that happens until they are told. */
  #wake(): void {
    if (this.#waking || this.watchers.size === 0) return;
    this.#waking = true;
    queueMicrotask(() => {
      this.#waking = false;
      for (const wake of [...this.watchers]) wake();
    });
  }
}
