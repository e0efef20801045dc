/** Ids of one page of a {@linkcode RecentIds}: 2 ** 12 of them, a bit each, in 512 bytes. */
const pageBits = 12;
const pageSize = 2 ** pageBits;

/** Options of {@linkcode RecentIds}. */
export interface RecentIdsOptions {
  /** For how many seconds an id is remembered at least. Default: 24 hours. */
  horizonSeconds?: number;
  /** How many pages of 4096 neighbouring ids a generation holds at most. Default: 2048 (1 MiB). */
  maxPages?: number;
  /** The time in milliseconds; steady. Default: `performance.now`. */
  now?: () => number;
}

/**
 * The ids of the updates that were handled lately, by which a redelivery is recognised.
 *
 * Telegram sends an update again when our answer got lost, with the same id, for at most 24 hours.
 * Ids arrive out of order, and after a long silence they may start anew below earlier ones. So only
 * an exact id within a time horizon counts, never "at most the highest seen".
 *
 * A bot's ids are neighbours, so they are kept as bits in pages: a million of them takes 125 kB. Two
 * generations of pages alternate; when the younger one has reached the horizon, or is full, the
 * older one is dropped as a whole.
 */
export class RecentIds {
  readonly #horizon: number;
  readonly #maxPages: number;
  readonly #now: () => number;
  #young = new Map<number, Uint32Array>();
  #old = new Map<number, Uint32Array>();
  #youngSince: number;

  constructor(
    { horizonSeconds = 24 * 60 * 60, maxPages = 2048, now = () => performance.now() }:
      RecentIdsOptions = {},
  ) {
    this.#horizon = horizonSeconds * 1000;
    this.#maxPages = maxPages;
    this.#now = now;
    this.#youngSince = now();
  }

  /** Whether `id` was added within the horizon (or, at most, twice the horizon). */
  has(id: number): boolean {
    this.#age();
    const page = Math.floor(id / pageSize);
    return hasBit(this.#young.get(page), id) || hasBit(this.#old.get(page), id);
  }

  /** Remembers `id`. Ageing is left to {@linkcode RecentIds.has}, which is asked before. */
  add(id: number): void {
    const number = Math.floor(id / pageSize);
    let page = this.#young.get(number);
    if (page === undefined) {
      if (this.#young.size >= this.#maxPages) this.#rotate(this.#now());
      page = new Uint32Array(pageSize / 32);
      this.#young.set(number, page);
    }
    const bit = id & (pageSize - 1);
    page[bit >>> 5]! |= 1 << (bit & 31);
  }

  /** Drops what is past the horizon. After a long silence that is both generations. */
  #age(): void {
    const now = this.#now();
    const age = now - this.#youngSince;
    if (age < this.#horizon) return;
    this.#rotate(now);
    if (age >= 2 * this.#horizon) this.#old.clear();
  }

  #rotate(now: number): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngSince = now;
  }
}

function hasBit(page: Uint32Array | undefined, id: number): boolean {
  if (page === undefined) return false;
  const bit = id & (pageSize - 1);
  return (page[bit >>> 5]! & (1 << (bit & 31))) !== 0;
}
