/**
 * A user lock over Redis, for `run(bot, { lock })`: programs that share a Redis handle a user one
 * after the other, whoever of them it is. Copy it and change what you need; it wants one Redis of
 * version 7 or newer, not a cluster.
 *
 * Whoever comes draws a ticket and stands in a queue; the lock is `SET … NX PX` by the first in it.
 * The ticket rises with each who comes, so it is a fencing token, too. Holders and waiters beat: those
 * of a process that is gone are passed over when their lease ends. A holder that was cut off from
 * Redis for longer than its lease may not be alone; `onLost` tells.
 */
import type { Release, UserLock } from "@tramline/tramline";
import { createClient } from "redis";

/** Options of {@linkcode RedisUserLock.connect}. */
export interface RedisLockOptions {
  /** Where Redis is. Default: `redis://127.0.0.1:6379`. */
  url?: string;
  /** What all keys in Redis begin with. Default: `user-lock:`. */
  prefix?: string;
  /** How long a lock outlives the process that holds it. Default: 10. */
  leaseSeconds?: number;
  /** Called when a lock was lost while it was held. Default: a warning. */
  onLost?: (key: string) => void;
}

type Client = ReturnType<typeof newClient>;

/** What rings for one who waits in this process when it is worth asking again. */
class Bell {
  #isRung = false;
  #heard: (() => void) | undefined;

  readonly ring = (): void => {
    this.#isRung = true;
    this.#heard?.();
  };

  reset(): void {
    this.#isRung = false;
  }

  /** Resolves when it has rung since it was reset, or after a time. */
  async hear(milliseconds: number): Promise<void> {
    if (this.#isRung) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#heard = () => (clearTimeout(timer), resolve());
    });
    this.#heard = undefined;
  }
}

// KEYS: held, queue, beats, tickets. ARGV: the ticket, empty at first; the lease in milliseconds.
const take = `
  local ticket = ARGV[1]
  if ticket == '' then ticket = tostring(redis.call('INCR', KEYS[4])) end
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  for _, late in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now)) do
    redis.call('ZREM', KEYS[2], late)
    redis.call('ZREM', KEYS[3], late)
  end
  redis.call('ZADD', KEYS[2], ticket, ticket)
  redis.call('ZADD', KEYS[3], now + ARGV[2], ticket)
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
  redis.call('PEXPIRE', KEYS[3], ARGV[2])
  if redis.call('ZRANGE', KEYS[2], 0, 0)[1] ~= ticket
    or not redis.call('SET', KEYS[1], ticket, 'NX', 'PX', ARGV[2]) then return {ticket, 0} end
  redis.call('ZREM', KEYS[2], ticket)
  redis.call('ZREM', KEYS[3], ticket)
  return {ticket, 1}`;

const renew = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

// Gives the lock back, or the place in the queue, and tells the others. ARGV: ticket, channel, key.
const leave = `
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
  if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
  redis.call('PUBLISH', ARGV[2], ARGV[3])`;

/** A lock over Redis, first come first served across processes. */
export class RedisUserLock implements UserLock {
  readonly #client: Client;
  readonly #subscriber: Client;
  readonly #prefix: string;
  readonly #leaseMilliseconds: number;
  readonly #onLost: (key: string) => void;
  readonly #bells = new Map<string, Set<Bell>>();
  readonly #beats = new Set<ReturnType<typeof setInterval>>();

  private constructor(client: Client, subscriber: Client, options: RedisLockOptions) {
    const warn = (key: string) => console.warn(`The lock of ${key} was lost while it was held.`);
    this.#client = client;
    this.#subscriber = subscriber;
    this.#prefix = options.prefix ?? "user-lock:";
    this.#leaseMilliseconds = Math.ceil((options.leaseSeconds ?? 10) * 1000);
    this.#onLost = options.onLost ?? warn;
  }

  /** Connects to Redis. */
  static async connect(options: RedisLockOptions = {}): Promise<RedisUserLock> {
    const [client, subscriber] = [newClient(options.url), newClient(options.url)];
    const lock = new RedisUserLock(client, subscriber, options);
    await Promise.all([client.connect(), subscriber.connect()]);
    await subscriber.subscribe(lock.#channel, (key) => lock.#ring(key));
    return lock;
  }

  /** Waits until the key is free, and takes it. */
  async acquire(key: string, { signal }: { readonly signal: AbortSignal }): Promise<Release> {
    signal.throwIfAborted();
    const bell = new Bell();
    const bells = this.#bells.get(key) ?? new Set();
    this.#bells.set(key, bells.add(bell));
    signal.addEventListener("abort", bell.ring);
    let ticket = "";
    try {
      for (;;) {
        // Before it asks: what is told while the answer is on its way must not be missed.
        bell.reset();
        const answer = await this.#run(take, key, [ticket, `${this.#leaseMilliseconds}`]);
        const [drawn, isTaken] = answer as [string, number];
        ticket = drawn;
        signal.throwIfAborted();
        if (isTaken === 1) return this.#hold(key, ticket);
        await bell.hear(this.#leaseMilliseconds / 3);
        signal.throwIfAborted();
      }
    } catch (error) {
      if (ticket !== "") await this.#leave(key, ticket).catch(() => {});
      throw error;
    } finally {
      signal.removeEventListener("abort", bell.ring);
      bells.delete(bell);
      if (bells.size === 0) this.#bells.delete(key);
    }
  }

  /** Disconnects. What is held is free when its lease ends, so give back first. */
  async close(): Promise<void> {
    for (const beat of this.#beats) clearInterval(beat);
    await Promise.all([this.#client.close(), this.#subscriber.close()]);
  }

  get #channel(): string {
    return `${this.#prefix}released`;
  }

  #hold(key: string, ticket: string): Release {
    const beat = setInterval(() => {
      this.#run(renew, key, [ticket, `${this.#leaseMilliseconds}`]).then((isHeld) => {
        if (isHeld === 1 || !this.#beats.has(beat)) return;
        stop();
        this.#onLost(key);
      }, () => {}); // not connected: the next beat tries again
    }, this.#leaseMilliseconds / 3);
    this.#beats.add(beat);
    const stop = (): void => {
      clearInterval(beat);
      this.#beats.delete(beat);
    };
    let released: Promise<void> | undefined;
    return () => {
      stop();
      return released ??= this.#leave(key, ticket);
    };
  }

  async #leave(key: string, ticket: string): Promise<void> {
    await this.#run(leave, key, [ticket, this.#channel, key]);
  }

  #run(script: string, key: string, given: string[]): Promise<unknown> {
    const keys = ["held", "queue", "beats"].map((name) => `${this.#prefix}${name}:${key}`);
    return this.#client.eval(script, {
      keys: [...keys, `${this.#prefix}tickets`],
      arguments: given,
    });
  }

  #ring(key: string): void {
    for (const bell of this.#bells.get(key) ?? []) bell.ring();
  }
}

function newClient(url = "redis://127.0.0.1:6379") {
  const client = createClient({ url });
  // It connects again by itself; who waits asks again at its next beat.
  client.on("error", () => {});
  return client;
}
