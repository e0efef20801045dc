import { describe } from "../base/describe.ts";

/** The options of long polling that people set. */
export interface CheckedPollingOptions {
  limit?: unknown;
  timeout?: unknown;
  allowed_updates?: unknown;
}

/**
 * Refuses what Telegram would quietly bend: it clamps numbers, and ignores lists with mistakes.
 *
 * @param action What cannot be done with them: "start the bot"
 */
export function checkPollingOptions(action: string, options: CheckedPollingOptions): void {
  const { limit, timeout, allowed_updates } = options;
  if (limit !== undefined && !(Number.isInteger(limit) && isBetween(limit, 1, 100))) {
    throw new RangeError(
      `Cannot ${action}: limit must be a whole number from 1 to 100, given ${describe(limit)}.`,
    );
  }
  if (timeout !== undefined && !(Number.isInteger(timeout) && isBetween(timeout, 0, 50))) {
    throw new RangeError(
      `Cannot ${action}: timeout must be a whole number of seconds from 0 to 50, given ${
        describe(timeout)
      }.`,
    );
  }
  if (allowed_updates === undefined) return;
  if (
    !Array.isArray(allowed_updates) || !allowed_updates.every((kind) => typeof kind === "string")
  ) {
    throw new TypeError(
      `Cannot ${action}: allowed_updates must be an array of kinds of updates, such as ` +
        `["message", "callback_query"], given ${describe(allowed_updates)}.`,
    );
  }
}

function isBetween(value: unknown, lowest: number, highest: number): boolean {
  return (value as number) >= lowest && (value as number) <= highest;
}
