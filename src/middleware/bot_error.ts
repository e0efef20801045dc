import { describe } from "../base/describe.ts";
import type { Context } from "../context/context.ts";

/**
 * An error that middleware threw, with the context of the update that was being handled. Error
 * handlers (`bot.catch`, `errorBoundary`) are given one.
 *
 * The original is `error`, and also `cause`, so that it is shown when this error is printed. The
 * context is never printed: it would bury the message under a page of fields.
 *
 * ```ts
 * import { ApiError, Bot } from "@tramline/tramline";
 *
 * const bot = new Bot("123456:token");
 * bot.catch((err) => {
 *   const what = err.error instanceof ApiError ? err.error.description : err.error;
 *   console.error(`Update ${err.ctx.update.update_id} failed:`, what);
 * });
 * ```
 */
export class BotError<C extends Context = Context> extends Error {
  /** `"BotError"`. */
  declare readonly name: "BotError";
  /** What was thrown. */
  declare readonly error: unknown;
  /** The context of the update that was being handled. */
  declare readonly ctx: C;

  /**
   * Wraps an error.
   *
   * @param error What was thrown; it need not be an `Error`
   * @param ctx The context of the update that was being handled
   */
  constructor(error: unknown, ctx: C) {
    super(`Error in middleware: ${sayWhat(error)}`, { cause: error });
    // Printers and serialisers show enumerable properties only: so the error is shown once, as the
    // cause, and the context, which holds the bot's token somewhere inside, never.
    Object.defineProperties(this, {
      name: { value: "BotError" },
      error: { value: error },
      ctx: { value: ctx },
    });
  }
}

function sayWhat(error: unknown): string {
  return error instanceof Error ? error.message : `${describe(error)} was thrown`;
}

/** Wraps what was thrown while `ctx` was handled, unless it is wrapped already. */
export function toBotError<C extends Context>(error: unknown, ctx: C): BotError<C> {
  if (error instanceof BotError && error.ctx === ctx) return error as BotError<C>;
  return new BotError(error, ctx);
}
