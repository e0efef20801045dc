import type { Webhook } from "../webhook.ts";
import type { Answer } from "../webhook_answer.ts";
import { maxBytes, oversized, parse } from "../webhook_body.ts";
import { secretHeader } from "../webhook_secret.ts";

/** What is used of a request of `node:http` or of a framework upon it. */
export interface NodeRequest {
  /** The HTTP method. */
  readonly method?: string;
  /** The headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body, if a body parser has read it. */
  readonly body?: unknown;
  /** Whether the body was read to its end. */
  readonly readableEnded?: boolean;
  /** Whether the body cannot be read any more. */
  readonly destroyed?: boolean;
  /** Listens for pieces of the body, and for its end. */
  on(event: string, listener: (chunk: Uint8Array) => void): unknown;
}

/** What is used of a response of `node:http` or of a framework upon it. */
export interface NodeResponse {
  /** Whether an answer has begun. */
  readonly headersSent: boolean;
  /** The status of the answer. */
  statusCode: number;
  /** Adds a header to the answer. */
  setHeader(name: string, value: string): unknown;
  /** Sends the answer. */
  end(body: string): unknown;
}

const decoder = new TextDecoder();

/** A handler for `node:http`, express and others upon them. */
export type NodeHandler = (
  request: NodeRequest,
  response: NodeResponse,
  ...rest: unknown[]
) => Promise<void>;

/** Bridges `node:http`, `node:https` and express. */
export function nodeBridge(webhook: Webhook): NodeHandler {
  return async (request, response, ...rest) => {
    const answer = await answerNode(webhook, request, request.body, [request, response, ...rest]);
    // A function given as `onTimeout` may have answered by itself.
    if (response.headersSent) return;
    response.statusCode = answer.status;
    for (const name in answer.headers) response.setHeader(name, answer.headers[name]!);
    response.end(answer.body);
  };
}

/**
 * Reads a request and has it answered.
 *
 * @param parsed What a body parser has made of the body, if there was one
 * @param args The arguments of the framework's handler
 */
export function answerNode(
  webhook: Webhook,
  request: NodeRequest,
  parsed: unknown,
  args: readonly unknown[],
): Promise<Answer> {
  // By callbacks: a promise for each step is felt where everything is done for each update.
  return new Promise((resolve) => {
    const secret = request.headers[secretHeader];
    const refusal = webhook.refuse(request.method, typeof secret === "string" ? secret : undefined);
    if (refusal !== undefined) return readBytes(request, () => resolve(refusal));
    const body = parsedJson(parsed);
    if (body !== undefined) return resolve(webhook.take(body, args));
    readBytes(request, (bytes) => {
      const body = bytes instanceof Uint8Array ? parse(decoder.decode(bytes)) : bytes;
      resolve(webhook.take(body, args));
    });
  });
}

/**
 * What a body parser has made of a body, or `undefined` if there is nothing to go by: some leave `{}`
 * behind for a body that they did not read.
 */
export function parsedJson(body: unknown): unknown {
  if (typeof body === "string") return parse(body);
  if (body instanceof Uint8Array) return parse(decoder.decode(body));
  const isEmpty = typeof body !== "object" || body === null || Object.keys(body).length === 0;
  return isEmpty ? undefined : body;
}

/** Passes on the body, {@linkcode oversized}, or `undefined` if it was read before or broke off. */
function readBytes(
  request: NodeRequest,
  passOn: (bytes: Uint8Array | typeof oversized | undefined) => void,
): void {
  if (request.readableEnded || request.destroyed) return passOn(undefined);
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isOver = false;
  const end = (bytes: Uint8Array | typeof oversized | undefined): void => {
    if (isOver) return;
    isOver = true;
    passOn(bytes);
  };
  request.on("data", (chunk) => {
    size += chunk.byteLength;
    if (size > maxBytes) end(oversized);
    else chunks.push(chunk);
  });
  request.on("end", () => end(chunks.length === 1 ? chunks[0] : concat(chunks, size)));
  // Comes last in any case; without an end before it, the sender is gone.
  request.on("close", () => end(undefined));
  request.on("error", () => end(undefined));
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
