import { describe } from "../../base/describe.ts";
import type { Webhook } from "../webhook.ts";

/** A handler of Web-standard requests, as Deno, Bun, Cloudflare Workers and Next.js take it. */
export type FetchHandler = (request: Request, ...rest: unknown[]) => Promise<Response>;

/** The event by which a Cloudflare service worker is given a request. */
export interface FetchEventLike {
  /** The request. */
  readonly request: Request;
  /** Takes the answer. */
  respondWith(response: Promise<Response>): unknown;
}

/** Bridges Web-standard requests. */
export function fetchBridge(webhook: Webhook): FetchHandler {
  return (request, ...rest) => {
    if (typeof request?.headers?.get !== "function") {
      // Without this the newcomer reads "request.headers.get is not a function".
      throw new TypeError(
        `Cannot handle a webhook request: it must be a Request, given ${
          describe(request)
        }. Name the web framework as the adapter, for example webhookCallback(bot, "express").`,
      );
    }
    return webhook.fetch(request, ...rest);
  };
}

/** Bridges the events of a Cloudflare service worker. */
export function fetchEventBridge(webhook: Webhook): (event: FetchEventLike) => void {
  return (event) => void event.respondWith(webhook.fetch(event.request));
}

/** Bridges SvelteKit's request events. */
export function sveltekitBridge(
  webhook: Webhook,
): (event: { readonly request: Request }) => Promise<Response> {
  return (event) => webhook.fetch(event.request);
}
