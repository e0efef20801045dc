import { logger } from "../../base/log.ts";
import type { MiddlewareFn } from "../types.ts";
import type { Chain } from "./chain.ts";

const log = logger("middleware");

/**
 * Runs a chain at the same time as what follows it, and waits for both even if one fails: an update
 * is not done while half of it is still being handled. The first error is thrown, a second logged.
 */
export function fork(forked: Chain): MiddlewareFn {
  return async (ctx, next) => {
    const errors: unknown[] = [];
    const note = (error: unknown): void => void errors.push(error);
    const runForked = async (): Promise<void> => void await forked.run(ctx, nothingFollows);
    await Promise.all([runForked().catch(note), next().catch(note)]);
    if (errors.length === 0) return;
    if (errors.length > 1) {
      log.error(
        "A fork and the middleware after it have both failed; one error is thrown, and {error}",
        {
          error: errors[1],
        },
      );
    }
    throw errors[0];
  };
}

function nothingFollows(): Promise<void> {
  return Promise.resolve();
}
