/** How many ids share a page: neighbours lie together, a lonely id costs little. */
const pageSize = 1024;

interface Page {
  readonly bits: Uint32Array;
  count: number;
}

/**
 * A set of update ids. They rise without large gaps, so that a bit for each is enough: a day of
 * 1000 updates a second takes 20 MB, where a `Set` would end at 16 million.
 */
export class IdSet {
  readonly #pages = new Map<number, Page>();

  has(id: number): boolean {
    const page = this.#pages.get(Math.floor(id / pageSize));
    if (page === undefined) return false;
    const bit = modulo(id);
    return (page.bits[bit >> 5]! & (1 << (bit & 31))) !== 0;
  }

  /** Returns whether it was not there before. */
  add(id: number): boolean {
    const number = Math.floor(id / pageSize);
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = { bits: new Uint32Array(pageSize / 32), count: 0 };
      this.#pages.set(number, page);
    }
    const bit = modulo(id);
    const word = page.bits[bit >> 5]!;
    const mask = 1 << (bit & 31);
    if ((word & mask) !== 0) return false;
    page.bits[bit >> 5] = word | mask;
    page.count++;
    return true;
  }

  delete(id: number): void {
    const number = Math.floor(id / pageSize);
    const page = this.#pages.get(number);
    if (page === undefined || !this.has(id)) return;
    const bit = modulo(id);
    page.bits[bit >> 5]! &= ~(1 << (bit & 31));
    page.count--;
    if (page.count === 0) this.#pages.delete(number);
  }
}

function modulo(id: number): number {
  return ((id % pageSize) + pageSize) % pageSize;
}
