import type { SimulatorClock } from "./clock.ts";
import type { Random } from "./random.ts";
import type { StoredUpdate, UpdateQueue } from "./update_queue.ts";

/** What became of one attempt to deliver an update to a webhook. */
export interface DeliveryReport {
  /** The update that was sent. */
  update_id: number;
  /** 1 for the first attempt. */
  attempt: number;
  /** When the attempt began, in seconds since 1970. */
  began: number;
  /** The HTTP status of the answer; absent if there was none. */
  status?: number;
  /** Why there was no answer, as `last_error_message` would tell. */
  error?: string;
  /** Was the update confirmed by a status from 200 to 299? */
  confirmed: boolean;
  /** Seconds until the next attempt; absent if there will be none. */
  retryInSeconds?: number;
}

/** What an endpoint has answered. */
export interface EndpointAnswer {
  status: number;
  reason: string;
  retryAfter: string | null;
  contentType: string;
  body: Uint8Array<ArrayBuffer>;
}

/** How a delivery reaches the rest of Telegram. */
export interface DeliveryHooks {
  /**
   * Posts `json`; `signal` is aborted when the time is up. Throws an error whose message is the
   * `last_error_message`, empty for a connection that closed without an answer.
   */
  post(json: string, signal: AbortSignal): Promise<EndpointAnswer>;
  /** An update was confirmed, and this was in the answer. */
  confirmed(answer: EndpointAnswer): void;
  /** An attempt has come to its end. */
  report(report: DeliveryReport): void;
  /** The endpoint has answered nothing but 410 for 23 hours. */
  gone(): void;
}

/** The updates that must follow each other, and the state of the first. */
interface Lane {
  readonly updates: StoredUpdate[];
  failures: number;
  /** Not to be tried before this time. */
  due: number;
  busy: boolean;
}

/** How long an endpoint may be silent, and how long a connection without work stays open. */
const idleSeconds = 60;
const longestRetryAfter = 3600;
const goneSeconds = 23 * 3600;

/**
 * Delivers the updates of a queue to one webhook: lanes in parallel, one update at a time within a
 * lane, with retries until the update's life ends.
 */
export class WebhookDelivery {
  readonly #queue: UpdateQueue;
  readonly #clock: SimulatorClock;
  readonly #random: Random;
  readonly #hooks: DeliveryHooks;
  readonly #connections: Connections;
  readonly #maxConnections: number;
  readonly #lanes = new Map<string, Lane>();
  readonly #running = new Set<AbortController>();
  /** Updates below this id are in a lane, or done. */
  #loaded = 0;
  #goneSince: number | undefined;
  #cancelWake: () => void = () => {};
  #closed = false;

  constructor(
    queue: UpdateQueue,
    clock: SimulatorClock,
    random: Random,
    hooks: DeliveryHooks,
    options: { maxConnections: number; paceConnections: boolean },
  ) {
    this.#queue = queue;
    this.#clock = clock;
    this.#random = random;
    this.#hooks = hooks;
    this.#maxConnections = options.maxConnections;
    this.#connections = new Connections(options.paceConnections);
  }

  /** How many requests wait for the endpoint's answer. */
  get inFlight(): number {
    return this.#running.size;
  }

  /** Sends what may be sent now; to be called when an update was stored. */
  wake(): void {
    if (this.#closed) return;
    this.#load();
    const now = this.#clock.now();
    let next = Infinity;
    while (this.#running.size < this.#maxConnections) {
      const lane = this.#earliestLane();
      if (lane === undefined) break;
      next = Math.max(lane.due, this.#connections.availableAt(now));
      if (next > now) break;
      this.#connections.take(now);
      this.#deliver(lane);
      next = Infinity;
    }
    this.#cancelWake();
    if (next < Infinity) this.#cancelWake = this.#clock.after(next - now, () => this.wake());
  }

  /** Stops; updates in flight stay in the queue. */
  close(): void {
    this.#closed = true;
    this.#cancelWake();
    for (const controller of this.#running) controller.abort();
    this.#lanes.clear();
  }

  /**
   * Reads ahead until the lanes are twice the connections. If those are all stuck in retries, the
   * updates of every other lane wait with them: so does Telegram.
   */
  #load(): void {
    if (this.#loaded > this.#queue.nextId) this.#loaded = 0;
    const most = 2 * this.#maxConnections;
    while (this.#lanes.size < most) {
      const updates = this.#queue.read(this.#loaded, most - this.#lanes.size);
      if (updates.length === 0) return;
      for (const update of updates) {
        this.#loaded = update.id + 1;
        const lane = this.#lanes.get(update.lane);
        if (lane !== undefined) lane.updates.push(update);
        else {
          const due = this.#clock.now();
          this.#lanes.set(update.lane, { updates: [update], failures: 0, due, busy: false });
        }
      }
    }
  }

  #earliestLane(): Lane | undefined {
    let earliest: Lane | undefined;
    for (const lane of this.#lanes.values()) {
      if (!lane.busy && (earliest === undefined || lane.due < earliest.due)) earliest = lane;
    }
    return earliest;
  }

  #deliver(lane: Lane): void {
    const update = lane.updates[0]!;
    const controller = new AbortController();
    lane.busy = true;
    this.#running.add(controller);
    const work = this.#attempt(update, lane, controller).then((report) => {
      lane.busy = false;
      this.#running.delete(controller);
      if (lane.updates.length === 0) this.#lanes.delete(update.lane);
      if (report === undefined) return;
      this.#hooks.report(report);
      this.#watchGone(report.status);
      this.wake();
    });
    this.#clock.hold(work);
  }

  /** Sends an update once; `undefined` if the webhook was closed meanwhile. */
  async #attempt(
    update: StoredUpdate,
    lane: Lane,
    controller: AbortController,
  ): Promise<DeliveryReport | undefined> {
    const report: DeliveryReport = {
      update_id: update.id,
      attempt: lane.failures + 1,
      began: this.#clock.now(),
      confirmed: false,
    };
    let retryAfter: string | null = null;
    try {
      const answer = await this.#post(update.json, controller);
      if (this.#closed) return undefined;
      this.#connections.release(this.#clock.now());
      report.status = answer.status;
      report.confirmed = answer.status >= 200 && answer.status <= 299;
      retryAfter = answer.retryAfter;
      if (report.confirmed) {
        this.#finish(update, lane);
        this.#connections.succeeded(this.#clock.now());
        this.#hooks.confirmed(answer);
      } else {
        report.error = `Wrong response from the webhook: ${answer.status} ${answer.reason}`;
      }
    } catch (error) {
      if (this.#closed) return undefined;
      report.error = (error as Error).message;
    }
    if (!report.confirmed) this.#retry(update, lane, report, retryAfter);
    return report;
  }

  async #post(json: string, controller: AbortController): Promise<EndpointAnswer> {
    let cancel = () => {};
    const timeUp = new Promise<never>((_, reject) => {
      cancel = this.#clock.after(idleSeconds, () => {
        reject(new Error("Read timeout expired"));
        controller.abort();
      });
    });
    try {
      return await Promise.race([this.#hooks.post(json, controller.signal), timeUp]);
    } finally {
      cancel();
    }
  }

  #retry(
    update: StoredUpdate,
    lane: Lane,
    report: DeliveryReport,
    retryAfter: string | null,
  ): void {
    lane.failures++;
    let wait = lane.failures === 1 ? 0 : 2 ** (lane.failures - 1);
    if (wait > 64) wait = this.#random.integer(60, 120);
    if (retryAfter !== null && /^\d+$/.test(retryAfter.trim())) {
      wait = Math.min(Number(retryAfter), longestRetryAfter);
    }
    const due = this.#clock.now() + wait;
    if (due > update.expires) return this.#finish(update, lane);
    report.retryInSeconds = wait;
    lane.due = due;
  }

  /** The lane's first update is confirmed, or its life has ended. */
  #finish(update: StoredUpdate, lane: Lane): void {
    this.#queue.delete(update.id);
    lane.updates.shift();
    lane.failures = 0;
    lane.due = this.#clock.now();
  }

  #watchGone(status: number | undefined): void {
    const now = this.#clock.now();
    if (status !== 410) {
      if (status !== undefined) this.#goneSince = undefined;
      return;
    }
    this.#goneSince ??= now;
    if (now - this.#goneSince >= goneSeconds) this.#hooks.gone();
  }
}

/** The connections to an endpoint, and how fast new ones are opened. */
class Connections {
  readonly #paced: boolean;
  /** When the connections without work became so, oldest first. */
  #idle: number[] = [];
  /** When connections were opened lately. */
  #opened: number[] = [];
  #lastSuccess = -Infinity;

  constructor(paced: boolean) {
    this.#paced = paced;
  }

  /** When the next request can go out. */
  availableAt(now: number): number {
    this.#idle = this.#idle.filter((since) => now - since < idleSeconds);
    if (!this.#paced || this.#idle.length > 0) return now;
    // A healthy endpoint gets up to 10 new connections per half second, another 1 in 2 seconds.
    const healthy = now - this.#lastSuccess < 10;
    const opened = this.#opened.at(healthy ? -10 : -1) ?? -Infinity;
    return Math.max(now, opened + (healthy ? 0.5 : 2));
  }

  take(now: number): void {
    if (this.#idle.pop() !== undefined) return;
    this.#opened.push(now);
    if (this.#opened.length > 10) this.#opened.shift();
  }

  release(now: number): void {
    this.#idle.push(now);
  }

  succeeded(now: number): void {
    this.#lastSuccess = now;
  }
}
