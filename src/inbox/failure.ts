import { Backoff } from "../base/backoff.ts";
import { describe } from "../base/describe.ts";

/** After how many deaths of its process an update is set aside. */
export const maxDeaths = 5;
/** How often an update is handled again because somebody else wrote its sessions meanwhile. */
export const maxConflicts = 10;

/** Wait before the second attempt, and the longest; each wait is four times the one before. */
const firstSeconds = 1;
const capSeconds = 300;

/**
 * In how many seconds an update is tried again that has failed: about 1 s, 4 s, 16 s, … 5 min. The
 * wait is random in part, so that what failed at once is not tried again at once.
 *
 * @param failures How often it has failed, 1 or more
 */
export function retryInSeconds(failures: number): number {
  const seconds = Math.min(capSeconds, firstSeconds * 4 ** (failures - 1));
  return seconds * (1 - 0.3 * Math.random());
}

/**
 * How long to wait after a conflict: at random up to 5 ms, 10 ms, 20 ms, … 5 s, so that of many
 * updates that write one session each finds a moment for itself.
 *
 * @param conflicts How many there were before
 */
export function conflictPauseSeconds(conflicts: number): number {
  return 0.005 * 2 ** conflicts * Math.random();
}

/** How long to wait between tries to write to a store that does not take it. */
export function storeBackoff(): Backoff {
  return new Backoff({ firstSeconds: 0.05, capSeconds: 5 });
}

/** An error as a dead letter shows it: with the stack, if it has one, and not without end. */
export function errorText(error: unknown): string {
  const text = error instanceof Error
    ? error.stack ?? `${error.name}: ${error.message}`
    : typeof error === "string"
    ? error
    : describe(error);
  return text.length > 4000 ? `${text.slice(0, 4000)}…` : text;
}
