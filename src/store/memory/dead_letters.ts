// deno-lint-ignore-file require-await -- methods are promises; each does its work in one go
import type { BotId, DeadLetter, DeadLetters } from "../store.ts";
import type { Shelf } from "./shelf.ts";

/** The dead letters of a memory store. */
export class MemoryDeadLetters implements DeadLetters {
  readonly #shelves: ReadonlyMap<BotId, Shelf>;
  readonly #now: () => number;

  constructor(shelves: ReadonlyMap<BotId, Shelf>, now: () => number) {
    this.#shelves = shelves;
    this.#now = now;
  }

  async list(
    { bot, after, limit = 100 }: { bot?: BotId; after?: number; limit?: number } = {},
  ): Promise<DeadLetter[]> {
    const shelves = [...this.#shelves.values()]
      .filter((shelf) => bot === undefined || shelf.bot === bot)
      .sort((a, b) => a.bot - b.bot);
    const letters = shelves.flatMap(({ dead }) => [...dead.values()].sort((a, b) => a.id - b.id));
    return letters.filter(({ id }) => bot === undefined || after === undefined || id > after)
      .slice(0, limit);
  }

  async get(bot: BotId, id: number): Promise<DeadLetter | undefined> {
    return this.#shelves.get(bot)?.dead.get(id);
  }

  async retry(bot: BotId, id: number): Promise<boolean> {
    const shelf = this.#shelves.get(bot);
    const letter = shelf?.dead.get(id);
    if (shelf === undefined || letter === undefined) return false;
    shelf.dead.delete(id);
    const lane = shelf.lane(letter.key);
    shelf.insert(lane, { id, payload: letter.payload, failures: 0, deaths: 0 });
    const wasIdle = lane.owner === undefined && lane.heap === undefined;
    if (wasIdle) shelf.free(lane, this.#now());
    return true;
  }

  async drop(bot: BotId, id: number): Promise<boolean> {
    const shelf = this.#shelves.get(bot);
    if (!shelf?.dead.delete(id)) return false;
    shelf.finishId(id);
    return true;
  }
}
