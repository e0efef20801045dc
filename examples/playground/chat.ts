import type { ChatEvent, Simulator } from "@tramline/tramline/testing";
import process from "node:process";
import { createInterface } from "node:readline";
import { green } from "./screen.ts";

/**
 * An interactive chat with the bot, until Ctrl-C, Ctrl-D or `stop` is called elsewhere. A line that is
 * the text of a button presses it.
 */
export async function chat(simulator: Simulator, stop: () => Promise<void>): Promise<void> {
  const you = simulator.user({ first_name: "You" });
  const terminal = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: "you> ",
  });
  const closed = new Promise<void>((resolve) => terminal.once("close", resolve));
  const buttons = new Set<string>();

  function show(event: ChatEvent): void {
    if (event.chat.id !== you.id) return;
    const line = botLine(event);
    if (line === undefined) return;
    if (event.type === "message" || event.type === "edit") remember(event);
    process.stdout.write(`\r\x1b[K${green(`bot> ${line}`)}\n`);
    terminal.prompt(true);
  }

  function remember({ message }: ChatEvent & { type: "message" | "edit" }): void {
    buttons.clear();
    for (const button of message.reply_markup?.inline_keyboard?.flat() ?? []) {
      buttons.add(button.text);
    }
  }

  async function answer(line: string): Promise<void> {
    const button = [...buttons].find((text) => text.toLowerCase() === line.toLowerCase());
    await (button === undefined ? you.send(line) : you.press(button));
  }

  console.log("Your turn: say something, or type a button's text to press it. Ctrl-C ends.\n");
  const unwatch = simulator.watch(show);
  terminal.on("SIGINT", () => terminal.close());
  terminal.on("line", (line) => {
    if (line.trim() === "") return terminal.prompt();
    answer(line.trim()).catch((error) => console.error(error.message)).finally(() =>
      terminal.prompt()
    );
  });
  terminal.prompt();
  await closed;
  unwatch();
  process.stdin.unref?.();
  process.stdout.write("\n");
  await stop();
}

function botLine(event: ChatEvent): string | undefined {
  if (event.type === "answer") {
    return event.answer.text ? `(notice) ${event.answer.text}` : undefined;
  }
  if (event.type !== "message" && event.type !== "edit") return undefined;
  const { from, text, reply_markup } = event.message;
  if (!from?.is_bot) return undefined;
  const buttons = reply_markup?.inline_keyboard?.flat().map((button) => `[${button.text}]`) ?? [];
  return [event.type === "edit" ? `(edited) ${text}` : text, ...buttons].join(" ");
}
