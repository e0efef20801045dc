import type { WebhookReplyEnvelope } from "../api/options.ts";
import type { TimeLimit } from "./time_limit.ts";
import { type Answer, reply } from "./webhook_answer.ts";

/** A request that waits for the outcome of an update. */
export interface WaitingRequest {
  readonly delivery: Delivery;
  readonly clock: TimeLimit<WaitingRequest>;
  /** The arguments of the framework's handler, if anybody is to be called with them. */
  readonly args: readonly unknown[];
  readonly resolve: (answer: Answer) => void;
  isAnswered: boolean;
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
    answerRequest(request, this.reply);
    this.reply = undefined;
  }

  /** Answers all requests that still wait. */
  settle(outcome: Answer): void {
    for (const request of this.#requests ?? []) answerRequest(request, outcome);
  }

  /** From now on nothing can be sent as an answer. */
  seal(): void {
    this.envelope.send = undefined;
  }

  #send(answer: Answer): void {
    const first = this.#requests?.find((request) => !request.isAnswered);
    if (first !== undefined) return answerRequest(first, answer);
    this.reply = answer;
    this.seal();
  }
}

/** Answers a request, if nothing has answered it before. */
export function answerRequest(request: WaitingRequest, answer: Answer): void {
  if (request.isAnswered) return;
  request.isAnswered = true;
  // Whatever was answered: the request that could have carried a reply is gone.
  request.delivery.seal();
  request.clock.delete(request);
  request.resolve(answer);
}
