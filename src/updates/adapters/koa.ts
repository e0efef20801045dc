import type { Webhook } from "../webhook.ts";
import { answerNode, type NodeRequest } from "./node.ts";

/** What is used of a koa context. */
export interface KoaContext {
  /** The request of `node:http`. */
  readonly req: NodeRequest;
  /** The request of koa; `body` is there if a body parser ran. */
  readonly request: object;
  /** Whether an answer has begun. */
  readonly headerSent: boolean;
  /** The status of the answer. */
  status: number;
  /** The body of the answer. */
  body: unknown;
  /** Adds headers to the answer. */
  set(headers: Record<string, string>): void;
}

/** Middleware for koa. */
export type KoaHandler = (context: KoaContext, ...rest: unknown[]) => Promise<void>;

/** Bridges koa, with any body parser or none. */
export function koaBridge(webhook: Webhook): KoaHandler {
  return async (context, ...rest) => {
    const { body } = context.request as { body?: unknown };
    const answer = await answerNode(webhook, context.req, body, [context, ...rest]);
    // A function given as `onTimeout` may have answered by itself.
    if (context.headerSent) return;
    context.status = answer.status;
    context.set({ ...answer.headers });
    context.body = answer.body;
  };
}
