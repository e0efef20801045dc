import { Bot } from "@tramline/tramline";
import { Simulator, type SimulatorOptions, type VirtualUser } from "@tramline/tramline/testing";
import assert from "node:assert/strict";

/** A simulated Telegram and a bot on it. */
export function simulate(options?: SimulatorOptions): { sim: Simulator; bot: Bot } {
  const sim = new Simulator({ timeoutSeconds: 60, ...options });
  return { sim, bot: new Bot(sim.token, { client: sim.client }) };
}

/** Something that handlers wait for and a test opens, once for all or name by name. */
export class Gate {
  readonly arrived: string[] = [];
  readonly #opened = new Map<string, PromiseWithResolvers<void>>();
  #changed = Promise.withResolvers<void>();

  /** For handlers: waits until the gate is opened for `name`. */
  pass(name: string): Promise<void> {
    this.arrived.push(name);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
    return this.#of(name).promise;
  }

  /** For tests: resolves when `count` handlers have arrived altogether. */
  async count(count: number): Promise<void> {
    while (this.arrived.length < count) await this.#changed.promise;
  }

  open(...names: string[]): void {
    for (const name of names) this.#of(name).resolve();
  }

  #of(name: string): PromiseWithResolvers<void> {
    const known = this.#opened.get(name) ?? Promise.withResolvers();
    this.#opened.set(name, known);
    return known;
  }
}

/** Fifty users send twenty messages each, and are answered to each, in order, by a bot that counts. */
export async function fiftyCount(sim: Simulator): Promise<VirtualUser[]> {
  const users = Array.from({ length: 50 }, () => sim.user());
  for (let n = 1; n <= 20; n++) {
    await Promise.all(users.map((user) => user.send(`message ${n}`)));
  }
  for (const user of users) {
    const replies: (string | undefined)[] = [];
    for (let n = 1; n <= 20; n++) replies.push((await user.nextReply()).text);
    assert.deepEqual(replies, Array.from({ length: 20 }, (_, n) => `${n + 1}: message ${n + 1}`));
  }
  return users;
}

/** Waits for something that the simulator does not see; the test runner's time limit ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

/** Lets everything that is due happen: one turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
