import { Random } from "#src/testing/random.ts";
import { Bot } from "@tramline/tramline";
import { sqliteStore } from "@tramline/tramline/sqlite";
import { Simulator } from "@tramline/tramline/testing";
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { BotProcess } from "./bot_process.ts";
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
  readonly chats?: number;
  /** Replies between two kills, at most. Default: 100. */
  readonly replies?: number;
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

/** How long anything may take, on a machine that is busy with other things. */
const patienceSeconds = 180;

/**
 * After so many kills all that was sent before them is let through. An update that is in flight at
 * five kills is set aside, and rightly so; with bad luck that would happen to one here.
 */
const killsInARow = 4;

/**
 * Kills a bot again and again, at random moments and under load, and starts it again. In the end every
 * message must have been handled once, in order, with an exact session.
 *
 * @throws {AssertionError} That names the seed, if a guarantee is broken
 */
export async function killing(options: KillingOptions): Promise<Figures> {
  const { seed = Number(process.env.CRASH_SEED ?? Math.trunc(Math.random() * 1e9)) } = options;
  try {
    return await new Killing({ ...options, seed }).run();
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new assert.AssertionError({ message: `With CRASH_SEED=${seed}: ${text}` });
  }
}

class Killing {
  readonly #options: KillingOptions;
  readonly #random: Random;
  readonly #sim: Simulator;
  readonly #traffic: Traffic;
  readonly #dead = new Set<number>();
  readonly #places: Place[] = [];
  #apiRoot = "";
  #folder = "";
  #lives = 0;
  #kills = 0;
  #turn = 0;

  constructor(options: KillingOptions & { readonly seed: number }) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#sim = new Simulator({ seed: options.seed, timeoutSeconds: patienceSeconds });
    this.#traffic = new Traffic(this.#sim, {
      seed: options.seed,
      chats: options.chats ?? 30,
      inFlight: 5 * (options.chats ?? 30),
      isDead: (life) => this.#isDead(life),
    });
  }

  async run(): Promise<Figures> {
    this.#folder = await mkdtemp(join(tmpdir(), "tramline-crash-"));
    try {
      this.#apiRoot = (await this.#sim.listen()).url;
      if (this.#options.updater === "webhooks") await this.#setWebhook();
      await this.#traffic.begin();
      for (let i = 0; i < (this.#options.processes ?? 1); i++) this.#places.push(this.#start());
      if (this.#places.length > 1) await this.#watched(this.#traffic.until(() => this.#allReply()));
      while (!this.#isOver()) {
        await this.#killOne();
        this.#options.progress?.(this.figures);
      }
      this.#traffic.end();
      await this.#watched(this.#traffic.answered());
      await this.#stopAll();
      await this.#check();
      return this.figures;
    } finally {
      await Promise.all(this.#places.map(({ bot }) => bot.kill()));
      await this.#sim.close();
      await rm(this.#folder, { recursive: true });
    }
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

  get #file(): string {
    return join(this.#folder, "bot.db");
  }

  #isDead(life: number): boolean {
    return this.#dead.has(life) || this.#places.some(({ bot }) => bot.life === life && bot.isDead);
  }

  /** What stands before a bot that is restarted: it holds a request until there is a process. */
  async #setWebhook(): Promise<void> {
    const url = this.#sim.serve(async (request) => {
      const body = await request.text();
      const place = this.#places[this.#turn++ % this.#places.length]!;
      const port = await place.port;
      const headers = { "content-type": "application/json" };
      return await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body, headers });
    });
    await new Bot(this.#sim.token, { client: this.#sim.client }).api.setWebhook(url);
  }

  #start(): Place {
    const bot = new BotProcess({
      token: this.#sim.token,
      apiRoot: this.#apiRoot,
      life: ++this.#lives,
      intake: this.#options.updater,
      file: this.#file,
      // Of several, none alone can handle all chats: what one leaves, the others take.
      concurrency: (this.#options.processes ?? 1) > 1 ? 8 : undefined,
      leaseSeconds: 3,
      handlerMilliseconds: 20,
      seed: this.#random.integer(0, 1e9),
    });
    return { bot, port: bot.ready };
  }

  /** Kills one, the processes in turns, and starts another in its place. */
  async #killOne(): Promise<void> {
    const place = this.#places[this.#kills % this.#places.length]!;
    const { bot } = place;
    if (this.#kills % killsInARow === killsInARow - 1) {
      await this.#watched(this.#traffic.until(await this.#traffic.mark()));
      await bot.during(pause(this.#random.next() * 10));
    } else if (this.#random.next() < 0.2) {
      // While it starts: the program loads, the store is opened and migrated, lanes are claimed.
      await bot.during(pause(this.#random.next() * 600));
    } else {
      const enough = this.#random.integer(0, this.#options.replies ?? 100);
      await bot.during(bot.ready);
      const before = this.#traffic.received;
      const isEnough = () => this.#traffic.received - before >= enough;
      await this.#watched(this.#traffic.until(isEnough));
      await bot.during(pause(this.#random.next() * 10));
    }
    const restart = Promise.withResolvers<number | undefined>();
    place.port = restart.promise;
    this.#dead.add(bot.life);
    await bot.kill();
    this.#kills++;
    const next = this.#start();
    place.bot = next.bot;
    next.port.then(restart.resolve, restart.reject);
    restart.promise.catch(() => {});
  }

  /** Rejects if any of the processes ends by itself meanwhile. */
  async #watched<T>(done: Promise<T>): Promise<T> {
    done.catch(() => {});
    const ends = this.#places.map(({ bot }) => bot.during(done));
    try {
      return await Promise.race(ends);
    } catch (cause) {
      const errors = this.#places.map(({ bot }) => bot.errors).join("");
      throw new Error(`${(cause as Error).message}\nOn stderr of the bots:\n${errors}`, { cause });
    }
  }

  async #stopAll(): Promise<void> {
    for (const { bot } of this.#places) {
      bot.signal("SIGTERM");
      assert.deepEqual(await bot.exited, { code: 0, signal: null }, bot.errors);
    }
  }

  async #check(): Promise<void> {
    const { chats } = this.#traffic;
    const faults = chats.flatMap(faultsOf);
    const store = sqliteStore(this.#file);
    try {
      const sessions = store.sessions<{ count: number }>(this.#sim.mainBot.id);
      for (const { user, sent } of chats) {
        const count = (await sessions.read(String(user.id)))?.count ?? 0;
        if (count !== sent) faults.push(`chat ${user.id}: its session counts ${count} of ${sent}`);
      }
      const { updates, owned, ready, dead, workers } = await store.stats();
      assert.deepEqual({ updates, owned, ready, dead, workers }, {
        updates: 0,
        owned: 0,
        ready: 0,
        dead: 0,
        workers: 0,
      });
    } finally {
      await store.close();
    }
    assert.deepEqual(faults, []);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
