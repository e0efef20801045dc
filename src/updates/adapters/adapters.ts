import { describe } from "../../base/describe.ts";
import type { Webhook } from "../webhook.ts";
import { customBridge, type FrameworkAdapter, type ReqResHandler } from "./custom.ts";
import { fastifyBridge, type FastifyHandler } from "./fastify.ts";
import {
  fetchBridge,
  fetchEventBridge,
  type FetchEventLike,
  type FetchHandler,
  sveltekitBridge,
} from "./fetch.ts";
import { honoBridge, type HonoHandler } from "./hono.ts";
import { koaBridge, type KoaHandler } from "./koa.ts";
import { nextBridge, type NextHandler } from "./next.ts";
import { nodeBridge, type NodeHandler } from "./node.ts";

/** The handler that each named adapter makes. */
export interface AdapterHandlers {
  /** `Bun.serve`. */
  bun: FetchHandler;
  /** The `fetch` events of a Cloudflare service worker. */
  cloudflare: (event: FetchEventLike) => void;
  /** The `fetch` of a Cloudflare Workers module. */
  "cloudflare-mod": FetchHandler;
  /** express 4 and 5, with or without a body parser. */
  express: NodeHandler;
  /** fastify. */
  fastify: FastifyHandler;
  /** hono. */
  hono: HonoHandler;
  /** `node:http`. */
  http: NodeHandler;
  /** `node:https`. */
  https: NodeHandler;
  /** koa, with or without a body parser. */
  koa: KoaHandler;
  /** Next.js: route handlers and API routes. */
  "next-js": NextHandler;
  /** `Deno.serve`, and whatever else passes a `Request` and takes a `Response`. */
  "std/http": FetchHandler;
  /** SvelteKit's `+server` handlers. */
  sveltekit: (event: { readonly request: Request }) => Promise<Response>;
}

/** The name of a web framework, or of a way to be given requests, that is bridged. */
export type AdapterName = keyof AdapterHandlers;

/** The handler that an adapter, by name or as a function, makes. */
export type HandlerOf<A extends AdapterName | FrameworkAdapter> = A extends AdapterName
  ? AdapterHandlers[A]
  : A extends FrameworkAdapter
    ? (...args: Parameters<A>) => ReturnType<A> extends ReqResHandler<infer T> ? Promise<T> : never
  : never;

const bridges: { [Name in AdapterName]: (webhook: Webhook) => AdapterHandlers[Name] } = {
  bun: fetchBridge,
  cloudflare: fetchEventBridge,
  "cloudflare-mod": fetchBridge,
  express: nodeBridge,
  fastify: fastifyBridge,
  hono: honoBridge,
  http: nodeBridge,
  https: nodeBridge,
  koa: koaBridge,
  "next-js": nextBridge,
  "std/http": fetchBridge,
  sveltekit: sveltekitBridge,
};

/** The handler to give to a web framework. */
export function adapt<A extends AdapterName | FrameworkAdapter>(
  webhook: Webhook,
  adapter: A,
): HandlerOf<A> {
  if (typeof adapter === "function") return customBridge(webhook, adapter) as HandlerOf<A>;
  const bridge = Object.hasOwn(bridges, adapter) && bridges[adapter as AdapterName];
  if (bridge) return bridge(webhook) as HandlerOf<A>;
  throw new TypeError(
    `Cannot create a webhook callback: the adapter must be one of ${
      Object.keys(bridges).join(", ")
    } or a function, given ${describe(adapter)}. For another framework pass a function that ` +
      "returns { update, header, respond, unauthorized } from the arguments of its handler.",
  );
}
