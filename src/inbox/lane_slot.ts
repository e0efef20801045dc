import type { Slot } from "../lanes/lanes.ts";

/** Lanes whose update waits for something without holding a slot, as in `sequentialize`. */
export class Waits {
  /** How many there are. */
  lanes = 0;
  /** Called when there is room for another lane. */
  readonly onRoom: () => void;

  constructor(onRoom: () => void) {
    this.onRoom = onRoom;
  }
}

/** The slot of an update of the inbox: it tells when its lane waits without it. */
export class LaneSlot implements Slot {
  readonly #slot: Slot;
  readonly #all: Waits;
  /** The handler may wait for several things at once. */
  #waits = 0;

  constructor(slot: Slot, all: Waits) {
    this.#slot = slot;
    this.#all = all;
  }

  async wait<T>(pending: PromiseLike<T>): Promise<T> {
    if (this.#waits++ === 0) this.#all.lanes++;
    try {
      const waited = this.#slot.wait(pending);
      this.#all.onRoom();
      return await waited;
    } finally {
      if (--this.#waits === 0) this.#all.lanes--;
    }
  }
}
