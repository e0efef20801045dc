import type { Context } from "../../context/context.ts";
import { type BotError, toBotError } from "../bot_error.ts";
import type { MaybePromise, MiddlewareFn, NextFunction } from "../types.ts";
import type { Chain } from "./chain.ts";

/** What handles the errors of fenced middleware. */
export type BoundaryHandler = (
  error: BotError<Context>,
  next: NextFunction,
) => MaybePromise<unknown>;

/**
 * Runs a chain so that its errors go to `handler`.
 *
 * What follows the boundary runs inside the fenced middleware's `await next()`, as always; so its
 * errors pass through the fence on their way up, and have to be let through.
 */
export function errorBoundary(fenced: Chain, handler: BoundaryHandler): MiddlewareFn {
  return async (ctx, next) => {
    let following: Promise<void> | undefined;
    let failure: { error: unknown } | undefined;
    // The handler may call `next` whether or not the fenced middleware has done so: what follows
    // the boundary runs once.
    const leave = (): Promise<void> =>
      following ??= next().catch((error) => {
        failure = { error };
        throw error;
      });
    try {
      await fenced.run(ctx, leave);
    } catch (error) {
      if (failure !== undefined && failure.error === error) throw error;
      await handler(toBotError(error, ctx), leave);
    }
  };
}
