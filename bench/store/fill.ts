/** Puts updates into a store, where they wait. */
import process from "node:process";
import { sqliteStore } from "@tramline/tramline/sqlite";
import { botInfo, message } from "../lib/updates.ts";

const [file, count, chats] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];

const store = sqliteStore(file);
for (let first = 1; first <= count; first += 1000) {
  const updates = Array.from({ length: Math.min(1000, count - first + 1) }, (_, i) => {
    const id = first + i;
    const chat = 1 + id % chats;
    const payload = JSON.stringify(message(id, chat, "Hello, how are you?"));
    return { id, key: String(chat), payload };
  });
  await store.append(botInfo.id, updates);
}
await store.close();
console.log("0");
