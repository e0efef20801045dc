/**
 * The whole way: fetched, made durable, claimed, handled, session and "done" written. In one process,
 * with polls that are answered in it, so that nothing but the bot and its store is measured.
 */
import process from "node:process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bot, type Context, run, session, type SessionFlavor } from "@tramline/tramline";
import { sqliteStore } from "@tramline/tramline/sqlite";
import { botInfo, message, token } from "../lib/updates.ts";

const count = Number(process.argv[2]);
const chats = Number(process.argv[3]);

const folder = mkdtempSync(join(tmpdir(), "tramline-bench-"));
const store = sqliteStore(join(folder, "bot.db"));
const bot = new Bot<Context & SessionFlavor<{ count: number }>>(token, {
  botInfo,
  client: { fetch: answer as typeof fetch },
});
const handled = Promise.withResolvers<void>();
let left = count;
bot.use(session({ initial: () => ({ count: 0 }) }));
bot.on("message", (ctx) => {
  ctx.session.count++;
  if (--left === 0) handled.resolve();
});

const pages: string[] = [];
for (let first = 1; first <= count; first += 100) {
  const updates = Array.from({ length: Math.min(100, count - first + 1) }, (_, i) => {
    return message(first + i, 1 + (first + i) % chats, "Hello, how are you?");
  });
  pages.push(JSON.stringify({ ok: true, result: updates }));
}
await store.open();
const began = performance.now();
const runner = run(bot, { store });
await handled.promise;
await runner.stop();
const seconds = (performance.now() - began) / 1000;
const { updates } = await store.stats();
const sessions = store.sessions<{ count: number }>(botInfo.id);
let sum = 0;
for (let chat = 1; chat <= chats; chat++) sum += (await sessions.read(String(chat)))?.count ?? 0;
await store.close();
rmSync(folder, { recursive: true });
if (updates !== 0 || sum !== count) throw new Error(`${updates} left, ${sum} counted of ${count}`);
console.log(JSON.stringify({ seconds, peak: process.resourceUsage().maxRSS * 1024 }));

function answer(url: string, init: RequestInit): Promise<Response> {
  if (!String(url).endsWith("/getUpdates")) {
    return Promise.resolve(Response.json({ ok: true, result: true }));
  }
  const { offset, timeout } = JSON.parse(init.body as string);
  if (offset > count && timeout > 0) {
    return new Promise((_, reject) =>
      init.signal?.addEventListener("abort", () => reject(init.signal!.reason))
    );
  }
  const page = offset > count ? `{"ok":true,"result":[]}` : pages[Math.floor(offset / 100)];
  return Promise.resolve(new Response(page, { headers: { "content-type": "application/json" } }));
}
