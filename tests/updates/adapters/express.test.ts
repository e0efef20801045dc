import { adapt } from "#src/updates/adapters/adapters.ts";
// @ts-types="@types/express"
import express from "express";
import { testAdapter, whileListening } from "./contract.ts";

function silentExpress(): express.Express {
  const app = express();
  app.set("env", "test"); // else it prints the errors of its body parsers
  return app;
}

testAdapter("express", (webhook, use) => {
  const app = silentExpress();
  app.use("/", adapt(webhook, "express"));
  return whileListening(app, use);
});

testAdapter("express with a JSON body parser", (webhook, use) => {
  const app = silentExpress();
  app.use(express.json({ limit: "1mb" }));
  app.use(adapt(webhook, "express"));
  return whileListening(app, use);
});

testAdapter("express with a raw body parser", (webhook, use) => {
  const app = silentExpress();
  app.use(express.raw({ type: "*/*", limit: "1mb" }));
  app.use(adapt(webhook, "express"));
  return whileListening(app, use);
});

testAdapter("express with a text body parser", (webhook, use) => {
  const app = silentExpress();
  app.use(express.text({ type: "*/*", limit: "1mb" }));
  app.use(adapt(webhook, "express"));
  return whileListening(app, use);
});

// Express 4 leaves {} behind when a body parser has not read a body.
testAdapter("express with an empty body that was not read", (webhook, use) => {
  const app = silentExpress();
  app.use((request, _response, next) => {
    request.body = {};
    next();
  });
  app.use(adapt(webhook, "express"));
  return whileListening(app, use);
});
