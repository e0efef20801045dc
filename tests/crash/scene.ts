import { Bot } from "@tramline/tramline";
import { Simulator } from "@tramline/tramline/testing";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { BotProcess, type Program } from "./bot_process.ts";

/** How long anything may take, on a machine that is busy with other things. */
const patienceSeconds = 180;

/** Where random times begin: `CRASH_SEED`, if a failed test named one. */
export function anySeed(): number {
  return Number(process.env.CRASH_SEED ?? Math.trunc(Math.random() * 1e9));
}

/** What a {@linkcode Scene} decides for the processes that it starts. */
export type ProgramChoice = Pick<Program, "intake"> & Partial<Program>;

/** Telegram in this process, bots in others, and a folder for their files. */
export class Scene {
  readonly sim: Simulator;
  readonly #folder: string;
  readonly #apiRoot: string;
  readonly #bots: BotProcess[] = [];

  private constructor(sim: Simulator, apiRoot: string, folder: string) {
    this.sim = sim;
    this.#apiRoot = apiRoot;
    this.#folder = folder;
  }

  static async make(seed: number): Promise<Scene> {
    const sim = new Simulator({ seed, timeoutSeconds: patienceSeconds });
    const { url } = await sim.listen();
    return new Scene(sim, url, await mkdtemp(join(tmpdir(), "tramline-crash-")));
  }

  /** Where the store is, for programs that have one. */
  get file(): string {
    return join(this.#folder, "bot.db");
  }

  /** Starts a process. */
  start(program: ProgramChoice): BotProcess {
    const bot = new BotProcess({
      token: this.sim.token,
      apiRoot: this.#apiRoot,
      life: this.#bots.length + 1,
      leaseSeconds: 3,
      handlerMilliseconds: 20,
      seed: this.#bots.length,
      ...program,
    });
    this.#bots.push(bot);
    return bot;
  }

  /** Whether a process was killed, or has ended; by the number of its life, from 1 on. */
  readonly isDead = (life: number): boolean => this.#bots[life - 1]!.isDead;

  /**
   * Lets Telegram deliver to a process, and to the next one when that is killed: this is what stands
   * before a bot that is restarted, and holds a request until there is somebody to take it.
   */
  async setWebhook(port: () => Promise<number | undefined>): Promise<void> {
    const url = this.sim.serve(async (request) => {
      const body = await request.text();
      const headers = { "content-type": "application/json" };
      return await fetch(`http://127.0.0.1:${await port()}/`, { method: "POST", body, headers });
    });
    await new Bot(this.sim.token, { client: this.sim.client }).api.setWebhook(url);
  }

  /** Waits for something; rejects if one of these processes ends by itself meanwhile. */
  async during<T>(bots: readonly BotProcess[], done: Promise<T>): Promise<T> {
    done.catch(() => {});
    try {
      return await Promise.race(bots.map((bot) => bot.during(done)));
    } catch (cause) {
      const errors = bots.map(({ errors }) => errors).join("");
      const said = errors && `\nOn stderr of the bots:\n${errors}`;
      throw new Error((cause as Error).message + said, { cause });
    }
  }

  /** Ends all. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#bots.map((bot) => bot.kill()));
    await this.sim.close();
    await rm(this.#folder, { recursive: true });
  }
}

/** Waits for a moment: when exactly a process is killed is random. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
