import type { SimulatorClock } from "./clock.ts";
import type { Random } from "./random.ts";
import { defaultUpdates, expiryOf, kindOf, type NewUpdate, queueOf } from "./update_kinds.ts";

/** An update as Telegram keeps it: finished JSON, never changed again. */
export interface StoredUpdate {
  readonly id: number;
  readonly json: string;
  /** The lane of the webhook that it belongs to. */
  readonly lane: string;
  /** The end of its life, in seconds since 1970. */
  readonly expires: number;
}

const mostUpdates = 100_000;
const mostBytes = 128 * 2 ** 20;
const longestUpdate = 512 * 2 ** 10;
/** Above it, the queue is emptied and the ids begin anew. */
const highestId = 2_000_000_000;

/**
 * The updates that wait for a bot, in the order of their ids, on disk at Telegram and in memory here.
 * They leave it when they are confirmed or when their life ends.
 */
export class UpdateQueue {
  readonly #clock: SimulatorClock;
  readonly #random: Random;
  /** Ids follow each other without a gap, so an update's place is its id less {@linkcode #base}. */
  #slots: (StoredUpdate | undefined)[] = [];
  #base: number;
  /** The first place that may hold an update. */
  #head = 0;
  #count = 0;
  #bytes = 0;
  /** No update ends its life before this time. */
  #soonest = Infinity;
  /** The kinds that are stored; others are gone before they have an id. */
  allowed = defaultUpdates;

  constructor(clock: SimulatorClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
    this.#base = this.#randomId();
  }

  /** How many updates wait. */
  get size(): number {
    this.#expire();
    return this.#count;
  }

  /** The id that the next update will get. */
  get nextId(): number {
    return this.#base + this.#slots.length;
  }

  /** The id of the oldest update that waits, else the next id. */
  get oldestId(): number {
    this.#expire();
    this.#skipHoles();
    return this.#base + this.#head;
  }

  /**
   * Stores an update.
   *
   * @returns What was stored; `undefined` if the bot does not want its kind, its life has ended
   * already, or the queue is full
   */
  add(update: NewUpdate): StoredUpdate | undefined {
    const kind = kindOf(update);
    if (kind === undefined || !this.allowed.has(kind)) return undefined;
    const now = this.#clock.now();
    const body = update[kind];
    const expires = expiryOf(kind, body, now);
    if (expires <= now) return undefined;
    if (this.nextId > highestId) this.restart();
    const id = this.nextId;
    // A line break after the id, as Telegram writes it.
    const json = `{"update_id":${id},\n"${kind}":${JSON.stringify(body)}}`;
    if (json.length > longestUpdate) return undefined;
    if (this.#count >= mostUpdates || this.#bytes + json.length > mostBytes) {
      this.#expire();
      if (this.#count >= mostUpdates || this.#bytes + json.length > mostBytes) return undefined;
    }
    const stored = { id, json, lane: queueOf(kind, body), expires };
    this.#slots.push(stored);
    this.#count++;
    this.#bytes += json.length;
    if (expires < this.#soonest) this.#soonest = expires;
    return stored;
  }

  /** At most `limit` updates in order of their ids, from `fromId` on. */
  read(fromId: number, limit: number): StoredUpdate[] {
    this.#expire();
    this.#skipHoles();
    const found: StoredUpdate[] = [];
    for (
      let place = Math.max(this.#head, fromId - this.#base);
      place < this.#slots.length && found.length < limit;
      place++
    ) {
      const stored = this.#slots[place];
      if (stored !== undefined) found.push(stored);
    }
    return found;
  }

  /** Is this update still here? */
  has(id: number): boolean {
    return this.#slots[id - this.#base] !== undefined;
  }

  /** Removes one update. */
  delete(id: number): void {
    this.#remove(id - this.#base);
    this.#skipHoles();
  }

  /** Removes every update whose id is below `id`. */
  deleteBefore(id: number): void {
    const end = Math.min(id - this.#base, this.#slots.length);
    for (let place = this.#head; place < end; place++) this.#remove(place);
    this.#skipHoles();
  }

  /** Removes all updates but the last `count`. */
  keepLast(count: number): void {
    this.#expire();
    for (let place = this.#head; this.#count > count; place++) this.#remove(place);
    this.#skipHoles();
  }

  /**
   * Empties the queue and begins anew with other ids, as happens after a week without updates or
   * when a bot moves to another server.
   *
   * @param nextId The next id; without it a random one
   */
  restart(nextId: number = this.#randomId()): void {
    this.#slots = [];
    this.#base = nextId;
    this.#head = this.#count = this.#bytes = 0;
    this.#soonest = Infinity;
  }

  #randomId(): number {
    return this.#random.integer(2_000_001, 1_000_000_000);
  }

  #remove(place: number): void {
    const stored = this.#slots[place];
    if (stored === undefined) return;
    this.#slots[place] = undefined;
    this.#count--;
    this.#bytes -= stored.json.length;
  }

  /** Lets go of the places before the first update, in bulk so that it costs nothing per update. */
  #skipHoles(): void {
    while (this.#head < this.#slots.length && this.#slots[this.#head] === undefined) this.#head++;
    if (this.#head < 1024 || this.#head * 2 < this.#slots.length) return;
    this.#slots = this.#slots.slice(this.#head);
    this.#base += this.#head;
    this.#head = 0;
  }

  #expire(): void {
    const now = this.#clock.now();
    if (now < this.#soonest) return;
    this.#soonest = Infinity;
    for (let place = this.#head; place < this.#slots.length; place++) {
      const stored = this.#slots[place];
      if (stored === undefined) continue;
      if (stored.expires <= now) this.#remove(place);
      else if (stored.expires < this.#soonest) this.#soonest = stored.expires;
    }
  }
}
