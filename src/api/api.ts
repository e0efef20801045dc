import { describe } from "../base/describe.ts";
import { Client } from "./client.ts";
import { type ApiCalls, methodTable } from "./methods.ts";
import type { ApiClientOptions, ApiForkOptions, WebhookReplyEnvelope } from "./options.ts";
import type { Args } from "./payload.ts";
import type { RawApi } from "./raw_api.ts";
import {
  type ApiCallFn,
  compose,
  type TransformableApi,
  type Transformer,
  type TransformerConsumer,
} from "./transformers.ts";
import type { ApiResponse } from "./types.ts";

/** A call whose types are known to the caller only. */
type Call = (method: string, payload: Args, signal?: AbortSignal) => Promise<ApiResponse<unknown>>;

/** Where to install transformers, and which there are. */
export interface ApiConfig<R extends RawApi = RawApi> {
  /** Installs transformers; the one installed last sees a call first. */
  readonly use: TransformerConsumer<R>;
  /** The installed transformers, the oldest first. */
  readonly installedTransformers: () => Transformer<R>[];
}

/** Lets the methods on the prototype, which are made from a table, reach the private one. */
let perform: (api: Api, method: string, payload: Args, signal?: AbortSignal) => Promise<unknown>;

const none: readonly never[] = [];

/** What the language looks for on any object. */
const notMethods = new Set(["then", "toJSON"]);

/**
 * The Bot API: every method with its required parameters by position, the others in an object, and
 * a signal to cancel the request.
 *
 * A call resolves with Telegram's result. It rejects with an `ApiError` if Telegram refuses it, with
 * an `HttpError` if no answer comes, and with a `TypeError` if the parameters cannot be sent.
 *
 * @see {@link https://core.telegram.org/bots/api#available-methods Bot API: Available methods}
 *
 * @example
 * ```ts
 * import { Api } from "@tramline/tramline";
 *
 * const api = new Api("123456:ABC");
 *
 * export async function greet(chat: number): Promise<void> {
 *   await api.sendMessage(chat, "Good morning!", { disable_notification: true });
 * }
 * ```
 */
export class Api<R extends RawApi = RawApi> {
  readonly #client: Client;
  readonly #scope: ApiForkOptions;
  /** Never changed in place, so that forks can share it. */
  #transformers: readonly Transformer<R>[] = none;
  #chain: Call | undefined;
  #raw: R | undefined;
  #config: ApiConfig<R> | undefined;

  static {
    perform = (api, method, payload, signal) => api.#perform(method, payload, signal);
  }

  /**
   * Creates the API of one bot. Nothing is requested yet, and the token is not checked with Telegram.
   *
   * @param token The bot's token, from [@BotFather](https://t.me/BotFather)
   * @param options Options of the client
   * @param webhookReplyEnvelope Takes one call as the answer to a webhook request
   * @throws {TypeError} if the token is empty or an option is malformed
   */
  constructor(
    token: string,
    options?: ApiClientOptions,
    webhookReplyEnvelope?: WebhookReplyEnvelope,
  ) {
    if (isClient(token)) {
      this.#client = token;
      this.#scope = options as ApiForkOptions;
    } else {
      this.#client = new Client(token, options);
      this.#scope = { envelope: webhookReplyEnvelope };
    }
  }

  /** The bot's token. It is not shown when this object is printed. */
  get token(): string {
    return this.#client.token;
  }

  /** The options of the client. */
  get options(): ApiClientOptions | undefined {
    return this.#client.options;
  }

  /**
   * The Bot API exactly as Telegram documents it: every method takes all of its parameters in one
   * object. Methods that this version does not know can be called too, if the compiler is silenced.
   *
   * @example
   * ```ts
   * import { Api } from "@tramline/tramline";
   *
   * export async function greet(api: Api, chat: number): Promise<void> {
   *   await api.raw.sendMessage({ chat_id: chat, text: "Good morning!" });
   * }
   * ```
   */
  get raw(): R {
    return this.#raw ??= new Proxy({}, {
      get: (target, method) => {
        // Neither awaiting nor printing this object is a call of a method.
        if (typeof method === "symbol" || method in target || notMethods.has(method)) {
          return Reflect.get(target, method);
        }
        return (payload?: Args | AbortSignal, signal?: AbortSignal) =>
          payload instanceof AbortSignal
            ? this.#perform(method, {}, payload)
            : this.#perform(method, payload ?? {}, signal);
      },
    }) as R;
  }

  /**
   * Installs transformers: functions that every call passes through. Those of `bot.api` see all
   * calls; those of `ctx.api` see that context's calls only, before the bot's.
   *
   * @example
   * ```ts
   * import { Bot } from "@tramline/tramline";
   *
   * const bot = new Bot("123456:ABC");
   * bot.api.config.use(async (prev, method, payload, signal) => {
   *   const begin = Date.now();
   *   const answer = await prev(method, payload, signal);
   *   console.log(method, answer.ok, Date.now() - begin, "ms");
   *   return answer;
   * });
   * ```
   */
  get config(): ApiConfig<R> {
    if (this.#config) return this.#config;
    const installedTransformers = () => [...this.#transformers];
    const target: TransformableApi<R> = {
      raw: this.raw,
      use: (...transformers) => {
        this.#install(transformers);
        return target;
      },
      get installedTransformers() {
        return installedTransformers();
      },
    };
    return this.#config = { use: target.use, installedTransformers };
  }

  /**
   * An `Api` with the same client and the transformers installed so far, for a part of the work:
   * further transformers, its signal and its checks hold for its own calls only. Every context has
   * one.
   *
   * @param options What to tie the calls to
   */
  fork(options: ApiForkOptions = {}): Api<R> {
    // A fork is made for every update, so it takes its client as it is; nobody else can have one.
    const fork = new Api<R>(this.#client as unknown as string, options as ApiClientOptions);
    fork.#transformers = this.#transformers;
    return fork;
  }

  #install(transformers: readonly Transformer<R>[]): void {
    for (const transformer of transformers) {
      if (typeof transformer !== "function") {
        throw new TypeError(
          `Cannot install the transformer: it must be a function, given ${describe(transformer)}.`,
        );
      }
    }
    this.#transformers = [...this.#transformers, ...transformers];
    this.#chain = undefined;
  }

  async #perform(method: string, payload: Args, signal?: AbortSignal): Promise<unknown> {
    let response: ApiResponse<unknown>;
    try {
      response = await this.#send(method, payload, signal);
    } catch (error) {
      throw this.#client.failure(method, error);
    }
    if (response?.ok) return response.result;
    if (response?.ok !== false) {
      const error = new TypeError(
        `A transformer returned ${describe(response)}; it must return what prev() resolves with.`,
      );
      throw this.#client.failure(method, error);
    }
    throw this.#client.refusal(response, method, payload);
  }

  #send(method: string, payload: Args, signal?: AbortSignal): Promise<ApiResponse<unknown>> {
    if (this.#chain === undefined) {
      if (this.#transformers.length === 0) {
        return this.#client.send(method, payload, signal, this.#scope);
      }
      const last: Call = (method, payload, signal) =>
        this.#client.send(method, payload, signal, this.#scope);
      this.#chain = compose(last as ApiCallFn<R>, this.#transformers) as Call;
    }
    return this.#chain(method, payload, signal);
  }
}

/** Every method of the Bot API; see {@linkcode ApiCalls}. */
export interface Api<R extends RawApi = RawApi> extends ApiCalls<R> {}

function isClient(source: unknown): source is Client {
  return source instanceof Client;
}

for (const line of methodTable.trim().split("\n")) {
  const [names = "", ...keys] = line.split(" ");
  const [name = "", method = name] = names.split(">");
  const value = methodWith(method, keys);
  // Named, so that it is found in a stack trace.
  Object.defineProperty(value, "name", { value: name });
  Object.defineProperty(Api.prototype, name, { value, writable: true, configurable: true });
}

/** A method that takes the parameters `keys` by position; `a/b` is `a` if it is a text, else `b`. */
function methodWith(method: string, keys: string[]): (...args: unknown[]) => Promise<unknown> {
  const texts = keys.map((key) => key.split("/")[0]!);
  const others = keys.map((key) => key.split("/").at(-1)!);
  return function (this: Api, ...args: unknown[]): Promise<unknown> {
    const payload: Args = {};
    for (let i = 0; i < keys.length; i++) {
      const value = keys[i] === "options" ? pollOptions(args[i]) : args[i];
      payload[typeof value === "string" ? texts[i]! : others[i]!] = value;
    }
    const other = args[keys.length];
    // Methods without optional parameters take the signal here.
    if (other instanceof AbortSignal) return perform(this, method, payload, other);
    if (typeof other !== "object" && other !== undefined) {
      return Promise.reject(
        new TypeError(
          `Cannot call '${method}': after ${
            keys.join(", ") || "no parameters"
          }, the further ones ` +
            `must be in an object, given ${describe(other)}.`,
        ),
      );
    }
    Object.assign(payload, other);
    return perform(this, method, payload, args[keys.length + 1] as AbortSignal | undefined);
  };
}

/** An answer of a poll may be given as its text. */
function pollOptions(options: unknown): unknown {
  if (!Array.isArray(options)) return options;
  return options.map((option) => typeof option === "string" ? { text: option } : option);
}
