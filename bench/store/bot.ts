/**
 * The whole way of updates: fetched, made durable, claimed, handled, session and "done" written. The
 * polls are answered in this process, so that nothing but the bot and its store is measured.
 */
import process from "node:process";
import { sqliteStore } from "@tramline/tramline/sqlite";
import { CountingBot, Polls, verify } from "./subject.ts";
import { inTempFile } from "./temp_file.ts";

const count = Number(process.argv[2]);
const chats = Number(process.argv[3]);

await inTempFile(async (file) => {
  const store = sqliteStore(file);
  const seconds = await new CountingBot(count, new Polls(count, chats)).work(store);
  await verify(store, count, chats);
  await store.close();
  console.log(JSON.stringify({ seconds }));
});
