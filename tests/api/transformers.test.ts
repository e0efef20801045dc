import { test } from "node:test";
import assert from "node:assert/strict";
import { Api, type ApiCallFn, ApiError, HttpError, type Transformer } from "@tramline/tramline";
import { rejection, token, withBotApi, yes } from "./bot_api.ts";

test("the transformer that is installed last sees a call first and its answer last", async () => {
  await withBotApi(() => yes, async ({ root }) => {
    const seen: string[] = [];
    const note = (name: string): Transformer => async (prev, method, payload, signal) => {
      seen.push(`${name} ${method}`);
      const answer = await prev(method, payload, signal);
      seen.push(`${name} ${answer.ok}`);
      return answer;
    };
    const api = new Api(token, { apiRoot: root });
    api.config.use(note("first"), note("second")).use(note("third"));
    await api.getMe();
    assert.deepEqual(seen, [
      "third getMe",
      "second getMe",
      "first getMe",
      "first true",
      "second true",
      "third true",
    ]);
    assert.equal(api.config.installedTransformers().length, 3);

    seen.length = 0;
    api.config.use(note("fourth"));
    await api.getMe();
    assert.equal(seen[0], "fourth getMe");
  });
});

test("a transformer sees Telegram's no as an answer and may make a yes of it", async () => {
  const no = { ok: false, error_code: 400, description: "Bad Request: chat not found" };
  await withBotApi(() => no, async ({ root }) => {
    const api = new Api(token, { apiRoot: root });
    let forgive = false;
    api.config.use(async (prev, method, payload, signal) => {
      const answer = await prev(method, payload, signal);
      return answer.ok || !forgive ? answer : { ok: true, result: true as never };
    });
    assert.ok(await rejection(api.sendMessage(1, "text")) instanceof ApiError);
    forgive = true;
    assert.equal(await api.sendMessage(1, "text") as unknown, true);
  });
});

test("a transformer may change the method and the payload, or make no request at all", async () => {
  await withBotApi(() => yes, async ({ root, received }) => {
    const api = new Api(token, { apiRoot: root });
    api.config.use((prev, method, payload, signal) => {
      if (method === "getMe") return Promise.resolve({ ok: true, result: "me" as never });
      return prev("sendPhoto" as typeof method, { ...payload, photo: "file id" }, signal);
    });
    assert.equal(await api.getMe() as unknown, "me");
    await api.sendMessage(1, "text");
    assert.deepEqual(received.map(({ method, parameters }) => [method, parameters]), [
      ["sendPhoto", { chat_id: 1, text: "text", photo: "file id" }],
    ]);
  });
});

test("what a transformer throws arrives in an HttpError, once", async () => {
  const api = new Api(token);
  const thrown = new Error("out of order");
  const through: Transformer = (prev, method, payload, signal) => prev(method, payload, signal);
  api.config.use(() => Promise.reject(thrown), through);
  const error = await rejection(api.getMe());
  assert.ok(error instanceof HttpError);
  assert.equal(error.error, thrown);
  assert.match(error.message, /'getMe' failed! A transformer threw: out of order/);
});

test("an HttpError of a transformer's own is not wrapped in another", async () => {
  const api = new Api(token);
  const thrown = new HttpError("too slow", undefined);
  api.config.use(() => Promise.reject(thrown));
  assert.equal(await rejection(api.getMe()), thrown);
});

test("a transformer that does not return the answer is told so", async () => {
  await withBotApi(() => yes, async ({ root }) => {
    const api = new Api(token, { apiRoot: root });
    const forgetful = async (prev: ApiCallFn, method: "getMe") => {
      await prev(method, {});
    };
    api.config.use(forgetful as unknown as Transformer);
    const error = await rejection(api.getMe());
    assert.ok(error instanceof HttpError);
    assert.match(error.message, /returned undefined; it must return what prev\(\) resolves with/);
  });
});

test("a transformer must be a function", () => {
  const { config } = new Api(token);
  assert.throws(() => config.use("retry" as never), /must be a function, given "retry"/);
  assert.equal(config.installedTransformers().length, 0);
});

test("a network failure reaches a transformer as an HttpError, so that it can try again", async () => {
  const api = new Api(token, {
    fetch: () => Promise.reject(new Error("down")),
  });
  const seen: unknown[] = [];
  api.config.use(async (prev, method, payload, signal) => {
    try {
      return await prev(method, payload, signal);
    } catch (error) {
      seen.push(error);
      throw error;
    }
  });
  const error = await rejection(api.getMe());
  assert.ok(error instanceof HttpError);
  assert.deepEqual(seen, [error]);
});
