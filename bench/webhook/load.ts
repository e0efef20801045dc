/**
 * Posts updates as Telegram does: over kept-alive connections, one request at a time on each, every
 * update with an id and a chat of its own. Started with the number of connections; asked for
 * `PORT SECONDS`, it answers with the number of requests per second and the seconds they took.
 *
 * It is written on bare sockets so that it costs less than the servers that it measures.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { answer } from "../lib/answer.ts";
import { message } from "../lib/updates.ts";
import { secretHeader, secretToken } from "./serve.ts";

const connections = Number(process.argv[2]);

/** Ids have ten digits, so that a request can be renewed by overwriting them where they stand. */
const firstId = 1_000_000_000;
let nextId = firstId;

interface Count {
  requests: number;
  stopped: boolean;
}

/** One connection: sends a request, waits for its whole answer, sends the next. */
class Connection {
  readonly #socket: Socket;
  readonly #request: Buffer;
  readonly #places: number[];
  readonly #count: Count;
  /** Length of the first answer. All are alike, so an answer of this length is whole. */
  #answerLength = 0;
  #received: Buffer[] = [];
  #receivedLength = 0;
  readonly done: Promise<void>;

  constructor(port: number, chat: number, count: Count) {
    this.#count = count;
    this.#request = requestFor(chat, port);
    this.#places = placesOf(this.#request, String(firstId));
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.done = promise;
    this.#socket.on("connect", () => this.#send());
    this.#socket.on("data", (chunk) => this.#take(chunk as Buffer));
    this.#socket.on("error", reject);
    this.#socket.on("close", () => {
      if (count.stopped) resolve();
      else reject(new Error("The server closed a connection."));
    });
  }

  #send(): void {
    const id = String(nextId++);
    for (const place of this.#places) this.#request.write(id, place, "latin1");
    this.#socket.write(this.#request);
  }

  #take(chunk: Buffer): void {
    this.#receivedLength += chunk.length;
    if (this.#receivedLength === chunk.length && chunk.length === this.#answerLength) {
      checkStatus(chunk);
    } else {
      this.#received.push(chunk);
      const answer = Buffer.concat(this.#received);
      if (!isWhole(answer)) return;
      checkStatus(answer);
      this.#answerLength = answer.length;
      this.#received = [];
    }
    this.#receivedLength = 0;
    this.#count.requests++;
    if (this.#count.stopped) this.#socket.end();
    else this.#send();
  }
}

await answer(async (question) => {
  const [port, seconds] = question.split(" ").map(Number) as [number, number];
  const count: Count = { requests: 0, stopped: false };
  const start = performance.now();
  const open = Array.from({ length: connections }, (_, i) => new Connection(port, 5000 + i, count));
  const timer = setTimeout(() => count.stopped = true, seconds * 1000);
  await Promise.all(open.map(({ done }) => done));
  clearTimeout(timer);
  return { requests: count.requests, seconds: (performance.now() - start) / 1000 };
});

function requestFor(chat: number, port: number): Buffer {
  const body = JSON.stringify(
    message(firstId, chat, "Hello, how are you today? Nice to meet you."),
  );
  return Buffer.from([
    "POST / HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    `${secretHeader}: ${secretToken}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: keep-alive",
    "Accept-Encoding: gzip, deflate",
    "",
    body,
  ].join("\r\n"));
}

function placesOf(text: Buffer, word: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) places.push(at);
  return places;
}

function isWhole(answer: Buffer): boolean {
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const head = answer.toString("latin1", 0, end).toLowerCase();
  if (head.includes("transfer-encoding: chunked")) return answer.includes("0\r\n\r\n", end);
  const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
  return answer.length === end + 4 + length;
}

function checkStatus(answer: Buffer): void {
  // "HTTP/1.1 200": the three digits begin at the ninth place.
  if (answer[9] !== 0x32 || answer[10] !== 0x30 || answer[11] !== 0x30) {
    throw new Error(`The server answered ${answer.toString("latin1", 0, 60)}`);
  }
}
