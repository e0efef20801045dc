import type { WebhookReplyEnvelope } from "../api/options.ts";
import type { Update } from "../api/types.ts";

/**
 * The one door through which updates come in, for polling and webhooks alike.
 *
 * It resolves when the updates are *safe*: durable in the inbox or, without a store, handled (with
 * `confirm: "fetched"`: queued). Only then does polling move its offset and the webhook answer 200.
 * It rejects when the updates could not be made safe; the updater logs that and lets Telegram keep
 * them.
 *
 * A webhook passes the `envelope` of its one update: what may carry one API call back in the answer.
 */
export type Accept = (updates: readonly Update[], envelope?: WebhookReplyEnvelope) => Promise<void>;

/**
 * What {@linkcode Accept} returns for updates that are safe when it returns: whoever sees it need not
 * wait, which for a handler that waits for nothing is most of what a webhook's request costs.
 */
export const safeAtOnce: Promise<void> = Promise.resolve();
