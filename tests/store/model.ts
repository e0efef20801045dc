import assert from "node:assert/strict";
import {
  type Appended,
  type Claimed,
  type ClaimedLane,
  type ClaimLimits,
  type Completion,
  type Failure,
  type LaneId,
  type NewUpdate,
  type SessionWrite,
  type Settled,
  type StoredSession,
  type StoreStats,
  suspectDeaths,
  updatesPerLane,
  type WorkerId,
} from "@tramline/tramline";

interface ModelUpdate {
  readonly id: number;
  readonly payload: string;
  failures: number;
  deaths: number;
}

/** A lane in the plainest form. */
interface ModelLane {
  readonly key: string;
  waiting: ModelUpdate[];
  owner: WorkerId | undefined;
  due: number;
  version: number;
  data: string | undefined;
}

interface ModelDead extends ModelUpdate {
  readonly key: string;
  readonly error: string;
}

/** What a worker has in hand: what it was told last of a lane that it owns or owned. */
export interface Hand {
  readonly worker: WorkerId;
  readonly lane: LaneId;
  readonly key: string;
  ids: number[];
  versionSeen: number;
}

/**
 * A store of one bot in the plainest form: lists, and everything recomputed. Each method is told a
 * call and what the real store answered, fails if the answer is wrong, and takes it over where the
 * contract leaves a choice. Time is in seconds, in steps so large that the real time of a run
 * does not matter.
 */
export class StoreModel {
  now = 0;
  readonly lanes = new Map<string, ModelLane>();
  readonly accepted = new Set<number>();
  readonly finished = new Set<number>();
  readonly dead = new Map<number, ModelDead>();
  /** Of workers whose life has not ended: when their lease is over. */
  readonly workers = new Map<WorkerId, { readonly leaseSeconds: number; until: number }>();
  readonly roles = new Map<string, { worker: WorkerId; until: number }>();
  readonly hands: Hand[] = [];

  lane(key: string): ModelLane {
    let lane = this.lanes.get(key);
    if (lane === undefined) {
      lane = { key, waiting: [], owner: undefined, due: 0, version: 0, data: undefined };
      this.lanes.set(key, lane);
    }
    return lane;
  }

  /** Whether what a worker has in hand is its own still. */
  isOwned({ worker, key }: Hand): boolean {
    return this.lane(key).owner === worker;
  }

  registered(leaseSeconds: number, worker: WorkerId): void {
    assert.ok(!this.workers.has(worker), `worker ${worker} is there already`);
    assert.ok(this.hands.every((hand) => hand.worker !== worker), `worker ${worker} was there`);
    this.workers.set(worker, { leaseSeconds, until: this.now + leaseSeconds });
  }

  heartbeat(worker: WorkerId, answer: boolean): void {
    const self = this.workers.get(worker);
    assert.equal(answer, self !== undefined, "heartbeat");
    if (self === undefined) return;
    self.until = this.now + self.leaseSeconds;
    for (const [other, { until }] of [...this.workers]) if (until < this.now) this.expired(other);
  }

  expired(worker: WorkerId): void {
    for (const lane of this.#ownedBy(worker)) {
      lane.waiting[0]!.deaths++;
      this.#free(lane, this.now);
    }
    this.#ended(worker);
  }

  released(worker: WorkerId, lanes: readonly LaneId[] | undefined): void {
    for (const lane of this.#ownedBy(worker)) {
      if (lanes === undefined || this.#isNamed(worker, lane, lanes)) this.#free(lane, this.now);
    }
    if (lanes === undefined) this.#ended(worker);
  }

  retained(worker: WorkerId, lanes: readonly LaneId[]): void {
    for (const lane of this.#ownedBy(worker)) {
      if (!this.#isNamed(worker, lane, lanes)) this.#free(lane, this.now);
    }
  }

  appended(
    updates: readonly NewUpdate[],
    claim: { readonly worker: WorkerId; readonly lanes: number } | undefined,
    { known, lanes }: Appended,
  ): void {
    const isKnown = ({ id }: NewUpdate) => this.accepted.has(id);
    assert.deepEqual([...known].sort(byNumber), updates.filter(isKnown).map(idOf).sort(byNumber));
    const wereIdle = new Set<ModelLane>();
    for (const { id, key, payload } of updates.filter((update) => !isKnown(update))) {
      this.accepted.add(id);
      const lane = this.lane(key);
      if (lane.waiting.length === 0 && lane.owner === undefined) wereIdle.add(lane);
      this.#insert(lane, { id, payload, failures: 0, deaths: 0 });
    }
    const owned = claim !== undefined && this.workers.has(claim.worker)
      ? Math.min(claim.lanes, wereIdle.size)
      : 0;
    assert.equal(lanes.length, owned, "number of lanes owned at once");
    for (const claimed of lanes) {
      const lane = this.lane(claimed.key);
      assert.ok(wereIdle.delete(lane), `lane ${lane.key} was idle and is given once`);
      this.#own(lane, claim!.worker, claimed);
    }
    for (const lane of wereIdle) lane.due = this.now;
  }

  claimed(worker: WorkerId, limits: ClaimLimits, { lanes, nextInSeconds }: Claimed): void {
    const isAlive = this.workers.has(worker);
    const due = this.#ready().filter((lane) => isAlive && lane.due <= this.now);
    const [suspects, others] = [due.filter(isSuspect), due.filter((lane) => !isSuspect(lane))];
    const taken = lanes.map(({ key }) => this.lane(key));
    for (const lane of taken) assert.ok(due.includes(lane), `lane ${lane.key} can be claimed`);
    assert.equal(new Set(taken).size, taken.length, "no lane comes twice");
    for (const [among, limit] of [[others, limits.lanes], [suspects, limits.suspects]] as const) {
      const dues = taken.filter((lane) => among.includes(lane)).map((lane) => lane.due);
      // Those that are due at the same time may come in any order, and so may which of them come.
      const expected = among.map((lane) => lane.due).sort(byNumber).slice(0, limit);
      assert.deepEqual(dues, expected, "those due for longest, in order, as many as allowed");
    }
    lanes.forEach((claimed, index) => this.#own(taken[index]!, worker, claimed));

    const left = this.#ready().filter((lane) => isAlive && !isSuspect(lane));
    if (left.some((lane) => lane.due <= this.now)) return assert.equal(nextInSeconds, 0);
    assert.notEqual(nextInSeconds, 0, "nothing is left out");
    const next = Math.min(...left.map((lane) => lane.due - this.now));
    assert.ok((nextInSeconds ?? Infinity) <= next, `${nextInSeconds} s, next is in ${next} s`);
    if (nextInSeconds === undefined) return;
    const laters = this.#ready().map((lane) => lane.due - this.now - nextInSeconds);
    assert.ok(laters.some((later) => later >= 0 && later < 40), `something in ${nextInSeconds} s`);
  }

  completed(worker: WorkerId, completion: Completion, key: string, settled: Settled): void {
    const lane = this.lane(key);
    const { id, sessions } = completion;
    if (!this.#isHeld(worker, lane, completion, settled)) return;
    if (sessions.some((write) => this.lane(write.key).version !== write.version)) {
      return assert.deepEqual(settled, { outcome: "conflict" });
    }
    lane.waiting = lane.waiting.filter((update) => update.id !== id);
    assert.ok(!this.finished.has(id), `${id} is finished once`);
    this.finished.add(id);
    for (const { key, data } of sessions) this.#write(key, data);
    this.#wentOn(lane, completion, settled);
  }

  failed(worker: WorkerId, failure: Failure, key: string, settled: Settled): void {
    const lane = this.lane(key);
    const { id, error, retryInSeconds } = failure;
    if (!this.#isHeld(worker, lane, failure, settled)) return;
    const update = lane.waiting.find((update) => update.id === id)!;
    update.failures++;
    if (retryInSeconds === undefined) {
      lane.waiting = lane.waiting.filter((other) => other !== update);
      this.dead.set(id, { ...update, key, error });
      return this.#wentOn(lane, failure, settled);
    }
    assert.deepEqual(settled, { outcome: "done", next: [] });
    this.#free(lane, this.now + retryInSeconds);
  }

  retried(id: number, answer: boolean): void {
    const letter = this.dead.get(id);
    assert.equal(answer, letter !== undefined, "retry");
    if (letter === undefined) return;
    this.dead.delete(id);
    const lane = this.lane(letter.key);
    if (lane.waiting.length === 0 && lane.owner === undefined) lane.due = this.now;
    this.#insert(lane, { id, payload: letter.payload, failures: 0, deaths: 0 });
  }

  dropped(id: number, answer: boolean): void {
    assert.equal(answer, this.dead.delete(id), "drop");
  }

  elected(role: string, worker: WorkerId, leaseSeconds: number, answer: boolean): void {
    const held = this.roles.get(role);
    const isFree = held === undefined || held.worker === worker || held.until < this.now;
    assert.equal(answer, this.workers.has(worker) && isFree, "elect");
    if (answer) this.roles.set(role, { worker, until: this.now + leaseSeconds });
  }

  resigned(role: string, worker: WorkerId): void {
    if (this.roles.get(role)?.worker === worker) this.roles.delete(role);
  }

  written({ key, version, data }: SessionWrite, answer: boolean): void {
    assert.equal(answer, this.lane(key).version === version, "writeSession");
    if (answer) this.#write(key, data);
  }

  sessionsAre(keys: readonly string[], sessions: readonly StoredSession[]): void {
    assert.deepEqual(sessions.map(plain), keys.map((key) => plain(this.lane(key))));
  }

  statsAre({ updates, owned, ready, dead, sessions }: StoreStats): void {
    const lanes = [...this.lanes.values()];
    assert.deepEqual({ updates, owned, ready, dead, sessions }, {
      updates: lanes.reduce((sum, lane) => sum + lane.waiting.length, 0),
      owned: lanes.filter((lane) => lane.owner !== undefined).length,
      ready: this.#ready().length,
      dead: this.dead.size,
      sessions: lanes.filter((lane) => lane.data !== undefined).length,
    });
  }

  /** Checks an answer to who does not own the lane; returns whether there is more to check. */
  #isHeld(
    worker: WorkerId,
    lane: ModelLane,
    call: { readonly id: number; readonly lane: LaneId },
    settled: Settled,
  ): boolean {
    // A store may forget an idle lane, and call it by another name when it comes back: then the name
    // that the worker was given first is nobody's.
    const isNamed = this.#isNamed(worker, lane, [call.lane]);
    const isWaiting = lane.waiting.some((update) => update.id === call.id);
    if (lane.owner === worker && isNamed && isWaiting) return true;
    assert.deepEqual(settled, { outcome: "lost" });
    return false;
  }

  /** Whether a lane is among those that a worker calls by the names it was given last. */
  #isNamed(worker: WorkerId, { key }: ModelLane, lanes: readonly LaneId[]): boolean {
    return this.hands.some((hand) =>
      hand.worker === worker && hand.key === key && lanes.includes(hand.lane)
    );
  }

  #wentOn(lane: ModelLane, { more, id }: { more: boolean; id: number }, settled: Settled): void {
    const hand = this.hands.find((hand) => hand.key === lane.key && this.isOwned(hand))!;
    const next = more ? [] : lane.waiting.slice(0, updatesPerLane);
    assert.deepEqual(settled, {
      outcome: "done",
      next: next.map(({ id, payload, failures }) => ({ id, payload, failures })),
    });
    hand.ids = more ? hand.ids.filter((other) => other !== id) : next.map(idOf);
    if (!more && next.length === 0) this.#free(lane, 0);
  }

  #own(lane: ModelLane, worker: WorkerId, claimed: ClaimedLane): void {
    assert.equal(lane.owner, undefined, `lane ${lane.key} has one owner`);
    const { key, deaths, session, updates } = claimed;
    assert.deepEqual({ key, deaths, session: plain(session), updates }, {
      key: lane.key,
      deaths: lane.waiting[0]!.deaths,
      session: plain(lane),
      updates: lane.waiting.slice(0, updatesPerLane)
        .map(({ id, payload, failures }) => ({ id, payload, failures })),
    });
    lane.owner = worker;
    // What this worker knew of the lane is of no use any more; what others knew, they may try.
    const old = this.hands.findIndex((hand) => hand.worker === worker && hand.key === key);
    if (old >= 0) this.hands.splice(old, 1);
    const ids = updates.map(idOf);
    this.hands.push({ worker, lane: claimed.lane, key, ids, versionSeen: session.version });
  }

  #free(lane: ModelLane, due: number): void {
    lane.owner = undefined;
    lane.due = due;
  }

  #ended(worker: WorkerId): void {
    this.workers.delete(worker);
    for (const [role, held] of this.roles) if (held.worker === worker) this.roles.delete(role);
  }

  #insert(lane: ModelLane, update: ModelUpdate): void {
    lane.waiting = [...lane.waiting, update].sort((a, b) => a.id - b.id);
  }

  #write(key: string, data: string | undefined): void {
    const lane = this.lane(key);
    lane.version++;
    lane.data = data;
  }

  #ownedBy(worker: WorkerId): ModelLane[] {
    return [...this.lanes.values()].filter(({ owner }) => owner === worker);
  }

  #ready(): ModelLane[] {
    return [...this.lanes.values()]
      .filter(({ owner, waiting }) => owner === undefined && waiting.length > 0);
  }
}

function isSuspect(lane: ModelLane): boolean {
  return lane.waiting[0]!.deaths >= suspectDeaths;
}

function plain({ version, data }: StoredSession): { version: number; data: string | null } {
  return { version, data: data ?? null };
}

function idOf({ id }: { readonly id: number }): number {
  return id;
}

function byNumber(a: number, b: number): number {
  return a - b;
}
