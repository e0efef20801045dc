import type { Update } from "../api/types.ts";
import { describe } from "../base/describe.ts";
import { logger } from "../base/log.ts";
import { type Accept, safeAtOnce } from "./accept.ts";
import { Delivery, WaitingRequest } from "./delivery.ts";
import { RecentIds } from "./redelivery.ts";
import { TimeLimit } from "./time_limit.ts";
import * as answers from "./webhook_answer.ts";
import { type Answer, toResponse } from "./webhook_answer.ts";
import { drain, oversized, readJson } from "./webhook_body.ts";
import { secretHeader, SecretToken } from "./webhook_secret.ts";

const log = logger("webhook");

/**
 * For how many turns of the microtask queue a request waits before its clock is started: enough for
 * an update to pass through lanes and middleware that wait for nothing.
 */
const patience = 24;

const nobody: readonly unknown[] = [];

/** What to do about an update that is still being handled when its request's time is up. */
export type OnTimeout = "throw" | "return" | ((...args: never[]) => unknown);

/** Options of {@linkcode Webhook}. */
export interface WebhookConfig extends WebhookLimits {
  /** Where updates go. */
  accept: Accept;
}

/** Whose requests a webhook answers, and how long they wait. */
export interface WebhookLimits {
  /** The `secret_token` given to `setWebhook`; without it anyone who knows the URL is believed. */
  secretToken?: string;
  /** How long a request waits for its update, in seconds. Default: 10. */
  timeoutSeconds?: number;
  /**
   * `"throw"` (default) answers 500: Telegram delivers again, and that request joins the running one.
   * `"return"` answers 200: Telegram forgets the update, whatever becomes of it. A function is called
   * with the arguments of the framework's handler and decides: 200 if it returns, 500 if it throws.
   */
  onTimeout?: OnTimeout;
}

/** What the webhooks of one bot share, so that an update that comes to two of them is handled once. */
class Deliveries {
  readonly accept: Accept;
  readonly running = new Map<number, Delivery>();
  readonly recent = new RecentIds();
  isDraining = false;

  constructor(accept: Accept) {
    this.accept = accept;
  }
}

/**
 * Answers the requests by which Telegram delivers updates.
 *
 * It is one function of a Web-standard request, {@linkcode Webhook.fetch}; the bridges to frameworks
 * with other requests use the two halves of it, {@linkcode Webhook.refuse} and
 * {@linkcode Webhook.take}.
 */
export class Webhook {
  readonly #config: WebhookConfig;
  readonly #secret: SecretToken | undefined;
  readonly #timeoutSeconds: number;
  readonly #onTimeout: OnTimeout;
  readonly #timeLimit: TimeLimit<WaitingRequest>;
  #deliveries: Deliveries;

  /**
   * @param config Options
   * @throws {TypeError} If the secret token is none that Telegram takes, or `onTimeout` is unknown.
   * @throws {RangeError} If the time-out is not more than 0.
   */
  constructor(config: WebhookConfig) {
    const { accept, secretToken, timeoutSeconds = 10, onTimeout = "throw" } = config;
    if (!(timeoutSeconds > 0)) {
      throw new RangeError(
        `Cannot take webhooks: the time-out must be more than 0 s, given ${
          describe(timeoutSeconds)
        }. Use Infinity for none.`,
      );
    }
    if (onTimeout !== "throw" && onTimeout !== "return" && typeof onTimeout !== "function") {
      throw new TypeError(
        'Cannot take webhooks: onTimeout must be "throw", "return" or a function, given ' +
          `${describe(onTimeout)}.`,
      );
    }
    this.#config = config;
    this.#secret = secretToken === undefined ? undefined : new SecretToken(secretToken);
    this.#timeoutSeconds = timeoutSeconds;
    this.#onTimeout = onTimeout;
    this.#timeLimit = new TimeLimit(timeoutSeconds, (request) => this.#expire(request));
    this.#deliveries = new Deliveries(accept);
  }

  /** Another webhook for the same updates: it differs in what `limits` say. */
  with(limits: WebhookLimits): Webhook {
    const webhook = new Webhook({
      accept: this.#config.accept,
      secretToken: limits.secretToken ?? this.#config.secretToken,
      timeoutSeconds: limits.timeoutSeconds ?? this.#config.timeoutSeconds,
      onTimeout: limits.onTimeout ?? this.#config.onTimeout,
    });
    webhook.#deliveries = this.#deliveries;
    return webhook;
  }

  /**
   * Answers a request. It never rejects over what Telegram or anyone else may send.
   *
   * It is a property, so that it can be passed on by itself, and it declares its parameter, because
   * `Deno.serve` passes no request to a function of length 0.
   */
  readonly fetch = async (request: Request, ...rest: unknown[]): Promise<Response> => {
    const refusal = this.refuse(request.method, request.headers.get(secretHeader));
    if (refusal !== undefined) {
      await drain(request);
      return toResponse(refusal);
    }
    const update = await readJson(request);
    // Kept only for who is called with it: Deno takes 3 µs longer for a request that lives on.
    const args = typeof this.#onTimeout === "function" ? [request, ...rest] : nobody;
    const answer = this.take(update, args);
    return toResponse(answer instanceof Promise ? await answer : answer);
  };

  /** Looks at a request before its body: the answer that turns it away, or `undefined`. */
  refuse(method: string | undefined, secret: string | null | undefined): Answer | undefined {
    if (this.#secret?.equals(secret ?? "") === false) return answers.notAuthorized;
    return method === "POST" ? undefined : answers.notPosted;
  }

  /**
   * Takes the parsed body of a request in. Returns the answer to give if it is there at once, else a
   * promise of it, which never rejects.
   *
   * @param body What was in the body: an update, if all is well
   * @param args The arguments of the framework's handler, for `onTimeout`
   */
  take(body: unknown, args: readonly unknown[]): Answer | Promise<Answer> {
    if (!isUpdate(body)) return body === oversized ? answers.tooLarge : answers.notAnUpdate;
    const id = body.update_id;
    const { running, recent, isDraining } = this.#deliveries;
    const joined = running.get(id);
    if (joined !== undefined) return this.#wait(joined, args);
    if (recent.has(id)) return answers.handled;
    if (isDraining) return answers.draining;
    const delivery = new Delivery(id);
    const safe = this.#accept(body, delivery);
    if (safe === safeAtOnce) {
      recent.add(id);
      delivery.seal();
      return delivery.reply ?? answers.handled;
    }
    running.set(id, delivery);
    this.#settle(delivery, safe);
    return this.#wait(delivery, args);
  }

  /** From now on new updates are answered with 503; those in hand are finished. */
  close(): void {
    this.#deliveries.isDraining = true;
  }

  /** Takes new updates in again after {@linkcode Webhook.close}. */
  open(): void {
    this.#deliveries.isDraining = false;
  }

  #accept(update: Update, delivery: Delivery): Promise<void> {
    try {
      return this.#deliveries.accept([update], delivery.envelope);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #settle(delivery: Delivery, safe: Promise<void>): Promise<void> {
    const { id } = delivery;
    const { running, recent } = this.#deliveries;
    let outcome = answers.handled;
    try {
      await safe;
      recent.add(id);
    } catch (error) {
      // Forgotten, so that the redelivery runs it again.
      log.error("Cannot handle update {id}: {error}", { id, error });
      outcome = answers.failed;
    }
    running.delete(id);
    delivery.settle(outcome);
  }

  #wait(delivery: Delivery, args: readonly unknown[]): Promise<Answer> {
    return new Promise((resolve) => {
      const request = new WaitingRequest(delivery, args, this.#timeLimit, resolve);
      delivery.add(request);
      if (this.#timeoutSeconds === Infinity) return;
      if (this.#timeLimit.isRunning) request.startClock();
      else void this.#startClock(request);
    });
  }

  /**
   * Starts the clock of a request, but not at once: a handler that does not wait for anything is done
   * after a few turns of the microtask queue, and a timer would cost more than all the rest.
   */
  async #startClock(request: WaitingRequest): Promise<void> {
    for (let turn = 0; turn < patience; turn++) {
      await undefined;
      if (request.isAnswered) return;
    }
    request.startClock();
  }

  async #expire(request: WaitingRequest): Promise<void> {
    const { delivery, args } = request;
    const { id } = delivery;
    delivery.seal();
    log.warn("Update {id} is still being handled after {seconds} s", {
      id,
      seconds: this.#timeoutSeconds,
    });
    const onTimeout = this.#onTimeout;
    if (typeof onTimeout !== "function") {
      return request.answer(onTimeout === "return" ? answers.handled : answers.tooSlow);
    }
    try {
      await onTimeout(...args as never[]);
      request.answer(answers.handled);
    } catch (error) {
      log.error("Cannot carry out onTimeout for update {id}: {error}", { id, error });
      request.answer(answers.tooSlow);
    }
  }
}

function isUpdate(body: unknown): body is Update {
  return typeof body === "object" && body !== null &&
    Number.isSafeInteger((body as Partial<Update>).update_id);
}
