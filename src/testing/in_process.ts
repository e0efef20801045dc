import type { Answer } from "./carry_out.ts";
import { handle, type RawRequest } from "./http.ts";
import type { World } from "./world.ts";

/**
 * Answers a `fetch` without a network: the same requests and answers, in this process.
 *
 * @throws {TypeError} as `fetch` does when the connection fails
 */
export async function fetchInProcess(
  world: World,
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
  signal?.throwIfAborted();
  const answering = readRequest(input, init).then((request) => handle(world, request));
  // A client that goes away does not end the call: a long poll of it goes on waiting.
  const answer = signal ? await orAborted(answering, signal) : await answering;
  return responseOf(answer, () => input instanceof Request ? input.url : String(input));
}

async function readRequest(
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<RawRequest> {
  const body = init?.body;
  if (
    typeof input === "string" && (body === undefined || body === null || typeof body === "string")
  ) {
    // The way of nearly every call, without the cost of a Request.
    const headers = init?.headers === undefined ? undefined : new Headers(init.headers);
    return {
      verb: init?.method?.toUpperCase() ?? "GET",
      target: targetOf(input),
      contentType: headers?.get("content-type") ?? (body ? "text/plain;charset=UTF-8" : ""),
      encoding: headers?.get("content-encoding") ?? "",
      body: body ?? "",
    };
  }
  const request = new Request(input, streams(body) ? halfDuplex(init) : init);
  return {
    verb: request.method,
    target: targetOf(request.url),
    contentType: request.headers.get("content-type") ?? "",
    encoding: request.headers.get("content-encoding") ?? "",
    body: new Uint8Array(await request.arrayBuffer()),
  };
}

/** A body that is read while it is sent must say so; not every `RequestInit` type knows the word. */
function streams(body: unknown): boolean {
  return typeof body === "object" && body !== null &&
    (body instanceof ReadableStream || Symbol.asyncIterator in body);
}

function halfDuplex(init: RequestInit | undefined): RequestInit {
  return { duplex: "half", ...init } as RequestInit;
}

function targetOf(url: string): string {
  const path = url.indexOf("/", url.indexOf("://") + 3);
  const hash = url.indexOf("#", path);
  return path < 0 ? "/" : hash < 0 ? url.slice(path) : url.slice(path, hash);
}

function orAborted(answering: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    answering.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function responseOf(answer: Answer, url: () => string): Response {
  const { status, body, contentType = "application/json", retryAfter, cut } = answer;
  if (cut === "before") {
    // The address, and so the token, is in the message of a real fetch too.
    throw new TypeError(
      `error sending request for url (${url()}): connection closed before message completed`,
    );
  }
  const headers: Record<string, string> = {};
  if (contentType !== "") headers["content-type"] = contentType;
  if (retryAfter !== undefined) headers["retry-after"] = String(retryAfter);
  return new Response(cut === "within" ? brokenStream(body) : body || null, { status, headers });
}

function brokenStream(body: string | Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) {
        controller.error(new TypeError("error decoding response body: unexpected end of file"));
      } else controller.enqueue(bytes.slice(0, bytes.length >> 1));
      sent = true;
    },
  });
}
