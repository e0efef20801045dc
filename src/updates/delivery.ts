import type { WebhookReplyEnvelope } from "../api/options.ts";
import type { Timed, TimeLimit } from "./time_limit.ts";
import { type Answer, reply } from "./webhook_answer.ts";

/** A request that waits for the outcome of an update. */
export class WaitingRequest implements Timed {
  place = -1;
  deadline = 0;
  readonly delivery: Delivery;
  /** The arguments of the framework's handler, if anybody is to be called with them. */
  readonly args: readonly unknown[];
  readonly #clock: TimeLimit<WaitingRequest>;
  #resolve: ((answer: Answer) => void) | undefined;

  constructor(
    delivery: Delivery,
    args: readonly unknown[],
    clock: TimeLimit<WaitingRequest>,
    resolve: (answer: Answer) => void,
  ) {
    this.delivery = delivery;
    this.args = args;
    this.#clock = clock;
    this.#resolve = resolve;
  }

  get isAnswered(): boolean {
    return this.#resolve === undefined;
  }

  /** Lets its time run. */
  startClock(): void {
    this.#clock.add(this);
  }

  /** Answers it, if nothing has answered it before. */
  answer(answer: Answer): void {
    const resolve = this.#resolve;
    if (resolve === undefined) return;
    this.#resolve = undefined;
    // Whatever was answered: the request that could have carried a reply is gone.
    this.delivery.seal();
    this.#clock.delete(this);
    resolve(answer);
  }
}

/** An update being handled, and the requests that wait for its outcome. */
export class Delivery {
  readonly id: number;
  /** Takes one API call of the handler as the answer to the first request. */
  readonly envelope: WebhookReplyEnvelope;
  /** What the handler has sent before there was a request to answer. */
  reply: Answer | undefined;
  /** Made when a request has to wait. */
  #requests: WaitingRequest[] | undefined;

  constructor(id: number) {
    this.id = id;
    this.envelope = { send: (payload) => this.#send(reply(payload)) };
  }

  /** Lets a request wait for the outcome. */
  add(request: WaitingRequest): void {
    (this.#requests ??= []).push(request);
    if (this.reply === undefined) return;
    request.answer(this.reply);
    this.reply = undefined;
  }

  /** Answers all requests that still wait. */
  settle(outcome: Answer): void {
    const requests = this.#requests;
    this.#requests = undefined;
    for (const request of requests ?? []) request.answer(outcome);
  }

  /** From now on nothing can be sent as an answer. */
  seal(): void {
    this.envelope.send = undefined;
  }

  #send(answer: Answer): void {
    const first = this.#requests?.find((request) => !request.isAnswered);
    if (first !== undefined) return first.answer(answer);
    this.reply = answer;
    this.seal();
  }
}
