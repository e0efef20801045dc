/** The limit: a loop that fetches, parses and counts, and nothing else. */
import process from "node:process";
import { apiRoot, Drain } from "./drained.ts";

const drain = new Drain();
const count = Number(process.argv[3]);
let offset = 1;
while (offset <= count) {
  const response = await fetch(`${apiRoot}/botX/getUpdates`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ offset, limit: 100, timeout: 30 }),
  });
  const { result } = await response.json();
  for (const update of result) drain.handle(update);
  offset = result.at(-1).update_id + 1;
}
await drain.report();
