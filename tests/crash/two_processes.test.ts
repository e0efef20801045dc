import { test } from "node:test";
import { killing } from "./killing.ts";

test("two processes share a bot, and are killed 6 times each: one polls, both handle, nothing is lost", async () => {
  await killing({ updater: "polling", kills: 12, processes: 2 });
});

test("two processes share a bot by webhook, and are killed 6 times each: nothing is lost", async () => {
  await killing({ updater: "webhooks", kills: 12, processes: 2 });
});
