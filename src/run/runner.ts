import { logger } from "../base/log.ts";
import { sleep } from "../base/sleep.ts";
import { within } from "../base/within.ts";
import { beginReceiving } from "../updates/receiving.ts";
import type { Destination } from "./destination.ts";

const log = logger("run");

/** How long a stop waits for a store to take back what is unfinished. */
const closeSeconds = 5;

/** A running bot, as `run` returns it. */
export interface Runner {
  /**
   * Starts the bot again after {@linkcode Runner.stop}. `run` has started it, so this is not needed
   * at first, and does nothing while it runs.
   *
   * @throws {Error} If the bot is still stopping, or was started elsewhere meanwhile.
   */
  start(): void;
  /**
   * Stops the bot: from now on no updates come in. Resolves when those in hand are handled, or
   * `drainSeconds` are over, and what was handled is confirmed to Telegram. A store that does not
   * answer holds it up for 5 s more at most.
   *
   * Not to be awaited in a handler, which it would wait for. Harmless if the bot is not running.
   */
  stop(): Promise<void>;
  /** How many updates are in hand: being handled, or waiting behind others. */
  size(): number;
  /**
   * Resolves when the bot has stopped. Rejects if it had to: if Telegram does not accept its token.
   * That is logged, too, so nobody has to look here. `undefined` if, and only if, the bot is not
   * running.
   */
  task(): Promise<void> | undefined;
  /** Whether updates come in: `false` as soon as {@linkcode Runner.stop} was called. */
  isRunning(): boolean;
}

/** How updates come in to a {@linkcode BotRunner}. */
export interface Intake {
  /** Takes updates in until `signal` is aborted, then resolves. Rejects if it cannot. */
  run(signal: AbortSignal): Promise<void>;
  /** Called when what was taken in is handled, or dropped. */
  finish(): Promise<void>;
}

/** Options of {@linkcode BotRunner}. */
export interface RunnerConfig<D extends Destination> {
  /** How long {@linkcode Runner.stop} waits for handlers, in seconds. Default: 30. */
  drainSeconds?: number;
  /** Creates what handles the updates, once for each start. */
  destination: () => D;
  /** Creates what feeds it with them. */
  intake: (destination: D) => Intake;
  /** What becomes of updates that are not handled in time: "they are lost". */
  fateOfTheRest: string;
}

interface Running {
  readonly destination: Destination;
  readonly controller: AbortController;
  readonly task: Promise<void>;
}

/** Starts and stops a bot, whatever its updates come by. */
export class BotRunner<D extends Destination> implements Runner {
  readonly #bot: object;
  readonly #config: RunnerConfig<D>;
  /** Kept until the bot has stopped altogether. */
  #running: Running | undefined;

  /**
   * @param bot The bot, which nothing else may run meanwhile
   * @param config Options
   */
  constructor(bot: object, config: RunnerConfig<D>) {
    this.#bot = bot;
    this.#config = config;
  }

  start(): void {
    if (this.isRunning()) return;
    if (this.#running !== undefined) {
      throw new Error("Cannot start the bot: it is still stopping. Await stop() first.");
    }
    const end = beginReceiving(this.#bot, "run(bot)");
    const destination = this.#config.destination();
    const controller = new AbortController();
    const task = this.#work(destination, controller).finally(() => {
      this.#running = undefined;
      end();
    });
    // Logged already: nobody has to ask for the task, and nothing may kill the process for it.
    task.catch(() => {});
    this.#running = { destination, controller, task };
  }

  async stop(): Promise<void> {
    const running = this.#running;
    running?.controller.abort();
    await running?.task.catch(() => {});
  }

  size(): number {
    return this.#running?.destination.size ?? 0;
  }

  task(): Promise<void> | undefined {
    return this.isRunning() ? this.#running?.task : undefined;
  }

  isRunning(): boolean {
    return this.#running !== undefined && !this.#running.controller.signal.aborted;
  }

  async #work(destination: D, controller: AbortController): Promise<void> {
    const { drainSeconds = 30 } = this.#config;
    const intake = this.#config.intake(destination);
    const timeUp = untilAfter(controller.signal, drainSeconds);
    const failure = await Promise.race([
      this.#takeIn(destination, intake, controller),
      timeUp.reached,
    ]);
    await this.#drain(destination, timeUp.reached);
    timeUp.clear();
    if (failure === undefined) await intake.finish();
    await this.#close(destination);
    if (failure !== undefined) throw failure.error;
  }

  /** Takes updates in until the bot is stopped, or cannot go on: then it returns why. */
  async #takeIn(
    destination: D,
    intake: Intake,
    controller: AbortController,
  ): Promise<{ error: unknown } | undefined> {
    try {
      await destination.open();
      await intake.run(controller.signal);
    } catch (error) {
      // After stop() whatever was in progress fails, and nobody minds.
      if (controller.signal.aborted) return undefined;
      log.error("The bot has stopped: {error}", { error });
      controller.abort();
      return { error };
    }
  }

  async #close(destination: D): Promise<void> {
    try {
      await within(closeSeconds, destination.close(), "the store does not answer");
    } catch (error) {
      log.error("Cannot give back what is unfinished; its lease has to run out: {error}", {
        error,
      });
    }
  }

  async #drain(destination: D, timeUp: Promise<void>): Promise<void> {
    const isDrained = await Promise.race([
      destination.drain().then(() => true),
      timeUp.then(() => false),
    ]);
    if (isDrained) return;
    const { drainSeconds = 30, fateOfTheRest } = this.#config;
    log.warn("Stopped with {count} updates unfinished after {seconds} s: {fate}.", {
      count: destination.size,
      seconds: drainSeconds,
      fate: fateOfTheRest,
    });
    destination.cut(new Error(`The bot has stopped, and ${drainSeconds} s to finish are over.`));
  }
}

/** Reached some seconds after a signal was aborted, unless it is cleared before. */
function untilAfter(
  signal: AbortSignal,
  seconds: number,
): { readonly reached: Promise<void>; clear(): void } {
  const cleared = new AbortController();
  const reached = new Promise<void>((resolve) => {
    signal.addEventListener("abort", async () => {
      await sleep(seconds, cleared.signal);
      resolve();
    });
  });
  return { reached, clear: () => cleared.abort() };
}
