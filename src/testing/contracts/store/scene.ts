import type {
  ClaimedLane,
  Completion,
  Failure,
  LaneId,
  NewUpdate,
  SessionWrite,
  Settled,
  Store,
  StoredUpdate,
  WorkerId,
} from "../../../store/store.ts";
import type { Checks } from "../case.ts";
import { expect, expectSame } from "../expect.ts";

/** A store for one case of {@linkcode storeContract}. */
export interface StoreUnderTest {
  /** The store, empty. */
  readonly store: Store;
  /** Moves the time that the store goes by ahead. */
  advance(seconds: number): void | Promise<void>;
  /**
   * Opens what the store holds once more, as another process does. The suite closes it. Without it,
   * the cases on two processes use the one store for both.
   */
  reopen?(): Store | Promise<Store>;
  /** Closes the store and removes what it has left behind. */
  dispose?(): void | Promise<void>;
}

export type StoreChecks = Checks<StoreScene>;

/** The bot of most cases. Bot ids of today are larger than 32 bits. */
export const bot = 7_000_000_001;

/** Settles a lane's update; what is not told is as in the usual case. */
export type Settling = Partial<Pick<Completion, "sessions" | "more" | "final">>;

/** A store with a few handy moves. */
export class StoreScene {
  readonly store: Store;
  readonly #made: StoreUnderTest;
  readonly #others: Store[] = [];

  constructor(made: StoreUnderTest) {
    this.store = made.store;
    this.#made = made;
  }

  async advance(seconds: number): Promise<void> {
    await this.#made.advance(seconds);
  }

  /** The same data as another process has it. */
  async reopen(): Promise<Store> {
    if (this.#made.reopen === undefined) return this.store;
    const store = await this.#made.reopen();
    this.#others.push(store);
    await store.open();
    return store;
  }

  async close(): Promise<void> {
    for (const store of this.#others) await store.close();
    await this.#made.dispose?.();
  }

  worker(store: Store = this.store, leaseSeconds = 30): Promise<WorkerId> {
    return store.register({ leaseSeconds });
  }

  /** Keeps updates `[id, key]` and expects all to be new. */
  async append(...updates: readonly (readonly [id: number, key: string])[]): Promise<void> {
    const { known } = await this.store.append(bot, updates.map(([id, key]) => update(id, key)));
    expectSame("ids known before", known, []);
  }

  /** Claims all that is ready. */
  async claim(worker: WorkerId, store: Store = this.store): Promise<readonly ClaimedLane[]> {
    return (await store.claim(bot, worker, { lanes: 1000, suspects: 1000 })).lanes;
  }

  /** Claims the only lane that is ready. */
  async claimOne(worker: WorkerId, store: Store = this.store): Promise<ClaimedLane> {
    const lanes = await this.claim(worker, store);
    expectSame("number of lanes claimed", lanes.length, 1);
    return lanes[0]!;
  }

  /** Keeps updates of one chat, and claims them with a worker. */
  async owned(worker: WorkerId, key: string, ...ids: readonly number[]): Promise<ClaimedLane> {
    await this.append(...ids.map((id) => [id, key] as const));
    const lane = (await this.claim(worker)).find((lane) => lane.key === key);
    expect(`the lane ${key} is claimed`, lane !== undefined);
    return lane;
  }

  complete(
    worker: WorkerId,
    lane: LaneId,
    id: number,
    { sessions = [], more = false, final = false }: Settling = {},
    store: Store = this.store,
  ): Promise<Settled> {
    return store.complete(worker, { bot, lane, id, sessions, more, final });
  }

  fail(
    worker: WorkerId,
    lane: LaneId,
    id: number,
    { error = "boom", retryInSeconds, more = false }: Partial<Failure> = {},
  ): Promise<Settled> {
    return this.store.fail(worker, { bot, lane, id, error, retryInSeconds, more });
  }

  /** Writes a session that must be writable. */
  async write(key: string, version: number, data: string | undefined): Promise<void> {
    const write: SessionWrite = { key, version, data };
    expect(`${key} can be written`, await this.store.writeSession(bot, write));
  }

  /** Lets the next heartbeat find a worker dead. */
  async die(worker: WorkerId): Promise<void> {
    await this.store.expire(worker);
  }
}

/** Runs a check on a new store. */
export async function onStore(
  make: () => StoreUnderTest | Promise<StoreUnderTest>,
  check: (scene: StoreScene) => Promise<void>,
): Promise<void> {
  const scene = new StoreScene(await make());
  try {
    await scene.store.open();
    await check(scene);
  } finally {
    await scene.close();
  }
}

/** An update of a chat. */
export function update(id: number, key = "chat"): NewUpdate {
  return { id, key, payload: payloadOf(id) };
}

export function payloadOf(id: number): string {
  return JSON.stringify({ update_id: id, message: { text: `Message ${id}` } });
}

export function idsOf(updates: readonly StoredUpdate[]): number[] {
  return updates.map(({ id }) => id);
}

/** What was given after an update was settled; fails if it was not. */
export function nextOf(settled: Settled): number[] {
  expectSame("outcome", settled.outcome, "done");
  return settled.outcome === "done" ? idsOf(settled.next) : [];
}

/** The keys of lanes in their order. */
export function keysOf(lanes: readonly ClaimedLane[]): string[] {
  return lanes.map(({ key }) => key);
}

/** Numbers from one to another, both included. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
