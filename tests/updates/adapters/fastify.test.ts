import { adapt } from "#src/updates/adapters/adapters.ts";
import fastify from "fastify";
import { testAdapter } from "./contract.ts";

testAdapter("fastify", async (webhook, use) => {
  const app = fastify({ forceCloseConnections: true });
  app.post("/", adapt(webhook, "fastify"));
  try {
    await use(await app.listen({ port: 0, host: "127.0.0.1" }));
  } finally {
    await app.close();
  }
});

testAdapter("fastify with a raw body", async (webhook, use) => {
  const app = fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.post("/", adapt(webhook, "fastify"));
  try {
    await use(await app.listen({ port: 0, host: "127.0.0.1" }));
  } finally {
    await app.close();
  }
});
