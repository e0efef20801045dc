import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Answer } from "./carry_out.ts";
import { handle } from "./http.ts";
import type { World } from "./world.ts";

/** Options of `sim.listen`. */
export interface ListenOptions {
  /** Default: 0, any port that is free. */
  port?: number;
  /** Default: `127.0.0.1`, this machine only. */
  hostname?: string;
}

/** The simulator as a server on the network. */
export interface SimulatorServer {
  /** What a bot takes as its `apiRoot`, for example `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Closes the server and every connection. */
  close(): Promise<void>;
  /** Closes the server and every connection. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Serves the Bot API over HTTP. This is `node:http`, which all three runtimes have, because only a
 * server that holds the socket can drop a connection without an answer.
 */
export async function listen(world: World, options: ListenOptions = {}): Promise<SimulatorServer> {
  const { port = 0, hostname = "127.0.0.1" } = options;
  const http = await import("node:http");
  const server = http.createServer({ maxHeaderSize: 256 * 1024 }, (request, response) => {
    respond(world, request, response).catch(() => response.destroy());
  });
  // Telegram keeps idle connections open for 500 s.
  server.keepAliveTimeout = 500_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, resolve);
  });
  const close = () => closeServer(server);
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function respond(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const answer = await handle(world, {
    verb: request.method ?? "",
    target: request.url ?? "",
    contentType: request.headers["content-type"] ?? "",
    encoding: request.headers["content-encoding"] ?? "",
    body: join(chunks),
  });
  send(answer, response);
}

function send(answer: Answer, response: ServerResponse): void {
  const { status, body, contentType = "application/json", retryAfter, cut } = answer;
  if (cut === "before") {
    response.socket?.destroy();
    return;
  }
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const headers: Record<string, string> = { "content-length": String(bytes.length) };
  if (retryAfter !== undefined) headers["retry-after"] = String(retryAfter);
  if (contentType === "") headers.connection = "close";
  else headers["content-type"] = contentType;
  response.writeHead(status, headers);
  if (cut === "within") {
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.socket?.destroy());
  } else response.end(bytes);
}

function join(chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  let size = 0;
  for (const chunk of chunks) size += chunk.length;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
