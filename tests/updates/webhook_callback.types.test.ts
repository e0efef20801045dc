import { Bot, type ReqResHandler, run, webhookCallback } from "@tramline/tramline";
// @ts-types="@types/express"
import type { RequestHandler } from "express";
import type { RouteHandlerMethod } from "fastify";
import type { Handler } from "hono";
// @ts-types="@types/koa"
import type { Middleware } from "koa";
import type { RequestListener } from "node:http";
import { test } from "node:test";

const bot = new Bot("123456:token");

/** Never called: it is here to be checked by the compiler. */
export function handlersFitTheirFrameworks(): void {
  webhookCallback(bot, "express") satisfies RequestHandler;
  webhookCallback(bot, "fastify") satisfies RouteHandlerMethod;
  webhookCallback(bot, "hono") satisfies Handler;
  webhookCallback(bot, "koa") satisfies Middleware;
  webhookCallback(bot, "http") satisfies RequestListener;
  webhookCallback(bot) satisfies (request: Request) => Promise<Response>;
  webhookCallback(bot, "bun") satisfies (request: Request) => Promise<Response>;
  webhookCallback(bot, "next-js") satisfies (request: Request) => Promise<Response>;
  webhookCallback(run(bot, { updater: "webhooks" }), "http") satisfies RequestListener;

  const adapter = (_request: { id: number }): ReqResHandler<string> => ({
    update: { update_id: 1 },
    respond: () => {},
    unauthorized: () => {},
  });
  webhookCallback(bot, adapter) satisfies (request: { id: number }) => Promise<string>;
}

/** Never called: it is here to be checked by the compiler. */
export function mistakesAreFound(): void {
  // @ts-expect-error this adapter does not exist
  webhookCallback(bot, "gopher");
  // @ts-expect-error this adapter takes node requests
  webhookCallback(bot, "http") satisfies (request: Request) => Promise<Response>;
  // @ts-expect-error a runner that polls has no webhook
  webhookCallback(run(bot));
  // @ts-expect-error a number is no strategy
  webhookCallback(bot, "http", { onTimeout: 5 });
  // The function is given what the handler of the framework is given.
  webhookCallback(bot, "std/http", { onTimeout: (request) => request.headers.get("x") });
  webhookCallback(bot, "express", { onTimeout: (_request, response) => response.end("") });
  webhookCallback(bot, "koa", { onTimeout: (ctx) => void (ctx.status = 200) });
}

test("the types above are checked by the compiler", () => {});
