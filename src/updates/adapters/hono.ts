import type { Webhook } from "../webhook.ts";
import { toResponse } from "../webhook_answer.ts";
import { parse } from "../webhook_body.ts";
import { secretHeader } from "../webhook_secret.ts";

/** What is used of a hono context. */
export interface HonoContext {
  /** The request. */
  readonly req: {
    /** The Web-standard request. */
    readonly raw: Request;
    /** The HTTP method. */
    readonly method: string;
    /** A header of the request. */
    header(name: string): string | undefined;
    /** The body, also if it was read before. */
    text(): Promise<string>;
  };
}

/** A handler for hono. */
export type HonoHandler = (context: HonoContext, ...rest: unknown[]) => Promise<Response>;

/** Bridges hono, whether or not something before has read the body. */
export function honoBridge(webhook: Webhook): HonoHandler {
  return async (context, ...rest) => {
    const { req } = context;
    if (!req.raw.bodyUsed) return await webhook.fetch(req.raw, context, ...rest);
    const answer = webhook.refuse(req.method, req.header(secretHeader)) ??
      // Hono keeps a body that was read.
      await webhook.take(parse(await req.text()), [context, ...rest]);
    return toResponse(answer);
  };
}
