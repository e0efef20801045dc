import { test } from "node:test";
import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { Api, ApiError, HttpError, InputFile } from "@tramline/tramline";
import { rejection, token, withBotApi, withServer } from "./bot_api.ts";

/** How `console.log` of this runtime writes a value, beside how `node:util` does. */
const printers = (() => {
  const { Deno, Bun } = globalThis as unknown as Record<
    "Deno" | "Bun",
    { inspect?: (value: unknown, options?: object) => string } | undefined
  >;
  return [Deno?.inspect, Bun?.inspect, inspect].filter((printer) => printer !== undefined);
})();

/** Everything that a logger could make of a value. */
function logged(value: unknown): string {
  const texts = printers.flatMap((print) => [
    print(value, { depth: 20 }),
    print({ nested: [value] }, { depth: 20, showHidden: true }),
  ]);
  texts.push(String(value));
  try {
    texts.push(JSON.stringify(value) ?? "");
  } catch {
    // A cycle: JSON shows nothing.
  }
  for (let error = value; error instanceof Error; error = error.cause) {
    texts.push(error.message, error.stack ?? "", String(error));
  }
  return texts.join("\n");
}

function assertNoToken(value: unknown): void {
  const text = logged(value);
  assert.ok(text.length > 0);
  assert.ok(!text.includes("SECRET"), text);
  assert.ok(!text.includes("of_the-token"), text);
}

/** An `apiRoot` at which nothing listens. */
async function closedRoot(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

test("an API root that does not answer is named, and what to check, without the token", async () => {
  const apiRoot = await closedRoot();
  const error = await rejection(new Api(token, { apiRoot }).sendMessage(1, "text"));
  assert.ok(error instanceof HttpError);
  assert.equal(error.name, "HttpError");
  assert.ok(error.message.startsWith("Network request for 'sendMessage' failed! "));
  assert.ok(error.message.includes(`No answer from ${apiRoot} (`), error.message);
  assert.match(error.message, /Check that a Bot API server runs there \(option apiRoot\)/);
  assert.equal(error.cause, error.error);
  assertNoToken(error);
});

test("a host that does not exist is named without the token", async () => {
  const apiRoot = "http://bot-api.invalid";
  const error = await rejection(new Api(token, { apiRoot }).getMe());
  assert.ok(error instanceof HttpError);
  assert.ok(error.message.includes(apiRoot));
  assertNoToken(error);
});

test("a connection that breaks instead of an answer is an HttpError without the token", async () => {
  const server = createServer((socket) => socket.on("data", () => socket.destroy()));
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const api = new Api(token, { apiRoot: `http://127.0.0.1:${port}` });
    const upload = api.sendPhoto(1, new InputFile(new Uint8Array(1000)));
    for (const error of [await rejection(api.getMe()), await rejection(upload)]) {
      assert.ok(error instanceof HttpError, String(error));
      assertNoToken(error);
    }
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test("an API root that holds the token is refused without showing it", () => {
  for (const apiRoot of [`https://api.telegram.org/bot${token}`, `api.telegram.org/bot${token}`]) {
    assert.throws(() => new Api(token, { apiRoot }), (error) => {
      assert.match(String(error), /apiRoot must be .*, without the token.*<token>/);
      assertNoToken(error);
      return true;
    });
  }
});

test("a printed HttpError shows what was thrown once, as its cause", async () => {
  const api = new Api(token, { fetch: () => Promise.reject(new TypeError("no route")) });
  const error = await rejection(api.getMe()) as HttpError;
  assert.equal(error.error, error.cause);
  assert.equal(inspect(error).match(/TypeError: no route/g)?.length, 1);
});

test("sensitiveLogs shows the URL that did not answer", async () => {
  const apiRoot = await closedRoot();
  const error = await rejection(new Api(token, { apiRoot, sensitiveLogs: true }).getMe());
  assert.ok(error.message.includes(`${apiRoot}/bot${token}/getMe`));
});

test("an answer that is not the Bot API's is explained by its status", async () => {
  const cases: [Response, RegExp][] = [
    [html(502), /answered 502.*out of order for now; try again later/],
    [html(413), /answered 413.*a file may have 50 MB/],
    [new Response(null, { status: 413 }), /answered 413.*a file may have 50 MB/],
    [new Response(null, { status: 501 }), /answered 501.*option apiRoot/],
    [html(404), /answered 404.*option apiRoot/],
    [html(429), /answered 429.*too many requests/],
    [html(200), /answered 200.*option apiRoot/],
    [Response.json({ hello: "world" }), /answered 200.*option apiRoot/],
    [Response.json(null), /answered 200.*option apiRoot/],
  ];
  for (const [response, message] of cases) {
    await withServer(async (request) => {
      await request.text();
      return response.clone();
    }, async (apiRoot) => {
      const error = await rejection(new Api(token, { apiRoot }).getMe());
      assert.ok(error instanceof HttpError);
      assert.ok(error.message.includes(apiRoot));
      assert.match(error.message, message);
      assertNoToken(error);
    });
  }
});

test("the beginning of an answer that is not the Bot API's is the cause, without the token", async () => {
  await withServer(
    async (request) => {
      await request.text();
      return html(502, `<h1>Bad Gateway</h1> ${request.url}${"x".repeat(1e5)}`);
    },
    async (apiRoot) => {
      const error = await rejection(new Api(token, { apiRoot }).getMe());
      assert.match(String(error.cause), /<h1>Bad Gateway<\/h1> .*<token>\/getMe/);
      assert.ok(!logged(error).includes("x".repeat(1000)));
      assertNoToken(error);
    },
  );
  // Nor a part of the token, where the beginning ends.
  const text = "x".repeat(200 - token.length / 2) + token;
  const api = new Api(token, { fetch: () => Promise.resolve(html(502, text)) });
  assert.ok(!logged(await rejection(api.getMe())).includes(token.slice(0, 10)));
});

test("the token is removed from whatever a fetch of one's own throws", async () => {
  const url = `https://api.telegram.org/bot${token}/getMe`;
  const encoded = new Error(`GET /bot${encodeURIComponent(token)}/getMe`);
  const thrown: unknown[] = [
    url,
    { url, nested: [{ url }] },
    new Error(url, { cause: new Error(url, { cause: url }) }),
    new AggregateError([new Error(url), encoded], "all failed"),
    Object.assign(new TypeError("failed"), {
      config: { url, retries: [url] },
      request: new Request(url),
      address: new URL(url),
      [Symbol("url")]: url,
    }),
    Object.freeze(new Error(url)),
    new DOMException(url, "NetworkError"),
    selfReferring(url),
  ];
  for (const error of thrown) {
    const api = new Api(token, { fetch: () => Promise.reject(error) });
    const caught = await rejection(api.getMe());
    assert.ok(caught instanceof HttpError);
    assertNoToken(caught);
    // It stays the object that was thrown, for those who test what it is.
    const kept = error instanceof Error && !Object.isFrozen(error);
    assert.equal(caught.cause === error, kept);

    const transformed = new Api(token);
    transformed.config.use(() => Promise.reject(error));
    assertNoToken(await rejection(transformed.getMe()));
  }
});

test("an error without the token in it is passed on as it is", async () => {
  const data = { at: "the office" };
  const thrown = Object.assign(new RangeError("down"), { data });
  const api = new Api(token, { fetch: () => Promise.reject(thrown) });
  const error = await rejection(api.getMe());
  assert.equal(error.cause, thrown);
  assert.equal(thrown.data, data);
  assert.equal(thrown.message, "down");
});

test("an ApiError does not show the token when it was in the parameters or in the answer", async () => {
  const url = `https://example.com/${token}`;
  const no = { ok: false, error_code: 400, description: `Bad Request: bad webhook: ${url}` };
  await withBotApi(() => no, async ({ root, received }) => {
    const other = { secret_token: "x" };
    const error = await rejection(new Api(token, { apiRoot: root }).setWebhook(url, other));
    assert.ok(error instanceof ApiError);
    assert.deepEqual(error.payload, { url: "https://example.com/<token>", secret_token: "x" });
    assert.equal(received[0]!.parameters.url, url);
    assertNoToken(error);
  });
});

test("a timeout and an abort do not show the token", async () => {
  await withBotApi(() => new Promise(() => {}), async ({ root }) => {
    const api = new Api(token, { apiRoot: root, timeoutSeconds: 0.02 });
    const late = await rejection(api.getMe());
    assert.ok(late.message.includes(`No answer came within 0.02 s from ${root}`), late.message);
    assertNoToken(late);
    assertNoToken(await rejection(api.getMe(AbortSignal.abort())));
  });
});

test("a file whose address holds the token does not show it when it cannot be fetched", async () => {
  await withServer(() => new Response(null, { status: 404 }), async (root) => {
    const file = new InputFile(new URL(`${root}/file/bot${token}/photos/cat.jpg`));
    const error = await rejection(new Api(token).sendPhoto(1, file));
    assert.match(error.message, /Cannot fetch the file .*<token>\/photos\/cat.jpg.*404/);
    assertNoToken(error);
  });
});

test("an Api, its forks, raw and config do not show the token when printed", () => {
  const api = new Api(token);
  api.config.use((prev, ...call) => prev(...call));
  const fork = api.fork();
  assertNoToken([api, fork, api.raw, api.config, fork.config, Api]);
  assert.equal(fork.token, token);
  assert.ok(!Object.keys(api).includes("token"));
});

function html(status: number, text = `<html><h1>${status}</h1></html>`): Response {
  return new Response(text, { status, headers: { "content-type": "text/html" } });
}

function selfReferring(url: string): Error {
  const error: Error & { self?: unknown; data?: Record<string, unknown> } = new Error(url);
  error.self = error;
  error.data = { url };
  error.data.self = error.data;
  return error;
}
