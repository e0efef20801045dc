import { logger } from "../base/log.ts";
import { sleep } from "../base/sleep.ts";
import type { Bot } from "../bot.ts";
import type { Context } from "../context/context.ts";
import { beginReceiving } from "../updates/receiving.ts";
import { Handling, type HandlingConfig } from "./handling.ts";

const log = logger("run");

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
   * `drainSeconds` are over, and what was handled is confirmed to Telegram.
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
export interface RunnerConfig<C extends Context> extends HandlingConfig<C> {
  /** How long {@linkcode Runner.stop} waits for handlers, in seconds. Default: 30. */
  drainSeconds?: number;
  /** Creates what feeds `handling` with updates. */
  intake: (handling: Handling<C>) => Intake;
  /** What becomes of updates that are not handled in time: "they are lost". */
  fateOfTheRest: string;
}

interface Running<C extends Context> {
  readonly handling: Handling<C>;
  readonly controller: AbortController;
  readonly task: Promise<void>;
}

/** Starts and stops a bot, whatever its updates come by. */
export class BotRunner<C extends Context> implements Runner {
  readonly #bot: Bot<C>;
  readonly #config: RunnerConfig<C>;
  /** Kept until the bot has stopped altogether. */
  #running: Running<C> | undefined;

  constructor(bot: Bot<C>, config: RunnerConfig<C>) {
    this.#bot = bot;
    this.#config = config;
  }

  start(): void {
    if (this.isRunning()) return;
    if (this.#running !== undefined) {
      throw new Error("Cannot start the bot: it is still stopping. Await stop() first.");
    }
    const end = beginReceiving(this.#bot, "run(bot)");
    const handling = new Handling(this.#bot, this.#config);
    const controller = new AbortController();
    const task = this.#work(handling, controller).finally(() => {
      this.#running = undefined;
      end();
    });
    // Logged already: nobody has to ask for the task, and nothing may kill the process for it.
    task.catch(() => {});
    this.#running = { handling, controller, task };
  }

  async stop(): Promise<void> {
    const running = this.#running;
    running?.controller.abort();
    await running?.task.catch(() => {});
  }

  size(): number {
    return this.#running?.handling.size ?? 0;
  }

  task(): Promise<void> | undefined {
    return this.isRunning() ? this.#running?.task : undefined;
  }

  isRunning(): boolean {
    return this.#running !== undefined && !this.#running.controller.signal.aborted;
  }

  async #work(handling: Handling<C>, controller: AbortController): Promise<void> {
    const intake = this.#config.intake(handling);
    let failure: { error: unknown } | undefined;
    try {
      await intake.run(controller.signal);
    } catch (error) {
      // After stop() whatever was in progress fails, and nobody minds.
      if (!controller.signal.aborted) {
        failure = { error };
        log.error("The bot has stopped: {error}", { error });
        controller.abort();
      }
    }
    await this.#drain(handling);
    if (failure !== undefined) throw failure.error;
    await intake.finish();
  }

  async #drain(handling: Handling<C>): Promise<void> {
    const { drainSeconds = 30, fateOfTheRest } = this.#config;
    const idle = new AbortController();
    await Promise.race([
      handling.idle().then(() => idle.abort()),
      sleep(drainSeconds, idle.signal),
    ]);
    if (idle.signal.aborted) return;
    log.warn("Stopped with {count} updates unfinished after {seconds} s: {fate}.", {
      count: handling.size,
      seconds: drainSeconds,
      fate: fateOfTheRest,
    });
    handling.cut(new Error(`The bot has stopped, and ${drainSeconds} s to finish are over.`));
  }
}
