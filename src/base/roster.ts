/** What can be in a {@linkcode Roster}. */
export interface Rostered {
  /** Where it is in its roster, so that nobody has to search for it; -1: in none. The roster's to set. */
  place: number;
}

/**
 * A set for things that come and go with each update. A `Set` would do but for one thing: it moves to
 * a new table now and then, and V8 keeps what was in the old one until the next full collection.
 * With thousands of updates per second, that is most of the memory of a process.
 */
export class Roster<T extends Rostered> implements Iterable<T> {
  readonly #items: T[] = [];

  /** How many are in it. */
  get size(): number {
    return this.#items.length;
  }

  /** Puts in what is in no roster yet. */
  add(item: T): void {
    item.place = this.#items.push(item) - 1;
  }

  /** Takes something out. Returns whether it was in. */
  delete(item: T): boolean {
    const { place } = item;
    if (place < 0) return false;
    const last = this.#items.pop()!;
    if (last !== item) {
      last.place = place;
      this.#items[place] = last;
    }
    item.place = -1;
    return true;
  }

  /** In no particular order; who comes or goes meanwhile changes nothing. */
  [Symbol.iterator](): Iterator<T> {
    return this.#items.slice()[Symbol.iterator]();
  }
}
