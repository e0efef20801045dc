import type { EndpointAnswer } from "./webhook_delivery.ts";

/** A web server in this process: what `Deno.serve`, a runner's `fetch` and most frameworks take. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

const reasons: Record<number, string> = {
  301: "Moved Permanently",
  302: "Found",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  413: "Payload Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** The part of the internet that Telegram can reach: handlers in this process, and real servers. */
export class Endpoints {
  readonly #handlers = new Map<string, FetchHandler>();

  /** Makes `handler` answer every request to `origin`. */
  serve(origin: string, handler: FetchHandler): void {
    this.#handlers.set(origin, handler);
  }

  /** Is there a handler in this process? */
  has(origin: string): boolean {
    return this.#handlers.has(origin);
  }

  /**
   * Sends a request and reads the whole answer; redirects are not followed.
   *
   * @param overNetwork May it go to a real server if no handler answers here?
   * @throws an error whose message is Telegram's text for what went wrong
   */
  async request(url: URL, init: RequestInit, overNetwork: boolean): Promise<EndpointAnswer> {
    const handler = this.#handlers.get(url.origin);
    if (handler === undefined && !overNetwork) throw new Error("Connection refused");
    try {
      const response = handler === undefined
        ? await fetch(url, { ...init, redirect: "manual" })
        : await handler(new Request(url, init));
      return {
        status: response.status,
        reason: response.statusText || (reasons[response.status] ?? ""),
        retryAfter: response.headers.get("retry-after"),
        contentType: response.headers.get("content-type") ?? "",
        body: new Uint8Array(await response.arrayBuffer()),
      };
    } catch (error) {
      throw new Error(connectionProblem(error), { cause: error });
    }
  }
}

/** Telegram's words for a failed connection; empty for one that closed without an answer. */
function connectionProblem(error: unknown): string {
  const texts: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    texts.push(cause.message, (cause as { code?: unknown }).code?.toString() ?? "");
  }
  const text = texts.join(" ");
  if (/ECONNREFUSED|ConnectionRefused|connection refused|unable to connect/i.test(text)) {
    return "Connection refused";
  }
  if (/ECONNRESET|connection reset/i.test(text)) return "Connection reset by peer";
  if (/ETIMEDOUT|timed out/i.test(text)) return "Connection timed out";
  return "";
}
