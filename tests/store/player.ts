import assert from "node:assert/strict";
import type { Completion, Failure, SessionWrite, Store, WorkerId } from "@tramline/tramline";
import type { StoreUnderTest } from "@tramline/tramline/testing";
import { type Hand, StoreModel } from "./model.ts";

/** What is done with a store; `picks` choose among what is there at the time. */
export interface Action {
  readonly kind: keyof typeof actions;
  readonly picks: readonly [number, number, number];
}

const bot = 123456;
const keys = ["a", "b", "c", "d", "e"];

/** A call that was made: waits for the answer and compares it with the model. */
type Check = () => Promise<void>;

/** Does the same with a store and with the model. */
export class Player {
  readonly model = new StoreModel();
  /** The calls so far, to be read when one has failed. */
  readonly trace: string[] = [];
  readonly #made: StoreUnderTest;
  readonly #stores: readonly Store[];
  readonly #storeOf = new Map<WorkerId, Store>();
  readonly #workers: WorkerId[] = [];
  /** Dead letters that were given up. */
  readonly dropped = new Set<number>();
  /** Lanes for which an answer is awaited. */
  readonly busy = new Set<string>();
  #nextId = 100;
  readonly #heldBack: number[] = [];
  /** The store that the calls of this turn go to: order is promised within one process. */
  store: Store;

  constructor(made: StoreUnderTest, stores: readonly Store[]) {
    this.#made = made;
    this.#stores = stores;
    this.store = stores[0]!;
  }

  /** Makes all the calls without waiting, then looks at the answers. */
  async turn(pick: number, turnActions: readonly Action[]): Promise<void> {
    this.store = this.#stores[pick % this.#stores.length]!;
    this.busy.clear();
    const checks = turnActions.map(({ kind, picks }) => actions[kind](this, ...picks));
    this.trace.push("--");
    // All answers first: a rejection that nobody waits for would end the process.
    for (const check of checks) await check?.();
  }

  /** Notes a call, and how its answer is checked. */
  call<T>(text: string, answer: Promise<T>, check: (answer: T) => void): Check {
    const line = this.trace.push(text) - 1;
    answer.catch(() => {});
    return async () => {
      const value = await answer;
      this.trace[line] += ` -> ${JSON.stringify(value)}`;
      check(value);
    };
  }

  async advance(seconds: number): Promise<void> {
    this.trace.push(`advance ${seconds}`);
    this.model.now += seconds;
    await this.#made.advance(seconds);
  }

  async register(leaseSeconds: number, store: Store): Promise<WorkerId> {
    const worker = await store.register({ leaseSeconds });
    this.trace.push(`register ${leaseSeconds} -> ${worker}`);
    this.model.registered(leaseSeconds, worker);
    this.#storeOf.set(worker, store);
    this.#workers.push(worker);
    return worker;
  }

  /** A worker of this turn's process, dead or alive. */
  worker(pick: number): WorkerId | undefined {
    const here = this.#workers.filter((worker) => this.#storeOf.get(worker) === this.store);
    return here[pick % here.length];
  }

  /** Something that a worker of this turn's process has, or had, in hand. */
  hand(pick: number): Hand | undefined {
    const here = this.model.hands.filter((hand) => this.#storeOf.get(hand.worker) === this.store);
    const own = here.filter((hand) => this.model.isOwned(hand) && !this.busy.has(hand.key));
    const hands = pick % 5 > 0 && own.length > 0 ? own : here;
    return hands[pick % hands.length];
  }

  /** New ids, or old ones that were skipped before, or known ones. */
  ids(pick: number): number[] {
    const count = 1 + pick % 4;
    const ids = Array.from({ length: count }, () => this.#nextId++);
    if (pick % 7 === 0) this.#heldBack.push(...ids.splice(0, 1));
    if (pick % 5 === 0) ids.push(...this.#heldBack.splice(0));
    if (pick % 3 === 0) ids.unshift(...[...this.model.accepted].slice(-2));
    if (pick % 11 === 0) ids.push(...Array.from({ length: 12 }, () => this.#nextId++));
    return ids;
  }
}

/** A version that is right, or one that was right or may be. */
function someVersion(player: Player, key: string, pick: number): number {
  const { version } = player.model.lane(key);
  return pick % 4 === 0 ? Math.max(0, version - 1) : version;
}

function someWrites(player: Player, hand: Hand, pick: number): SessionWrite[] {
  const data = pick % 9 === 0 ? undefined : `"${pick}"`;
  const own = { key: hand.key, version: someVersion(player, hand.key, pick + 1), data };
  const key = ["x", "y", ...keys.filter((key) => key !== hand.key)][pick % 4]!;
  const other = { key, version: someVersion(player, key, pick), data };
  return [[], [own], [own, other], [other]][pick % 4]!;
}

const actions = {
  append(player: Player, a: number, b: number, c: number): Check {
    const updates = player.ids(a).map((id) => {
      const key = keys[(id * 7 + b) % (1 + b % keys.length)]!;
      return { id, key, payload: `{"update_id":${id}}` };
    });
    const worker = player.worker(c);
    const claim = worker === undefined || c % 3 === 0 ? undefined : { worker, lanes: c % 4 };
    const text = `append ${updates.map(({ id, key }) => `${id}:${key}`)} ${JSON.stringify(claim)}`;
    return player.call(text, player.store.append(bot, updates, claim), (appended) => {
      player.model.appended(updates, claim, appended);
    });
  },

  claim(player: Player, a: number, b: number, c: number): Check | undefined {
    const worker = player.worker(a);
    if (worker === undefined) return;
    const limits = { lanes: b % 6, suspects: c % 3 };
    const text = `claim by ${worker} ${JSON.stringify(limits)}`;
    return player.call(text, player.store.claim(bot, worker, limits), (claimed) => {
      player.model.claimed(worker, limits, claimed);
    });
  },

  complete(player: Player, a: number, b: number): Check | undefined {
    const hand = player.hand(a);
    const id = hand?.ids[0];
    if (hand === undefined || id === undefined) return;
    player.busy.add(hand.key);
    const { worker, lane, key } = hand;
    const sessions = someWrites(player, hand, b);
    const final = b % 3 === 0;
    const completion: Completion = { bot, lane, id, sessions, more: hand.ids.length > 1, final };
    const text = `complete by ${worker} of ${key} ${JSON.stringify(completion)}`;
    return player.call(text, player.store.complete(worker, completion), (settled) => {
      player.model.completed(worker, completion, key, settled);
    });
  },

  fail(player: Player, a: number, b: number): Check | undefined {
    const hand = player.hand(a);
    const id = hand?.ids[0];
    if (hand === undefined || id === undefined) return;
    player.busy.add(hand.key);
    const { worker, lane, key } = hand;
    const retryInSeconds = [0, 100, 250, undefined][b % 4];
    const more = hand.ids.length > 1;
    const failure: Failure = { bot, lane, id, error: `error ${b}`, retryInSeconds, more };
    const text = `fail by ${worker} of ${key} ${JSON.stringify(failure)}`;
    return player.call(text, player.store.fail(worker, failure), (settled) => {
      player.model.failed(worker, failure, key, settled);
    });
  },

  heartbeat(player: Player, a: number): Check | undefined {
    const worker = player.worker(a);
    if (worker === undefined) return;
    return player.call(`heartbeat ${worker}`, player.store.heartbeat(worker), (isAlive) => {
      player.model.heartbeat(worker, isAlive);
    });
  },

  expire(player: Player, a: number): Check | undefined {
    const worker = player.worker(a);
    if (worker === undefined) return;
    return player.call(`expire ${worker}`, player.store.expire(worker), () => {
      player.model.expired(worker);
    });
  },

  release(player: Player, a: number, b: number): Check | undefined {
    const worker = player.worker(a);
    if (worker === undefined) return;
    const hands = player.model.hands.filter((hand) => hand.worker === worker || b % 5 === 0);
    const lanes = b % 4 === 0 ? undefined : hands.slice(0, 1 + b % 3).map(({ lane }) => lane);
    const text = `release ${worker} ${lanes ?? "all"}`;
    return player.call(text, player.store.release(worker, lanes), () => {
      player.model.released(worker, lanes);
    });
  },

  retain(player: Player, a: number, b: number): Check | undefined {
    const worker = player.worker(a);
    if (worker === undefined) return;
    const hands = player.model.hands.filter((hand) => hand.worker === worker);
    const lanes = hands.slice(0, b % 3).map(({ lane }) => lane);
    return player.call(`retain ${worker} ${lanes}`, player.store.retain(worker, lanes), () => {
      player.model.retained(worker, lanes);
    });
  },

  elect(player: Player, a: number, b: number): Check | undefined {
    const worker = player.worker(a);
    if (worker === undefined) return;
    const role = `role ${b % 2}`;
    const leaseSeconds = 130;
    const answer = player.store.elect(role, worker, { leaseSeconds });
    return player.call(`elect ${worker} ${role}`, answer, (isElected) => {
      player.model.elected(role, worker, leaseSeconds, isElected);
    });
  },

  resign(player: Player, a: number, b: number): Check | undefined {
    const worker = player.worker(a);
    if (worker === undefined) return;
    const role = `role ${b % 2}`;
    return player.call(`resign ${worker} ${role}`, player.store.resign(role, worker), () => {
      player.model.resigned(role, worker);
    });
  },

  write(player: Player, a: number, b: number): Check {
    const key = ["x", "y", ...keys][a % 7]!;
    const data = b % 5 === 0 ? undefined : `"${b}"`;
    const write = { key, version: someVersion(player, key, b), data };
    const answer = player.store.writeSession(bot, write);
    return player.call(`writeSession ${JSON.stringify(write)}`, answer, (isWritten) => {
      player.model.written(write, isWritten);
    });
  },

  look(player: Player): Check {
    const all = ["x", "y", ...keys];
    const answer = Promise.all([player.store.readSessions(bot, all), player.store.stats(bot)]);
    return player.call("look", answer, ([sessions, stats]) => {
      player.model.sessionsAre(all, sessions);
      player.model.statsAre(stats);
    });
  },

  retryDead(player: Player, a: number): Check {
    const ids = [...player.model.dead.keys(), 1];
    const id = ids[a % ids.length]!;
    return player.call(`retry dead ${id}`, player.store.dead.retry(bot, id), (answer) => {
      player.model.retried(id, answer);
    });
  },

  dropDead(player: Player, a: number): Check {
    const ids = [...player.model.dead.keys(), 1];
    const id = ids[a % ids.length]!;
    return player.call(`drop dead ${id}`, player.store.dead.drop(bot, id), (answer) => {
      player.model.dropped(id, answer);
      player.dropped.add(id);
    });
  },

  listDead(player: Player): Check {
    return player.call("list dead", player.store.dead.list({ bot }), (letters) => {
      const found = letters.map(({ at: _, ...letter }) => letter);
      const expected = [...player.model.dead.values()].sort((x, y) => x.id - y.id)
        .map((letter) => ({ bot, ...letter }));
      assert.deepEqual(found, expected);
    });
  },
};

/** Lets all workers die, and finishes everything with a new one: nothing may be lost. */
export async function finishAll(player: Player, store: Store): Promise<void> {
  const { model } = player;
  await player.advance(100_000);
  const worker = await player.register(1_000_000, store);
  model.heartbeat(worker, await store.heartbeat(worker));
  for (;;) {
    const limits = { lanes: 2, suspects: 1 };
    const claimed = await store.claim(bot, worker, limits);
    player.trace.push(`claim by ${worker} -> ${JSON.stringify(claimed)}`);
    model.claimed(worker, limits, claimed);
    if (claimed.lanes.length === 0) break;
    for (const { key, lane } of claimed.lanes) {
      const hand = model.hands.find((hand) => hand.worker === worker && hand.key === key)!;
      while (hand.ids.length > 0) {
        const [id, ...rest] = hand.ids;
        const completion = { bot, lane, id: id!, sessions: [], more: rest.length > 0 };
        const settled = await store.complete(worker, completion);
        player.trace.push(`complete ${id} of ${key} -> ${JSON.stringify(settled)}`);
        model.completed(worker, completion, key, settled);
      }
    }
  }
  const left = [...model.accepted].filter((id) => !model.finished.has(id) && !model.dead.has(id));
  assert.deepEqual(left.filter((id) => !player.dropped.has(id)), [], "updates that were lost");
  await actions.look(player)();
}
