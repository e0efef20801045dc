import type { Update } from "../api/types.ts";
import { logger } from "../base/log.ts";
import { type Bot, createContext } from "../bot.ts";
import type { Context } from "../context/context.ts";
import { orderingKeyOf } from "../context/ordering_key.ts";
import type { MaybePromise } from "../middleware/types.ts";

const log = logger("run");

/** Says which updates must not overlap: those of one key. `undefined`: it need not wait. */
export type KeyOf = (update: Update) => MaybePromise<string | undefined>;

/**
 * Makes the function that finds ordering keys, by the option `orderingKey` or by default. It neither
 * throws nor rejects: an update for which the option fails gets the default key.
 */
export function keyFinder<C extends Context>(
  bot: Bot<C>,
  orderingKey: ((ctx: C) => MaybePromise<string | undefined>) | undefined,
): KeyOf {
  if (orderingKey === undefined) return defaultKey;
  return (update) => {
    const failed = (error: unknown): string | undefined => {
      log.error("orderingKey failed for update {id}, which gets the default key: {error}", {
        id: update.update_id,
        error,
      });
      return defaultKey(update);
    };
    try {
      const key = orderingKey(createContext(bot, update));
      return key instanceof Promise ? key.catch(failed) : key;
    } catch (error) {
      return failed(error);
    }
  };
}

function defaultKey(update: Update): string | undefined {
  try {
    return orderingKeyOf(update);
  } catch {
    // Something posted to a webhook that only looks like an update; the middleware will see.
    return undefined;
  }
}
