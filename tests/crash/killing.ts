import { Random } from "#src/testing/random.ts";
import { sqliteStore } from "@tramline/tramline/sqlite";
import assert from "node:assert/strict";
import type { BotProcess } from "./bot_process.ts";
import { anySeed, pause, Scene } from "./scene.ts";
import { faultsOf, Traffic } from "./traffic.ts";

/** Options of {@linkcode killing}. */
export interface KillingOptions {
  readonly updater: "polling" | "webhooks";
  /** How often a process is killed. */
  readonly kills: number;
  /** Where all that is random begins. Default: `CRASH_SEED`, or a random one. */
  readonly seed?: number;
  /** How many processes share the bot and its store. Default: 1. */
  readonly processes?: number;
  /** Default: 30. */
  readonly chats?: number;
  /** Ends the killing early. */
  readonly until?: AbortSignal;
  /** Told after each kill. */
  readonly progress?: (figures: Figures) => void;
}

/** What has happened. */
export interface Figures {
  readonly kills: number;
  readonly messages: number;
  readonly replies: number;
  readonly repeats: number;
}

/** One of the processes that share the bot; another takes its place when it is killed. */
interface Place {
  bot: BotProcess;
  port: Promise<number | undefined>;
}

/** Replies between two kills, at most. */
const mostReplies = 100;
/** A process that is killed while it starts is killed within this time. */
const startMilliseconds = 600;
/**
 * After so many kills all that was sent before them is let through. An update that is in flight at
 * five kills is set aside, and rightly so; with bad luck that would happen to one here.
 */
const killsInARow = 4;

/**
 * Kills a bot with a store again and again, at random moments and under load, and starts it again. In
 * the end every message must have been handled once, in order, with an exact session.
 *
 * @throws {AssertionError} That names the seed, if a guarantee is broken
 */
export async function killing({ seed = anySeed(), ...options }: KillingOptions): Promise<Figures> {
  const scene = await Scene.make(seed);
  try {
    return await new Killing(scene, { ...options, seed }).run();
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new assert.AssertionError({ message: `With CRASH_SEED=${seed}: ${text}` });
  } finally {
    await scene[Symbol.asyncDispose]();
  }
}

class Killing {
  readonly #scene: Scene;
  readonly #options: KillingOptions;
  readonly #random: Random;
  readonly #traffic: Traffic;
  readonly #places: Place[] = [];
  #kills = 0;
  #requests = 0;

  constructor(scene: Scene, options: KillingOptions & { readonly seed: number }) {
    const { seed, chats = 30 } = options;
    this.#scene = scene;
    this.#options = options;
    this.#random = new Random(seed);
    const { isDead } = scene;
    this.#traffic = new Traffic(scene.sim, { seed, chats, inFlight: 5 * chats, isDead });
  }

  async run(): Promise<Figures> {
    const { updater, processes = 1, progress } = this.#options;
    if (updater === "webhooks") await this.#scene.setWebhook(() => this.#anyPort());
    await this.#traffic.begin();
    for (let i = 0; i < processes; i++) this.#places.push(this.#start());
    if (processes > 1) await this.#until(() => this.#allReply());
    while (!this.#isOver()) {
      await this.#killOne();
      progress?.(this.figures);
    }
    this.#traffic.end();
    await this.#during(this.#traffic.answered());
    if (this.#traffic.hasGap) assert.fail(this.#faults().join("\n"));
    for (const { bot } of this.#places) await bot.stop("SIGTERM");
    await this.#check();
    return this.figures;
  }

  get figures(): Figures {
    const { sent, received, repeats } = this.#traffic;
    return { kills: this.#kills, messages: sent, replies: received, repeats };
  }

  #allReply(): boolean {
    return this.#places.every(({ bot }) => this.#traffic.repliesOf(bot.life) > 0);
  }

  #isOver(): boolean {
    const { kills, until } = this.#options;
    return this.#kills >= kills || until?.aborted === true || this.#traffic.hasGap;
  }

  #anyPort(): Promise<number | undefined> {
    return this.#places[this.#requests++ % this.#places.length]!.port;
  }

  #start(): Place {
    const bot = this.#scene.start({
      intake: this.#options.updater,
      file: this.#scene.file,
      // Of several, none alone can handle all chats: what one leaves, the others take.
      concurrency: (this.#options.processes ?? 1) > 1 ? 8 : undefined,
      seed: this.#random.integer(0, 1e9),
    });
    return { bot, port: bot.ready };
  }

  /** Kills one, the processes in turns, and starts another in its place. */
  async #killOne(): Promise<void> {
    const place = this.#places[this.#kills % this.#places.length]!;
    await this.#momentToKill(place.bot);
    const restart = Promise.withResolvers<number | undefined>();
    restart.promise.catch(() => {});
    place.port = restart.promise;
    await place.bot.kill();
    this.#kills++;
    const { bot, port } = this.#start();
    place.bot = bot;
    port.then(restart.resolve, restart.reject);
  }

  async #momentToKill(bot: BotProcess): Promise<void> {
    if (this.#kills % killsInARow === killsInARow - 1) {
      await this.#until(await this.#traffic.mark());
    } else if (this.#random.next() < 0.2) {
      // While it starts: the program loads, the store is opened and migrated, lanes are claimed.
      return await bot.during(pause(this.#random.next() * startMilliseconds));
    } else {
      await this.#during(bot.ready);
      const enough = this.#traffic.received + this.#random.integer(0, mostReplies);
      await this.#until(() => this.#traffic.received >= enough);
    }
    await bot.during(pause(this.#random.next() * 10));
  }

  async #until(condition: () => boolean): Promise<void> {
    await this.#during(this.#traffic.until(condition));
  }

  async #during<T>(done: Promise<T>): Promise<T> {
    return await this.#scene.during(this.#places.map(({ bot }) => bot), done);
  }

  #faults(): string[] {
    return this.#traffic.chats.flatMap((chat) => faultsOf(chat));
  }

  async #check(): Promise<void> {
    const faults = this.#faults();
    const store = sqliteStore(this.#scene.file);
    try {
      const sessions = store.sessions<{ count: number }>(this.#scene.sim.mainBot.id);
      for (const { user, sent } of this.#traffic.chats) {
        const count = (await sessions.read(String(user.id)))?.count ?? 0;
        if (count !== sent) faults.push(`chat ${user.id}: its session counts ${count} of ${sent}`);
      }
      const { updates, owned, ready, dead, workers } = await store.stats();
      const left = { updates, owned, ready, dead, workers };
      if (Object.values(left).some(Boolean)) faults.push(`left over: ${JSON.stringify(left)}`);
    } finally {
      await store.close();
    }
    assert.deepEqual(faults, []);
  }
}
