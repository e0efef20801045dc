import { describe } from "../base/describe.ts";
import { isThenable } from "../base/thenable.ts";

/** Options of {@linkcode Lanes}. */
export interface LanesOptions {
  /** How many tasks may run at once, 1 or more; `Infinity` for no bound. */
  concurrency: number;
}

/** What is scheduled: a function that is given the slot in which it runs. */
export type Task<T> = (slot: Slot) => T | PromiseLike<T>;

/** A running task's share of the concurrency. */
export interface Slot {
  /**
   * Gives the slot back while `pending` is pending, so that others can run, and has a slot again
   * when it settles as `pending` did. The lane stays taken meanwhile: order is kept.
   */
  wait<T>(pending: PromiseLike<T>): Promise<T>;
}

/**
 * Runs tasks concurrently, but those of one key one after the other, in the order they came.
 *
 * - Never more than `concurrency` tasks hold a slot; one that waits behind its lane holds none.
 * - Slots go to the tasks that are ready in the order in which they became ready, so no lane starves.
 * - A task that fails rejects its own completion and nothing else.
 * - A key is forgotten when its last task is done.
 *
 * ```ts ignore
 * const lanes = new Lanes({ concurrency: 500 });
 * await Promise.all([lanes.push("chat 1", first), lanes.push("chat 1", second)]); // in this order
 * ```
 */
export class Lanes {
  readonly #concurrency: number;
  /** The last job of each lane that has any; jobs link to the one behind them. */
  readonly #last = new Map<string, Job>();
  readonly #ready = new ReadyQueue();
  #running = 0;
  #size = 0;
  #starting = false;
  /** The job whose task has been called and has not returned, if it is not among the last ones. */
  #atOnce: Job | undefined;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor({ concurrency }: LanesOptions) {
    if (!(concurrency >= 1)) {
      throw new RangeError(
        `Cannot create lanes: concurrency must be 1 or more, given ${describe(concurrency)}.`,
      );
    }
    this.#concurrency = concurrency;
  }

  /** Tasks that were pushed and are not done: waiting, running or suspended. */
  get size(): number {
    return this.#size;
  }

  /** Tasks that hold a slot. */
  get running(): number {
    return this.#running;
  }

  /** Resolves as soon as no task is left. */
  idle(): Promise<void> {
    if (this.#size === 0) return Promise.resolve();
    return (this.#idle ??= Promise.withResolvers()).promise;
  }

  /**
   * Runs `task` after all tasks that were pushed under the same key; `undefined` orders nothing.
   * It begins within this call if its lane and a slot are free.
   *
   * @returns A promise that settles as the task does.
   */
  push<T>(key: string | undefined, task: Task<T>): Promise<T> {
    try {
      return Promise.resolve(this.pass(key, task));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * As {@linkcode Lanes.push}, but for a task that begins and ends within this call without a
   * promise, no promise is made either: its result is returned, its error thrown.
   */
  pass<T>(key: string | undefined, task: Task<T>): T | Promise<T> {
    const job = new Job(key, task, this.#wait);
    this.#size++;
    const ahead = this.#lastOf(key);
    if (ahead !== undefined) {
      ahead.behind = job;
      this.#last.set(key!, job);
    } else if (this.#starting || this.#running >= this.#concurrency) {
      if (key !== undefined) this.#last.set(key, job);
      this.#ready.push(job);
    } else {
      this.#startAtOnce(job);
    }
    if (!job.ended) {
      return new Promise<T>((resolve, reject) => {
        job.resolve = resolve as Job["resolve"];
        job.reject = reject;
      });
    }
    if (job.failed) throw job.outcome;
    return job.outcome as T;
  }

  #lastOf(key: string | undefined): Job | undefined {
    if (key === undefined) return undefined;
    const last = this.#last.get(key);
    return last === undefined && this.#atOnce?.key === key ? this.#atOnce : last;
  }

  /** Starts a job that nothing stands before. Its lane is written down only if it does not end. */
  #startAtOnce(job: Job): void {
    const { key } = job;
    this.#starting = true;
    this.#atOnce = job;
    this.#running++;
    job.holdsSlot = true;
    this.#start(job);
    this.#atOnce = undefined;
    this.#starting = false;
    if (!job.ended && key !== undefined && job.behind === undefined) this.#last.set(key, job);
    this.#startReady();
  }

  #startReady(): void {
    // A task that ends at once comes back here: the loop below goes on, instead of a deep recursion.
    if (this.#starting) return;
    this.#starting = true;
    while (this.#running < this.#concurrency) {
      const job = this.#ready.shift();
      if (job === undefined) break;
      if (job.ended) {
        // It did not wait for its own wait: there is nothing left that would give a slot back.
        job.resume?.();
        continue;
      }
      this.#running++;
      job.holdsSlot = true;
      if (job.resume) job.resume();
      else this.#start(job);
    }
    this.#starting = false;
  }

  #start(job: Job): void {
    try {
      const outcome = job.begin();
      if (isThenable(outcome)) {
        outcome.then(
          (value) => this.#end(job, value, false),
          (error) => this.#end(job, error, true),
        );
      } else {
        this.#end(job, outcome, false);
      }
    } catch (error) {
      this.#end(job, error, true);
    }
  }

  #end(job: Job, outcome: unknown, failed: boolean): void {
    job.settle(outcome, failed);
    this.#size--;
    this.#giveBack(job);
    const { key, behind } = job;
    if (behind !== undefined) {
      // Unlinked, or somebody who keeps an old slot would keep every later job of the lane.
      job.behind = undefined;
      this.#ready.push(behind);
    } else if (key !== undefined && job !== this.#atOnce) {
      this.#last.delete(key);
    }
    this.#startReady();
    if (this.#size === 0) {
      this.#idle?.resolve();
      this.#idle = undefined;
    }
  }

  #giveBack(job: Job): void {
    if (!job.holdsSlot) return;
    job.holdsSlot = false;
    this.#running--;
  }

  readonly #wait = async <T>(job: Job, pending: PromiseLike<T>): Promise<T> => {
    this.#giveBack(job);
    this.#startReady();
    try {
      return await pending;
    } finally {
      await this.#takeAgain(job);
    }
  };

  #takeAgain(job: Job): Promise<void> | undefined {
    // A task may wait for several things at once: the first that is there brings the slot back.
    if (job.holdsSlot) return;
    if (job.resumed !== undefined) return job.resumed;
    const { promise, resolve } = Promise.withResolvers<void>();
    job.resumed = promise;
    job.resume = () => {
      job.resume = job.resumed = undefined;
      resolve();
    };
    this.#ready.push(job);
    this.#startReady();
    return promise;
  }
}

class Job implements Slot {
  readonly key: string | undefined;
  #task: Task<unknown> | undefined;
  readonly #wait: <T>(job: Job, pending: PromiseLike<T>) => Promise<T>;
  /** Settle the promise of its outcome, if there is one. */
  resolve: ((outcome: unknown) => void) | undefined = undefined;
  reject: ((error: unknown) => void) | undefined = undefined;
  /** What the task has returned or thrown, if it did at once. */
  outcome: unknown = undefined;
  failed = false;
  ended = false;
  /** The next job of the lane. */
  behind: Job | undefined = undefined;
  /** The next job of the ready queue. */
  nextReady: Job | undefined = undefined;
  /** Set while a suspended job waits for a slot. */
  resume: (() => void) | undefined = undefined;
  resumed: Promise<void> | undefined = undefined;
  holdsSlot = false;

  constructor(
    key: string | undefined,
    task: Task<unknown>,
    wait: <T>(job: Job, pending: PromiseLike<T>) => Promise<T>,
  ) {
    this.key = key;
    this.#task = task;
    this.#wait = wait;
  }

  begin(): unknown {
    const task = this.#task!;
    this.#task = undefined;
    return task(this);
  }

  settle(outcome: unknown, failed: boolean): void {
    this.ended = true;
    this.failed = failed;
    const settle = failed ? this.reject : this.resolve;
    if (settle === undefined) this.outcome = outcome;
    else settle(outcome);
    // An old table of the map of lanes may keep this job for long; nothing else is to stay with it.
    this.resolve = this.reject = undefined;
  }

  wait<T>(pending: PromiseLike<T>): Promise<T> {
    return this.#wait(this, pending);
  }
}

/** First in, first out, linked through the jobs themselves: nothing is allocated or moved. */
class ReadyQueue {
  #first: Job | undefined;
  #last: Job | undefined;

  push(job: Job): void {
    if (this.#last === undefined) this.#first = job;
    else this.#last.nextReady = job;
    this.#last = job;
  }

  shift(): Job | undefined {
    const job = this.#first;
    if (job === undefined) return undefined;
    this.#first = job.nextReady;
    if (this.#first === undefined) this.#last = undefined;
    job.nextReady = undefined;
    return job;
  }
}
