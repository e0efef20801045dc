import { adapt } from "#src/updates/adapters/adapters.ts";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { whileServing } from "../webhook_support.ts";
import { testAdapter } from "./contract.ts";

testAdapter("hono", (webhook, use) => {
  const app = new Hono();
  app.all("/", adapt(webhook, "hono"));
  return whileServing(async (request) => await app.fetch(request), use);
});

testAdapter("hono after something that reads the body", (webhook, use) => {
  const app = new Hono();
  app.use(bodyLimit({ maxSize: 2 ** 20 }));
  app.use(async (context, next) => {
    await context.req.text();
    await next();
  });
  app.all("/", adapt(webhook, "hono"));
  return whileServing(async (request) => await app.fetch(request), use);
});
