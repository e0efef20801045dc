/** The limit: a server that checks the secret, parses the JSON and answers 200, and nothing else. */
import { handler, runtime, secretHeader, secretToken, serveFetch, serveNode } from "./serve.ts";

if (runtime === "node") {
  serveNode((request, response) => {
    if (request.headers[secretHeader] !== secretToken) {
      response.writeHead(401).end();
      return;
    }
    const chunks: Uint8Array[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      JSON.parse(Buffer.concat(chunks).toString("utf8"));
      handler();
      response.writeHead(200).end();
    });
  });
} else {
  serveFetch(async (request) => {
    if (request.headers.get(secretHeader) !== secretToken) {
      await request.arrayBuffer();
      return new Response(null, { status: 401 });
    }
    await request.json();
    handler();
    return new Response(null);
  });
}
