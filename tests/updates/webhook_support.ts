import { configure, type LogRecord, reset } from "@logtape/logtape";
import assert from "node:assert/strict";
import net from "node:net";
import { serve } from "srvx";
import type { Update } from "@tramline/tramline/types";

/** The secret token of the webhooks under test. */
export const secret = "correct-horse_battery-staple";

/** A message as Telegram sends it. */
export function update(id: number): Update {
  return {
    update_id: id,
    message: {
      message_id: id,
      date: 1_700_000_000,
      chat: { id: 1, type: "private", first_name: "Alice" },
      from: { id: 1, is_bot: false, first_name: "Alice" },
      text: "Hello, мир 🚋",
    },
  };
}

/** The request by which Telegram delivers a body. */
export function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-telegram-bot-api-secret-token": secret,
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
}

/** Sends a request and reads the whole answer. */
export async function send(
  url: string,
  init: RequestInit,
): Promise<{ status: number; headers: Headers; body: string }> {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** Serves a handler on a free port while `use` runs. */
export async function whileServing(
  fetch: (request: Request) => Promise<Response>,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server = serve({
    fetch,
    port: 0,
    hostname: "127.0.0.1",
    silent: true,
    gracefulShutdown: false,
  });
  await server.ready();
  try {
    await use(server.url!);
  } finally {
    await server.close(true);
  }
}

/** A handler whose updates wait until the test settles them. */
export class Held {
  readonly ids: number[] = [];
  #waiting: PromiseWithResolvers<void>[] = [];
  #arrived = Promise.withResolvers<void>();

  readonly accept = (updates: readonly Update[]): Promise<void> => {
    const outcome = Promise.withResolvers<void>();
    this.ids.push(...updates.map((update) => update.update_id));
    this.#waiting.push(outcome);
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
    return outcome.promise;
  };

  /** Resolves as soon as `count` updates have come in altogether. */
  async arrived(count: number): Promise<void> {
    while (this.ids.length < count) await this.#arrived.promise;
  }

  finish(): void {
    this.#waiting.shift()!.resolve();
  }

  fail(error: unknown): void {
    this.#waiting.shift()!.reject(error);
  }
}

/** Collects what is logged while `use` runs, instead of printing it. */
export async function logged(use: (records: LogRecord[]) => Promise<void>): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  await configure({
    sinks: { records: (record) => void records.push(record) },
    loggers: [
      { category: ["tramline"], sinks: ["records"] },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  try {
    await use(records);
  } finally {
    await reset();
  }
  return records;
}

/**
 * Writes requests, byte for byte, over one connection: each when the one before is answered.
 *
 * @returns All that was received, once all are answered or the server has closed the connection.
 */
export function converse(url: string, requests: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let received = "";
    let sent = 0;
    const socket = net.connect(Number(port), hostname);
    const next = () => {
      if (answersIn(received).length < sent) return;
      if (sent === requests.length) socket.destroy();
      else socket.write(requests[sent++]!);
    };
    socket.setEncoding("utf8");
    socket.on("connect", next);
    socket.on("data", (chunk) => {
      received += chunk;
      next();
    });
    socket.on("error", (error) => received === "" ? reject(error) : resolve(received));
    socket.on("close", () => resolve(received));
  });
}

/** The statuses of the answers in what was received. */
export function answersIn(received: string): number[] {
  return [...received.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
}

/** Fails if a promise is rejected and nobody looks, while `use` runs. */
export async function withoutUnhandledRejections(use: () => Promise<void>): Promise<void> {
  const { default: process } = await import("node:process");
  const unhandled: unknown[] = [];
  const listener = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", listener);
  try {
    await use();
    // Rejections are reported after the turn of the event loop in which they happened.
    await new Promise((resolve) => setTimeout(resolve));
    await new Promise((resolve) => setTimeout(resolve));
  } finally {
    process.off("unhandledRejection", listener);
  }
  assert.deepEqual(unhandled, []);
}
