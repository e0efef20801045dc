import { type CarriesUnitOfWork, unitOfWork } from "../context/unit_of_work.ts";
import type { NextFunction } from "./types.ts";

/**
 * Makes middleware that lets updates with a key in common pass one after the other, in the order in
 * which they arrived. Updates with no key in common do not wait for one another, nor do those
 * without a key.
 *
 * `run` keeps the updates of a chat in order by itself. This is for more than that, such as data of
 * a user that several chats change. It orders within one process; across processes the option
 * `orderingKey` of `run` does. A waiting update takes up none of the concurrency of `run`.
 *
 * A handler must not wait for another update with one of its own keys: that one waits for it.
 *
 * ```ts
 * import { Bot, sequentialize } from "@tramline/tramline";
 *
 * const bot = new Bot("123456:token");
 * bot.use(sequentialize((ctx) => ctx.from?.id.toString()));
 * ```
 *
 * @param constraint Returns the key or keys of an update; none, or `undefined`, for no order
 */
export function sequentialize<C>(
  constraint: (ctx: C) => string | string[] | undefined,
): (ctx: C, next: NextFunction) => Promise<void> {
  // For each key, when the last update that has come with it will be done.
  const last = new Map<string, Promise<void>>();

  return async (ctx, next) => {
    const keys = new Set([constraint(ctx) ?? []].flat());
    const before = [...keys].map((key) => last.get(key)).filter((one) => one !== undefined);
    const { promise: done, resolve } = Promise.withResolvers<void>();
    // All keys are taken at once. So an update only ever waits for earlier ones, never in a circle.
    for (const key of keys) last.set(key, done);
    const turn = before.length === 0 ? undefined : Promise.all(before);
    const finish = (): void => {
      for (const key of keys) if (last.get(key) === done) last.delete(key);
      resolve();
    };
    try {
      if (turn !== undefined) {
        const unit = (ctx as CarriesUnitOfWork)[unitOfWork];
        await (unit === undefined ? turn : unit.wait(turn));
      }
      await next();
    } finally {
      // Where the wait was given up, those before are still at it, and keep their place.
      if (turn === undefined) finish();
      else turn.then(finish);
    }
  };
}
