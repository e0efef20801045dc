import type { ApiError as ApiErrorResponse, ResponseParameters } from "./types.ts";

/**
 * Telegram answered and said no: the request reached the Bot API server and was refused.
 *
 * `error_code` is the HTTP status (400 a bad request, 401 a bad token, 403 the user blocked the bot,
 * 429 too many requests) and `description` Telegram's reason. Texts change between versions of the
 * server, so match on the code and a part of the text.
 *
 * @example
 * ```ts
 * import { ApiError, Bot } from "@tramline/tramline";
 *
 * const bot = new Bot("123456:ABC");
 * bot.command("start", async (ctx) => {
 *   try {
 *     await ctx.reply("Hi!");
 *   } catch (error) {
 *     if (error instanceof ApiError && error.error_code === 403) return; // the user blocked the bot
 *     throw error;
 *   }
 * });
 * ```
 */
export class ApiError extends Error implements ApiErrorResponse {
  static {
    // On the prototype, where the head of the stack is written from, and not printed as a field.
    this.prototype.name = "ApiError";
  }

  /** Always `false`: the request failed. */
  readonly ok = false;
  /** Telegram's error code, equal to the HTTP status. */
  readonly error_code: number;
  /** Telegram's reason, for people. */
  readonly description: string;
  /** What helps a program to react: `retry_after` (seconds), `migrate_to_chat_id`. */
  readonly parameters: ResponseParameters;
  /** The method that was called. */
  readonly method: string;
  /** What it was called with; files are replaced by their names, the bot's token by `<token>`. */
  readonly payload: Record<string, unknown>;

  /**
   * Makes an error of Telegram's answer.
   *
   * @param message What failed; Telegram's code and description are added
   * @param response Telegram's answer
   * @param method The method that was called
   * @param payload What it was called with
   */
  constructor(
    message: string,
    response: ApiErrorResponse,
    method: string,
    payload: Record<string, unknown>,
  ) {
    super(`${message} (${response.error_code}: ${response.description})`);
    this.error_code = response.error_code;
    this.description = response.description;
    this.parameters = response.parameters ?? {};
    this.method = method;
    this.payload = payload;
  }
}

/**
 * No usable answer came: the network failed, the time was up, the request was aborted, something
 * other than the Bot API answered, or a transformer threw.
 *
 * Whether Telegram carried the call out is unknown. The bot's token is removed from this error and
 * from its causes, unless the client's option `sensitiveLogs` is set.
 */
export class HttpError extends Error {
  static {
    // On the prototype, where the head of the stack is written from, and not printed as a field.
    this.prototype.name = "HttpError";
  }

  /** What was thrown; also the `cause`. */
  declare readonly error: unknown;

  /**
   * Makes an error of one that was thrown.
   *
   * @param message What failed
   * @param error What was thrown
   */
  constructor(message: string, error: unknown) {
    super(message, { cause: error });
    // Not enumerable, or it would be printed twice: as the error and as the cause.
    Object.defineProperty(this, "error", { value: error, writable: true, configurable: true });
  }
}
