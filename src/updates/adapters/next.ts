import type { Webhook } from "../webhook.ts";
import { fetchBridge } from "./fetch.ts";
import { nodeBridge, type NodeRequest, type NodeResponse } from "./node.ts";

/** A handler for Next.js: of a route (App Router) or of an API route (Pages Router). */
export interface NextHandler {
  (request: Request, ...rest: unknown[]): Promise<Response>;
  (request: NodeRequest, response: NodeResponse): Promise<void>;
}

/** Bridges Next.js, whose routes take Web-standard requests and whose older API routes Node's. */
export function nextBridge(webhook: Webhook): NextHandler {
  const handleFetch = fetchBridge(webhook);
  const handleNode = nodeBridge(webhook);
  function handle(request: Request, ...rest: unknown[]): Promise<Response>;
  function handle(request: NodeRequest, response: NodeResponse): Promise<void>;
  function handle(request: Request | NodeRequest, ...rest: unknown[]): Promise<Response | void> {
    return "on" in request
      ? handleNode(request, ...rest as [NodeResponse])
      : handleFetch(request, ...rest);
  }
  return handle;
}
