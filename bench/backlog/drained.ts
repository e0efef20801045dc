import { readFileSync } from "node:fs";
import process from "node:process";

/** The arguments that every subject is started with. */
export const apiRoot = `http://127.0.0.1:${process.argv[2]}`;
const count = Number(process.argv[3]);

interface ChatUpdate {
  update_id: number;
  message?: { chat: { id: number } };
}

/** What a subject tells when it is through. */
export interface Drained {
  seconds: number;
  /** Processor time, all threads together. */
  processorSeconds: number;
  /** Peak of resident memory, in bytes. */
  peak: number;
  outOfOrder: number;
}

/** Counts handled updates and sees that they come in order within each chat. */
export class Drain {
  readonly #last = new Map<number, number>();
  readonly #finished = Promise.withResolvers<void>();
  readonly #start = performance.now();
  readonly #used = process.cpuUsage();
  #handled = 0;
  #outOfOrder = 0;

  /** To be called as the handler of each update. */
  handle(update: ChatUpdate): void {
    const chat = update.message!.chat.id;
    if ((this.#last.get(chat) ?? 0) >= update.update_id) this.#outOfOrder++;
    this.#last.set(chat, update.update_id);
    if (++this.#handled === count) this.#finished.resolve();
  }

  /** Tells the figures once all updates are handled, and ends the process with its input. */
  async report(): Promise<void> {
    process.stdin.resume().on("end", () => process.exit(0));
    await this.#finished.promise;
    const seconds = (performance.now() - this.#start) / 1000;
    const { user, system } = process.cpuUsage(this.#used);
    const processorSeconds = (user + system) / 1e6;
    const outOfOrder = this.#outOfOrder;
    const drained: Drained = { seconds, processorSeconds, peak: peak(), outOfOrder };
    console.log(JSON.stringify(drained));
  }
}

function peak(): number {
  // Linux tells the true peak; the others' idea of it is in kibibytes.
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
