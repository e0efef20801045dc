import { adapt } from "#src/updates/adapters/adapters.ts";
// @ts-types="@types/koa"
import Koa from "koa";
import bodyParser from "koa-bodyparser";
import { testAdapter, whileListening } from "./contract.ts";

testAdapter("koa", (webhook, use) => {
  const app = new Koa();
  app.use(adapt(webhook, "koa"));
  return whileListening(app.callback(), use);
});

testAdapter("koa with a body parser", (webhook, use) => {
  const app = new Koa({ asyncLocalStorage: false });
  app.silent = true; // a body that the parser refuses is not worth a stack trace here
  app.use(bodyParser());
  app.use(adapt(webhook, "koa"));
  return whileListening(app.callback(), use);
});
