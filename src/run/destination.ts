import type { Accept } from "../updates/accept.ts";

/** Where updates go that an updater takes in: into lanes of this process, or into a store. */
export interface Destination {
  /** Updates in hand: being handled, or waiting behind others. */
  readonly size: number;
  /** Whether the bot has to know itself before updates are taken in, because a context is made then. */
  readonly needsInit: boolean;
  /** Takes updates in. */
  readonly accept: Accept;
  /** Gets ready. Rejects if updates cannot be kept. */
  open(): Promise<void>;
  /** From now on nothing is accepted: resolves as soon as nothing is in hand. */
  drain(): Promise<void>;
  /** Aborts what is being handled, and lets go of what waits. */
  cut(reason: Error): void;
  /** Lets go of everything, after {@linkcode Destination.drain}. */
  close(): Promise<void>;
}
