/** An update that waits in its lane, with what has befallen it. */
export interface WaitingUpdate {
  readonly id: number;
  readonly payload: string;
  failures: number;
  deaths: number;
}

/**
 * The updates of a lane by rising id. They come and go in this order, or nearly: what lies between
 * an update and the nearer end is all that moves.
 */
export class UpdateQueue {
  #items: (WaitingUpdate | undefined)[] = [];
  /** Where the first lies; places before it are free. */
  #start = 0;

  get size(): number {
    return this.#items.length - this.#start;
  }

  get first(): WaitingUpdate | undefined {
    return this.#items[this.#start];
  }

  get(id: number): WaitingUpdate | undefined {
    const at = this.#placeOf(id);
    const update = this.#items[at];
    return update?.id === id ? update : undefined;
  }

  /** Returns the first few. */
  head(count: number): WaitingUpdate[] {
    return this.#items.slice(this.#start, this.#start + count) as WaitingUpdate[];
  }

  /** Adds one whose id is not there. */
  insert(update: WaitingUpdate): void {
    const items = this.#items;
    // Most lanes hold one update, and an array that is written down has no room to spare.
    if (items.length === 0) this.#items = [update];
    else if (items.at(-1)!.id < update.id) items.push(update);
    else {
      const at = this.#placeOf(update.id);
      if (this.#start > 0 && at - this.#start < items.length - at) {
        items.copyWithin(this.#start - 1, this.#start, at);
        items[at - 1] = update;
        this.#start--;
      } else items.splice(at, 0, update);
    }
  }

  /** Removes one that is there. */
  remove(id: number): void {
    const items = this.#items;
    items.copyWithin(this.#start + 1, this.#start, this.#placeOf(id));
    items[this.#start++] = undefined;
    if (this.#start === items.length) {
      this.#items = [];
      this.#start = 0;
    } else if (this.#start >= 32 && this.#start * 2 >= items.length) {
      items.splice(0, this.#start);
      this.#start = 0;
    }
  }

  /** Where an id lies or would lie. */
  #placeOf(id: number): number {
    let low = this.#start;
    let high = this.#items.length;
    if (low < high && this.#items[low]!.id >= id) return low;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#items[middle]!.id < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
