import type { Webhook } from "../webhook.ts";
import { secretHeader } from "../webhook_secret.ts";
import { parsedJson } from "./node.ts";

/** What is used of a fastify request. */
export interface FastifyRequestLike {
  /** The HTTP method. */
  readonly method: string;
  /** The headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body, as fastify has parsed it. */
  readonly body: unknown;
}

/** What is used of a fastify reply. */
export interface FastifyReplyLike {
  /** Whether an answer was sent. */
  readonly sent: boolean;
  /** Sets the status of the answer. */
  code(status: number): unknown;
  /** Adds headers to the answer. */
  headers(headers: Record<string, string>): unknown;
  /** Sends the answer. */
  send(body: string): unknown;
}

/** A route handler for fastify. */
export type FastifyHandler = (
  request: FastifyRequestLike,
  reply: FastifyReplyLike,
) => Promise<unknown>;

/** Bridges fastify, which has read, bounded and parsed the body by itself. */
export function fastifyBridge(webhook: Webhook): FastifyHandler {
  return async (request, reply) => {
    const secret = request.headers[secretHeader];
    const answer =
      webhook.refuse(request.method, typeof secret === "string" ? secret : undefined) ??
        await webhook.take(parsedJson(request.body), [request, reply]);
    // A function given as `onTimeout` may have answered by itself.
    if (!reply.sent) {
      reply.code(answer.status);
      reply.headers({ ...answer.headers });
      reply.send(answer.body);
    }
    // A reply is a promise of having been sent; fastify wants to be given it.
    return reply;
  };
}
