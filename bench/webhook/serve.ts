import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { answer } from "../lib/answer.ts";

/** The header in which Telegram sends the secret, and the secret of the measurements. */
export const secretHeader = "x-telegram-bot-api-secret-token";
export const secretToken = "a-secret-that-only-telegram-knows";

/** The runtime that runs this process, as webhook adapters tell them apart. */
export const runtime: "deno" | "node" | "bun" = "Deno" in globalThis
  ? "deno"
  : "Bun" in globalThis
  ? "bun"
  : "node";

type Fetch = (request: Request) => Response | Promise<Response>;

/** A listener of `node:http`, in the shape that each framework gives it. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

interface Bun {
  serve(options: { port: number; hostname: string; fetch: Fetch }): { port: number };
}

let handled = 0;

/** The handler that every bot registers: it does nothing, but it is seen to be called. */
export function handler(): void {
  handled++;
}

/**
 * Serves on a free port and tells it. Asked for anything, it answers how many updates were handled
 * since it was last asked.
 */
export async function serve(port: number): Promise<void> {
  console.log(JSON.stringify(port));
  await answer(() => {
    const count = handled;
    handled = 0;
    return count;
  });
}

/** Serves by the runtime's own server for Web-standard requests. */
export async function serveFetch(fetch: Fetch): Promise<void> {
  if (runtime === "bun") {
    const { Bun } = globalThis as unknown as { Bun: Bun };
    return await serve(Bun.serve({ port: 0, hostname: "127.0.0.1", fetch }).port);
  }
  const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  const server = Deno.serve(options, (request) => fetch(request));
  await serve(server.addr.port);
}

/** Serves by `node:http`. */
export async function serveNode(handle: NodeHandler): Promise<void> {
  const { createServer } = await import("node:http");
  const server = createServer(handle as RequestListener);
  server.listen(0, "127.0.0.1", () => {
    serve((server.address() as { port: number }).port);
  });
}
