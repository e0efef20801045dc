import { test } from "node:test";
import { killing } from "./killing.ts";

test("polling, killed 40 times: nothing is lost, sessions are exact, replies in order", async () => {
  await killing({ updater: "polling", kills: 40 });
});

test("webhooks, killed 15 times: nothing is lost, sessions are exact, replies in order", async () => {
  await killing({ updater: "webhooks", kills: 15 });
});
