import type { ChatEvent, VirtualUser } from "@tramline/tramline/testing";
import process from "node:process";

const columnWidth = Math.max(
  36,
  Math.min(60, Math.floor(((process.stdout.columns ?? 104) - 12) / 2)),
);
const colors = process.stdout.isTTY && !process.env.NO_COLOR;

/**
 * Shows several chats side by side, a column for each user and a line for each event, so that order and
 * timing can be read at a glance: time runs down, what the bot says is indented.
 */
export class Screen {
  readonly #users: readonly VirtualUser[];
  readonly #waits: number[] = [];
  /** When each user's unanswered messages were sent, by user. */
  readonly #asked: number[][];
  #began: number | undefined;

  constructor(users: readonly VirtualUser[]) {
    this.#users = users;
    this.#asked = users.map(() => []);
  }

  title(text: string): void {
    console.log(`\n${bold(text)}\n`);
    console.log(`    time  ${this.#users.map(({ user }) => pad(user.first_name)).join("")}`);
  }

  show(event: ChatEvent): void {
    const column = this.#users.findIndex(({ id }) => id === event.chat.id);
    const line = column < 0 ? undefined : lineOf(event);
    if (!line) return;
    this.#began ??= event.at;
    const milliseconds = Math.round((event.at - this.#began) * 1000);
    const { byBot, text } = line;
    this.#measure(column, event, byBot);
    const cell = byBot ? `      ${green(cut(text, columnWidth - 8))}` : cut(text, columnWidth - 2);
    console.log(
      `${dim(`${milliseconds} ms`.padStart(8))}  ${" ".repeat(column * columnWidth)}${cell}`,
    );
  }

  summary(): void {
    const sorted = [...this.#waits].sort((one, other) => one - other);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    const longest = sorted.at(-1) ?? 0;
    console.log(
      `\n${sorted.length} answers, each in its chat's order; half of them within ` +
        `${Math.round(median * 1000)} ms, all within ${Math.round(longest * 1000)} ms.\n`,
    );
  }

  #measure(column: number, event: ChatEvent, byBot: boolean): void {
    const asked = this.#asked[column]!;
    if (!byBot) {
      asked.push(event.at);
    } else if (event.type === "message" || event.type === "answer") {
      const since = asked.shift();
      if (since !== undefined) this.#waits.push(event.at - since);
    }
  }
}

function lineOf(event: ChatEvent): { byBot: boolean; text: string } | undefined {
  switch (event.type) {
    case "message": {
      const { from, text, reply_markup } = event.message;
      const buttons = reply_markup?.inline_keyboard?.flat().map((button) => `[${button.text}]`) ??
        [];
      return { byBot: from?.is_bot === true, text: [text, ...buttons].join(" ") };
    }
    case "edit":
      return { byBot: true, text: `(edited) ${event.message.text}` };
    case "press":
      return { byBot: false, text: `presses [${event.text}]` };
    case "answer":
      return { byBot: true, text: event.answer.text && `(notice) ${event.answer.text}` || "(ok)" };
    default:
      return undefined;
  }
}

function pad(text: string): string {
  return text.padEnd(columnWidth);
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

function paint(code: number): (text: string) => string {
  return (text) => colors ? `\x1b[${code}m${text}\x1b[0m` : text;
}

const bold = paint(1);
const dim = paint(2);
export const green = paint(32);
