/**
 * Runs an example: `deno task example [name]`.
 *
 * With `BOT_TOKEN` in the environment it runs on Telegram. Without, it starts a simulated Telegram on
 * this machine, lets two users talk to the bot, and then lets you chat with it in the terminal.
 */
import { Simulator } from "@tramline/tramline/testing";
import process from "node:process";
import { chat } from "./playground/chat.ts";
import { conversations, talk } from "./playground/conversations.ts";
import { Screen } from "./playground/screen.ts";

interface Example {
  runner: { stop(): Promise<void> };
}

/** Imported by name, so that every runtime and bundler sees them. */
const examples: Record<string, () => Promise<Example>> = {
  echo: () => import("./echo.ts"),
  high_load: () => import("./high_load.ts"),
  keyboard_menu: () => import("./keyboard_menu.ts"),
  webhook: () => import("./webhook.ts"),
};

async function main(name: string): Promise<void> {
  const start = examples[name];
  if (!start) {
    console.error(
      `There is no example "${name}". Choose one of: ${Object.keys(examples).join(", ")}.`,
    );
    process.exitCode = 2;
    return;
  }
  if (process.env.BOT_TOKEN) {
    await start();
    console.log(`The example ${name} runs on Telegram. Ctrl-C stops it.`);
    return;
  }
  await playOffline(name, start);
}

async function playOffline(name: string, start: () => Promise<Example>): Promise<void> {
  const simulator = new Simulator({ latencySeconds: 0.04, local: true });
  const server = await simulator.listen();
  process.env.BOT_TOKEN = simulator.token;
  process.env.BOT_API_ROOT = server.url;

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => stopping ??= end();
  async function end(): Promise<void> {
    process.emit("SIGINT"); // the example's own handler, as if you had pressed Ctrl-C in it
    await runner.stop();
    await simulator.close();
  }

  const { runner } = await start();
  process.once("SIGINT", stop);

  // Talk when the bot listens, so that the times below are those of a running bot.
  const listens = /^(getUpdates|setWebhook)$/i;
  await simulator.until(() => simulator.calls.some(({ method }) => listens.test(method)));

  const users = [simulator.user({ first_name: "Alice" }), simulator.user({ first_name: "Bob" })];
  const screen = new Screen(users);
  screen.title(
    `${name}, on a simulated Telegram at ${server.url} (set BOT_TOKEN for the real one)`,
  );
  const unwatch = simulator.watch((event) => screen.show(event));
  await Promise.all(users.map((user) => talk(user, conversations[name]!)));
  unwatch();
  screen.summary();

  if (process.stdin.isTTY && !stopping) await chat(simulator, stop);
  await stop();
}

await main(process.argv[2] ?? "echo");
