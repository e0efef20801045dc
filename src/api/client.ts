import { describe } from "../base/describe.ts";
import { Deadline } from "./deadline.ts";
import { ApiError, HttpError } from "./errors.ts";
import { Upload } from "./multipart.ts";
import type { ApiClientOptions, ApiForkOptions, WebhookReplyEnvelope } from "./options.ts";
import { type Args, checkPayload, toJson } from "./payload.ts";
import { Redactor } from "./redact.ts";
import { checkToken } from "./token.ts";
import type { ApiError as ApiErrorResponse, ApiResponse } from "./types.ts";

const officialRoot = "https://api.telegram.org";

/** A poll is answered after its own timeout; this much more is granted to the network. */
const pollMarginSeconds = 30;

const jsonHeaders = { "content-type": "application/json" };

/** Envelopes that have taken their call. */
const used = new WeakSet<WebhookReplyEnvelope>();

/** Makes the requests of one bot. */
export class Client {
  readonly options: ApiClientOptions | undefined;
  readonly #token: string;
  readonly #root: string;
  readonly #prefix: string;
  readonly #timeoutSeconds: number;
  readonly #redactor: Redactor;
  /** Errors that reach the caller as they are, although a transformer passes them on. */
  readonly #settled = new WeakSet<object>();

  constructor(token: string, options: ApiClientOptions = {}) {
    checkToken(token);
    const { apiRoot = officialRoot, environment = "prod", timeoutSeconds = 500 } = options;
    if (environment !== "prod" && environment !== "test") {
      throw cannot("environment", '"prod" or "test"', environment);
    }
    if (!(typeof timeoutSeconds === "number" && timeoutSeconds > 0)) {
      throw cannot("timeoutSeconds", "a number above 0", timeoutSeconds);
    }
    this.options = options;
    this.#token = token;
    this.#root = checkRoot(apiRoot, token);
    this.#prefix = `${this.#root}/bot${token}/${environment === "test" ? "test/" : ""}`;
    this.#timeoutSeconds = timeoutSeconds;
    this.#redactor = new Redactor(options.sensitiveLogs ? undefined : token);
  }

  get token(): string {
    return this.#token;
  }

  /** Makes one call; resolves with Telegram's answer, whether it is yes or no. */
  async send(
    method: string,
    payload: unknown,
    signal: AbortSignal | undefined,
    scope: ApiForkOptions,
  ): Promise<ApiResponse<unknown>> {
    try {
      const args = checkPayload(method, payload);
      if (scope.beforeCall) await scope.beforeCall();
      const json = toJson(method, args);
      const { envelope } = scope;
      if (json !== undefined && envelope?.send && this.#mayReply(method, envelope)) {
        used.add(envelope);
        await envelope.send(JSON.stringify({ ...args, method }));
        return { ok: true, result: true };
      }
      return await this.#request(method, args, json, signal, scope.signal);
    } catch (error) {
      const clean = this.#redactor.value(error);
      if (clean instanceof Error) this.#settled.add(clean);
      throw clean;
    }
  }

  /** The error for Telegram's no. */
  refusal(response: ApiErrorResponse, method: string, payload: Args): ApiError {
    const answer = this.#redactor.value(response);
    return new ApiError(
      `Call to '${method}' failed!`,
      answer,
      method,
      this.#redactor.value(payload),
    );
  }

  /** The error for what was thrown during a call, by the client or by a transformer. */
  failure(method: string, error: unknown): unknown {
    if (error instanceof Error && this.#settled.has(error)) return error;
    const clean = this.#redactor.value(error);
    if (clean instanceof HttpError) return clean;
    const reason = clean instanceof Error ? clean.message : describe(clean);
    return new HttpError(`${failed(method)} A transformer threw: ${reason}`, clean);
  }

  #mayReply(method: string, envelope: WebhookReplyEnvelope): boolean {
    return !used.has(envelope) && this.options?.canUseWebhookReply?.(method) === true;
  }

  async #request(
    method: string,
    args: Args,
    json: string | undefined,
    signal: AbortSignal | undefined,
    outer: AbortSignal | undefined,
  ): Promise<ApiResponse<unknown>> {
    const url = this.#url(method);
    const upload = json === undefined ? new Upload(args) : undefined;
    const deadline = new Deadline(this.#secondsFor(method, args, signal), signal, outer);
    let sent = false;
    let response: Response;
    let text: string;
    try {
      const body = upload ? await deadline.race(upload.open()) : json!;
      sent = true;
      const init: RequestInit & { duplex?: "half" } = {
        ...this.options?.baseFetchConfig,
        method: "POST",
        headers: upload ? { "content-type": upload.contentType } : jsonHeaders,
        body,
        signal: deadline.signal,
      };
      // Required for bodies that are written while they are sent (https://fetch.spec.whatwg.org).
      if (upload) init.duplex = "half";
      const { fetch = globalThis.fetch } = this.options ?? {};
      response = await fetch(url, init);
      text = await response.text();
    } catch (error) {
      if (deadline.signal.aborted) throw this.#cut(method, deadline, sent ? url : undefined);
      if (!sent) throw error;
      throw upload?.failure ?? this.#noAnswer(method, url, error);
    } finally {
      deadline.clear();
      upload?.close();
    }
    const answer = parse(text);
    if (answer) return answer;
    throw this.#notAnAnswer(method, url, response, text);
  }

  #url(method: string): string | URL {
    const { buildUrl, environment = "prod" } = this.options ?? {};
    return buildUrl
      ? buildUrl(this.#root, this.#token, method, environment)
      : this.#prefix + method;
  }

  #secondsFor(method: string, args: Args, signal: AbortSignal | undefined): number {
    if (method !== "getUpdates") return this.#timeoutSeconds;
    const poll = typeof args.timeout === "number" ? args.timeout : 0;
    const seconds = poll + Math.min(pollMarginSeconds, this.#timeoutSeconds);
    // Who brings a signal cuts the poll by it.
    return signal ? Math.max(seconds, this.#timeoutSeconds) : seconds;
  }

  #cut(method: string, deadline: Deadline, url: string | URL | undefined): HttpError {
    const reason: unknown = deadline.signal.reason;
    const text = deadline.expired
      ? `No answer came within ${deadline.seconds} s${url ? ` from ${this.#place(url)}` : ""}.`
      : isTimeout(reason)
      ? `No answer came in time${url ? ` from ${this.#place(url)}` : ""} (${bare(reason.message)}).`
      : "The call was aborted.";
    return new HttpError(this.#redactor.text(`${failed(method)} ${text}`), reason);
  }

  #noAnswer(method: string, url: string | URL, error: unknown): HttpError {
    let innermost = error;
    while (innermost instanceof Error && innermost.cause) innermost = innermost.cause;
    const reason = innermost instanceof Error ? innermost.message : String(innermost);
    const check = this.#root === officialRoot
      ? "Check the network connection of this machine, and its proxy or firewall."
      : "Check that a Bot API server runs there (option apiRoot).";
    const text = `${failed(method)} No answer from ${this.#place(url)} (${bare(reason)}). ${check}`;
    return new HttpError(this.#redactor.text(text), this.#redactor.value(error));
  }

  #notAnAnswer(method: string, url: string | URL, response: Response, text: string): HttpError {
    const status = `${response.status} ${response.statusText}`.trimEnd();
    // Shortened after the token is removed, of which a part would be left otherwise.
    const beginning = this.#redactor.text(text).slice(0, 200) || "(no body)";
    return new HttpError(
      this.#redactor.text(
        `${failed(method)} ${this.#place(url)} answered ${status}, which is not an answer of the ` +
          `Bot API. ${meaningOf(response.status)}`,
      ),
      new Error(`${status}: ${beginning}`),
    );
  }

  #place(url: string | URL): string {
    if (this.options?.sensitiveLogs) return String(url);
    return URL.canParse(url) ? new URL(url).origin : this.#root;
  }
}

function failed(method: string): string {
  return `Network request for '${method}' failed!`;
}

function parse(text: string): ApiResponse<unknown> | undefined {
  try {
    const answer = JSON.parse(text);
    return typeof answer?.ok === "boolean" ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** Answers that come from the server's HTTP layer or from what stands before it, without JSON. */
function meaningOf(status: number): string {
  if (status === 413) {
    return "The request is too large: a file may have 50 MB, a photo 10 MB, and all other " +
      "parameters together 1 MiB.";
  }
  if (status === 429) return "There were too many requests; wait before the next one.";
  if (status >= 500 && status !== 501) {
    return "The server, or a proxy before it, is out of order for now; try again later.";
  }
  return "Check that the option apiRoot is the root URL of a Bot API server.";
}

/** Whether a signal was aborted because some time was up, as by `AbortSignal.timeout`. */
function isTimeout(reason: unknown): reason is DOMException {
  return reason instanceof DOMException && reason.name === "TimeoutError";
}

/** A reason fit for brackets: Deno begins it with the URL, which is named already. */
function bare(reason: string): string {
  return reason.replace(/^error sending request for url \(.*?\): /, "").replace(/\.$/, "");
}

function checkRoot(apiRoot: unknown, token: string): string {
  if (typeof apiRoot === "string" && apiRoot.includes(token)) {
    const wanted = `a URL such as "${officialRoot}", without the token, which is added to it`;
    throw cannot("apiRoot", wanted, apiRoot.replaceAll(token, "<token>"));
  }
  const valid = typeof apiRoot === "string" && URL.canParse(apiRoot) &&
    /^https?:$/.test(new URL(apiRoot).protocol);
  if (!valid) throw cannot("apiRoot", `a URL such as "${officialRoot}"`, apiRoot);
  return apiRoot.replace(/\/+$/, "");
}

function cannot(option: string, wanted: string, given: unknown): TypeError {
  return new TypeError(
    `Cannot create an Api: the client option ${option} must be ${wanted}, given ${
      describe(given)
    }.`,
  );
}
