import process from "node:process";
import { createInterface } from "node:readline";

/** Answers every line of the standard input with a line of JSON, until the input ends. */
export async function answer(reply: (question: string) => unknown): Promise<void> {
  for await (const question of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await reply(question)));
  }
  process.exit(0);
}
