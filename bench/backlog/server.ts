/**
 * A Bot API with a backlog: updates of 1000 chats, serialised before anyone asks, handed out by
 * `getUpdates`. It costs as little as a server can, so that its client is what is measured.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { answer } from "../lib/answer.ts";
import { botInfo, message } from "../lib/updates.ts";

const count = Number(process.argv[2]);
const chats = 1000;
const head = '{"ok":true,"result":[';

/** Ids begin at 1. One buffer holds all updates, a comma between each two. */
const texts = Array.from(
  { length: count },
  (_, i) => JSON.stringify(message(i + 1, 10_000 + i * 7919 % chats, `Message number ${i}`)),
);
const starts = [0];
for (const text of texts) starts.push(starts.at(-1)! + Buffer.byteLength(text) + 1);
const backlog = Buffer.from(texts.join(",") + ",");

const server = createServer((request, response) => {
  const method = /\/([^/?]*)(?:\?|$)/.exec(request.url ?? "")?.[1]?.toLowerCase();
  const chunks: Uint8Array[] = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    if (method !== "getupdates") {
      const result = method === "getme" ? botInfo : true;
      return send(Buffer.from(JSON.stringify({ ok: true, result })));
    }
    const { offset = 1, limit = 100 } = JSON.parse(Buffer.concat(chunks).toString() || "{}");
    const from = Math.max(offset, 1) - 1;
    const to = Math.min(from + limit, count);
    if (from < to) {
      const updates = backlog.subarray(starts[from], starts[to]! - 1);
      return send(Buffer.concat([Buffer.from(head), updates, Buffer.from("]}")]));
    }
    // Nothing is left: hold the call, as Telegram does, until the client gives it up.
    const held = setTimeout(() => send(Buffer.from(`${head}]}`)), 5000);
    response.on("close", () => clearTimeout(held));
  });

  function send(body: Buffer): void {
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
    response.end(body);
  }
});

server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify((server.address() as AddressInfo).port));
  answer(() => true);
});
