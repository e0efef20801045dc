import type { SimulatorClock } from "./clock.ts";

/** How much a bot may send before it gets a 429. Telegram does not publish its exact limits. */
export interface FloodLimits {
  /** Messages per second to one chat, after a burst of as many. Default: 1. */
  perChatPerSecond?: number;
  /** Messages that one chat takes at once before the rate counts. Default: 3. */
  chatBurst?: number;
  /** Messages per minute to one group or channel. Default: 20. */
  perGroupPerMinute?: number;
  /** Messages per second to all chats together. Default: 30. */
  overallPerSecond?: number;
}

/** What counts against the limits: sending and editing, not answering button presses. */
const counted = /^(send(?!chataction|messagedraft)|copymessage|forwardmessage|editmessage)/i;

/** Flood control over one bot. */
export class FloodControl {
  readonly #clock: SimulatorClock;
  readonly #limits: Required<FloodLimits>;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: SimulatorClock, limits: FloodLimits) {
    this.#clock = clock;
    this.#limits = {
      perChatPerSecond: 1,
      chatBurst: 3,
      perGroupPerMinute: 20,
      overallPerSecond: 30,
      ...limits,
    };
  }

  /** Counts a call; returns the seconds to wait if it is one too many, else 0. */
  take(botId: number, method: string, chatId: string): number {
    if (!counted.test(method)) return 0;
    const limits = this.#limits;
    const now = this.#clock.now();
    const buckets = [
      this.#bucket(`${botId}`, limits.overallPerSecond, limits.overallPerSecond),
      this.#bucket(`${botId} ${chatId}`, limits.chatBurst, limits.perChatPerSecond),
    ];
    if (chatId.startsWith("-") || chatId.startsWith("@")) {
      const perMinute = limits.perGroupPerMinute;
      buckets.push(this.#bucket(`${botId} ${chatId} minute`, perMinute, perMinute / 60));
    }
    const wait = Math.max(...buckets.map((bucket) => bucket.wait(now)));
    if (wait > 0) return Math.max(1, Math.ceil(wait));
    for (const bucket of buckets) bucket.take();
    return 0;
  }

  #bucket(key: string, size: number, perSecond: number): Bucket {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, bucket = new Bucket(size, perSecond));
    return bucket;
  }
}

/** Holds `size` tokens and gets `perSecond` new ones. */
class Bucket {
  readonly #size: number;
  readonly #perSecond: number;
  #tokens: number;
  #at = -Infinity;

  constructor(size: number, perSecond: number) {
    this.#size = Math.max(1, size);
    this.#perSecond = perSecond;
    this.#tokens = this.#size;
  }

  /** Seconds until there is a token. */
  wait(now: number): number {
    if (this.#at > -Infinity) {
      this.#tokens = Math.min(this.#size, this.#tokens + (now - this.#at) * this.#perSecond);
    }
    this.#at = now;
    // A hair's breadth for sums of fractions.
    return this.#tokens >= 1 - 1e-6 ? 0 : (1 - this.#tokens) / this.#perSecond;
  }

  take(): void {
    this.#tokens--;
  }
}
