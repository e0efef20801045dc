/** A bot that starts with updates that wait in its store, and works them off. */
import process from "node:process";
import { sqliteStore } from "@tramline/tramline/sqlite";
import { CountingBot, Polls, verify } from "./subject.ts";

const [file, count, chats] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];

const store = sqliteStore(file);
const seconds = await new CountingBot(count, new Polls(0, 1)).work(store);
const peak = process.resourceUsage().maxRSS * 1024;
await verify(store, count, chats);
await store.close();
console.log(JSON.stringify({ seconds, peak }));
