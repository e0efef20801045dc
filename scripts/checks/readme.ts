import { Simulator } from "@tramline/tramline/testing";
import { sqliteStore } from "@tramline/tramline/sqlite";
import type { Check, Findings } from "../lib/check.ts";
import { readText, root } from "../lib/project.ts";

const folder = `${root}/build/readme`;
const kills = 9;
const chats = 10;
/** An update that is in flight at five kills is set aside, so that now and then all is let through. */
const killsInARow = 3;

/** Loads the program, with a simulator in place of Telegram. */
const loader = `
const { fetch } = globalThis;
globalThis.fetch = (url, init) =>
  fetch(String(url).replace("https://api.telegram.org", Deno.env.get("API_ROOT")), init);
await import("./bot.ts");
`;

/** The README's program, after the change that the page shows. */
export function programWithStore(readme: string): string {
  let program = /```ts\n([^]*?)```/.exec(readme)?.[1] ?? "";
  const change = /```diff\n([^]*?)```/.exec(readme)?.[1]?.trim().split("\n") ?? [];
  for (const [index, line] of change.entries()) {
    const text = line.slice(1);
    if (line.startsWith("-")) {
      if (!program.includes(text)) throw new Error(`README.md has no line "${text}" to change.`);
      program = program.replace(text, change[index + 1]!.slice(1));
    } else if (text.startsWith("import ")) program = `${text}\n${program}`;
  }
  if (!program.includes("sqliteStore(")) throw new Error("README.md no longer shows the store.");
  return program;
}

/** Kills the program again and again, and counts what its sessions have counted. */
async function survives(): Promise<Findings> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/bot.ts`, programWithStore(await readText("README.md")));
  await Deno.writeTextFile(`${folder}/main.ts`, loader);
  await using sim = new Simulator({ timeoutSeconds: 120 });
  const { url } = await sim.listen();
  const sent = await killAgainAndAgain(sim, url);
  const store = sqliteStore(`${folder}/bot.db`);
  const sessions = store.sessions<{ count: number }>(sim.mainBot.id);
  const problems: string[] = [];
  for (const [id, count] of sent) {
    const counted = (await sessions.read(String(id)))?.count;
    if (counted !== count) problems.push(`A session counts ${counted} of ${count} messages.`);
  }
  await store.close();
  return { problems };
}

/** Returns how many messages each user has sent. */
async function killAgainAndAgain(sim: Simulator, url: string): Promise<Map<number, number>> {
  const users = Array.from({ length: chats }, () => sim.user());
  const sent = new Map(users.map(({ id }) => [id, 0]));
  let replies = 0;
  sim.on("sendMessage", () => void replies++);
  const isAllReplied = () =>
    users.every(({ id, messages }) => messages.at(-1)?.text?.endsWith(` ${sent.get(id)}`));
  for (let life = 1; life <= kills + 1; life++) {
    const child = start(sim.token, url);
    for (let n = 0; n < 10; n++) {
      for (const user of users) {
        sent.set(user.id, sent.get(user.id)! + 1);
        await user.send(`message ${sent.get(user.id)}`);
      }
    }
    const enough = replies + Math.random() * 10 * chats;
    await sim.until(life % killsInARow === 0 ? isAllReplied : () => replies >= enough);
    if (life <= kills) child.kill("SIGKILL");
    else {
      await sim.until(isAllReplied);
      child.kill("SIGINT");
    }
    const { success } = await child.status;
    if (life > kills && !success) throw new Error("It does not end well when it is stopped.");
  }
  return sent;
}

function start(token: string, url: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", "--no-check", "main.ts"],
    cwd: folder,
    env: { BOT_TOKEN: token, API_ROOT: url },
    stdout: "null",
  }).spawn();
}

/** That the first program a reader sees keeps its promise. */
export const checks: Check[] = [
  { name: "the README's program, with its store, survives kill -9", run: survives },
];
