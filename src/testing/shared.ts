import type { Changes } from "./changes.ts";
import type { SimulatorClock } from "./clock.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Random } from "./random.ts";
import type { EndpointAnswer } from "./webhook_delivery.ts";

/** What every part of the simulated Telegram uses. */
export interface Shared {
  readonly clock: SimulatorClock;
  readonly random: Random;
  readonly endpoints: Endpoints;
  /** Notified of everything that happens. */
  readonly changes: Changes;
  /** Is this a server of one's own, started with `--local`? */
  readonly local: boolean;
  /** Does a webhook get its connections as slowly as from Telegram? */
  readonly paceConnections: boolean;
  /** Carries out the call that may be in the answer of a bot's webhook. */
  readonly callFromWebhook: (botId: number, answer: EndpointAnswer) => void;
}
