import type { Kind } from "./group_commit.ts";
import { answered } from "./work.ts";

/** How long a store keeps what nobody waits for. */
export interface RetentionOptions {
  /**
   * Days until a session is removed, after it was last written and after the last update of the
   * chat whose it is. Default: never.
   */
  readonly sessionDays?: number;
  /** Days until a dead letter is removed. Default: never. */
  readonly deadLetterDays?: number;
}

const day = 24 * 60 * 60 * 1000;
/** Lanes that are looked at in one slice: about a millisecond. */
const slice = 500;

/**
 * Removes what has had its time, a slice at a time, so that nobody waits for it:
 *
 * - ids of finished updates, 24 to 48 hours after they came (Telegram offers an update again for 24
 *   hours at most): they are in two tables, of which the older is emptied;
 * - idle lanes that never had a session, a day after their last update;
 * - sessions and dead letters, if the options say so.
 */
export function retention({ sessionDays, deadLetterDays }: RetentionOptions): Kind<void, void> {
  let after = 0;
  let deadAt = 0;
  return {
    writes: true,
    *work({ sql, now }) {
      const age = now - (yield* answered(sql.kept.rotatedAt(now)));
      if (age >= day) yield* answered(sql.kept.rotate(now, age >= 2 * day));
      after = yield* answered(sql.kept.sweepLanes(after, slice, {
        empty: now - day,
        session: sessionDays === undefined ? 0 : now - sessionDays * day,
      }));
      // Looks at all dead letters, so not at every heartbeat.
      if (deadLetterDays !== undefined && now - deadAt >= 60_000) {
        deadAt = now;
        yield* answered(sql.kept.sweepDead(now - deadLetterDays * day, slice));
      }
      return [undefined];
    },
  };
}
