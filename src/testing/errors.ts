/** What a failed call may carry besides its description. */
export interface ErrorParameters {
  /** Seconds to wait before the call may be repeated. */
  retry_after?: number;
  /** The supergroup that a group has become. */
  migrate_to_chat_id?: number;
}

/**
 * Telegram's "no": thrown by the simulator's methods, and by a responder given to `sim.on` to make a
 * call fail.
 *
 * @example
 * ```ts
 * import { Simulator, TelegramError } from "@tramline/tramline/testing";
 *
 * const sim = new Simulator();
 * sim.on("sendGift", () => {
 *   throw new TelegramError(400, "Bad Request: STARGIFT_USAGE_LIMITED");
 * });
 * ```
 */
export class TelegramError extends Error {
  /** The `error_code` of the answer, which is its HTTP status too. */
  readonly code: number;
  /** The `description` of the answer, with its prefix: `Bad Request: chat not found`. */
  readonly description: string;
  /** The `parameters` of the answer, if it has any. */
  readonly parameters: ErrorParameters | undefined;

  /**
   * Makes an error that a call can fail with.
   *
   * @param code `error_code` and HTTP status, for example 400
   * @param description The whole description, for example `Bad Request: chat not found`
   * @param parameters `retry_after` or `migrate_to_chat_id`
   */
  constructor(code: number, description: string, parameters?: ErrorParameters) {
    super(description);
    this.name = "TelegramError";
    this.code = code;
    this.description = description;
    this.parameters = parameters;
  }
}

/** 400, the answer to nearly everything that is wrong with a call. */
export function badRequest(message: string): TelegramError {
  return new TelegramError(400, `Bad Request: ${message}`);
}

/** 403: the bot may not do this, here or to this user. */
export function forbidden(message: string): TelegramError {
  return new TelegramError(403, `Forbidden: ${message}`);
}

/** 409: another way of receiving updates stands in the way. */
export function conflict(message: string): TelegramError {
  return new TelegramError(409, `Conflict: ${message}`);
}

/** 401 without saying more: a token that is not, or no longer, valid. */
export function unauthorized(): TelegramError {
  return new TelegramError(401, "Unauthorized");
}

/** 429: flood control. */
export function tooManyRequests(seconds: number): TelegramError {
  return new TelegramError(429, `Too Many Requests: retry after ${seconds}`, {
    retry_after: seconds,
  });
}
