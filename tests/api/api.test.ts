import { test } from "node:test";
import assert from "node:assert/strict";
import { Api, ApiError, HttpError, InputFile } from "@tramline/tramline";
import { methodTable } from "#src/api/methods.ts";
import { rejection, token, withBotApi, yes } from "./bot_api.ts";

type AnyMethod = (...args: unknown[]) => Promise<unknown>;

test("positional parameters, other parameters and the path arrive as Telegram names them", async () => {
  await withBotApi(() => ({ ok: true, result: { message_id: 7 } }), async ({ root, received }) => {
    const api = new Api(token, { apiRoot: root });
    const message = await api.sendMessage(42, "Hi!", { disable_notification: true });
    assert.equal(message.message_id, 7);
    assert.equal(received[0]!.path, `/bot${token}/sendMessage`);
    assert.deepEqual(received[0]!.parameters, {
      chat_id: 42,
      text: "Hi!",
      disable_notification: true,
    });
  });
});

test("every method sends its positional parameters, and those after them, under their names", async () => {
  await withBotApi(() => yes, async ({ root, received }) => {
    const api = new Api(token, { apiRoot: root });
    const lines = methodTable.trim().split("\n");
    assert.ok(lines.length > 180);
    for (const line of lines) {
      const [names, ...keys] = line.split(" ");
      const [name, method = name] = names!.split(">");
      const expected = Object.fromEntries(keys.map((key, i) => [key.split("/")[0], `value ${i}`]));
      await (api[name as keyof Api] as AnyMethod)(...Object.values(expected), { further: 1 });
      const { method: called, parameters } = received.at(-1)!;
      assert.equal(called, method);
      assert.deepEqual(parameters, { ...expected, further: 1 }, name!);
    }
  });
});

test("a method's name is what it is called in a stack trace", () => {
  assert.equal(new Api(token).sendMessage.name, "sendMessage");
  assert.equal(Object.keys(Api.prototype).length, 0);
});

test("an edit takes a text or a rich message at the same place", async () => {
  await withBotApi(() => yes, async ({ root, received }) => {
    const api = new Api(token, { apiRoot: root });
    await api.editMessageText(1, 2, "text");
    await api.editMessageTextInline("id", { html: "<b>rich</b>" });
    assert.deepEqual(received[0]!.parameters, { chat_id: 1, message_id: 2, text: "text" });
    assert.equal(received[1]!.method, "editMessageText");
    assert.deepEqual(received[1]!.parameters, {
      inline_message_id: "id",
      rich_message: { html: "<b>rich</b>" },
    });
  });
});

test("the answers of a poll may be given as texts", async () => {
  await withBotApi(() => yes, async ({ root, received }) => {
    const options = ["Yes", { text: "No" }];
    await new Api(token, { apiRoot: root }).sendPoll(1, "Really?", options);
    assert.deepEqual(received[0]!.parameters.options, [{ text: "Yes" }, { text: "No" }]);
  });
});

test("raw takes all parameters in one object, also of methods it does not know", async () => {
  await withBotApi(() => yes, async ({ root, received }) => {
    const api = new Api(token, { apiRoot: root });
    await api.raw.sendMessage({ chat_id: 1, text: "raw" });
    await (api.raw as unknown as Record<string, AnyMethod>).sendHologram!({ chat_id: 1 });
    await api.raw.getMe();
    assert.deepEqual(received.map(({ method, parameters }) => [method, parameters]), [
      ["sendMessage", { chat_id: 1, text: "raw" }],
      ["sendHologram", { chat_id: 1 }],
      ["getMe", {}],
    ]);
    assert.equal(await Promise.resolve(api.raw), api.raw);
    assert.equal(received.length, 3);
  });
});

test("parameters that are null or undefined are left out, since Telegram would read the text null", async () => {
  await withBotApi(() => yes, async ({ root, received }) => {
    const api = new Api(token, { apiRoot: root });
    const other = { reply_markup: null, entities: undefined, parse_mode: "HTML" } as never;
    await api.sendMessage(1, "text", other);
    assert.deepEqual(received[0]!.parameters, { chat_id: 1, text: "text", parse_mode: "HTML" });
    await api.raw.sendMessage(other);
    assert.deepEqual(received[1]!.parameters, { parse_mode: "HTML" });
    assert.deepEqual(other, { reply_markup: null, entities: undefined, parse_mode: "HTML" });
  });
});

test("what Telegram refuses rejects with an ApiError that holds its answer and the call", async () => {
  const answer = {
    ok: false,
    error_code: 429,
    description: "Too Many Requests: retry after 3",
    parameters: { retry_after: 3 },
  };
  await withBotApi(() => Response.json(answer, { status: 429 }), async ({ root }) => {
    const error = await rejection(new Api(token, { apiRoot: root }).sendMessage(1, "text"));
    assert.ok(error instanceof ApiError);
    assert.equal(error.name, "ApiError");
    assert.equal(
      error.message,
      "Call to 'sendMessage' failed! (429: Too Many Requests: retry after 3)",
    );
    assert.equal(error.ok, false);
    assert.equal(error.error_code, 429);
    assert.equal(error.description, answer.description);
    assert.deepEqual(error.parameters, { retry_after: 3 });
    assert.equal(error.method, "sendMessage");
    assert.deepEqual(error.payload, { chat_id: 1, text: "text" });
    assert.match(error.stack!, /^ApiError: Call to/);
  });
});

test("an ApiError shows the names of files, not the files, and can be written as JSON", async () => {
  const answer = { ok: false, error_code: 400, description: "Bad Request: PHOTO_INVALID" };
  await withBotApi(() => Response.json(answer, { status: 400 }), async ({ root }) => {
    const photo = new InputFile(new Uint8Array(1e6), "cat.jpg");
    const error = await rejection(new Api(token, { apiRoot: root }).sendPhoto(1, photo));
    assert.ok(error instanceof ApiError);
    assert.deepEqual(error.payload, { chat_id: 1, photo: "[InputFile cat.jpg]" });
    assert.ok(JSON.stringify(error).length < 300);
  });
});

test("the test environment, a trailing slash and a builder change where calls go", async () => {
  await withBotApi(() => yes, async ({ root, received }) => {
    await new Api(token, { apiRoot: `${root}/`, environment: "test" }).getMe();
    await new Api(token, {
      apiRoot: root,
      environment: "test",
      buildUrl: (root, token, method, env) => new URL(`${root}/${env}/${token}/${method}`),
    }).getMe();
    assert.deepEqual(received.map(({ path }) => path), [
      `/bot${token}/test/getMe`,
      `/test/${token}/getMe`,
    ]);
  });
});

test("a fetch of one's own gets the base configuration and makes the request", async () => {
  const inits: RequestInit[] = [];
  const api = new Api(token, {
    baseFetchConfig: { redirect: "error" },
    fetch: (_, init) => {
      inits.push(init!);
      return Promise.resolve(Response.json(yes));
    },
  });
  assert.equal(await api.getMe() as unknown, true);
  assert.equal(inits[0]!.redirect, "error");
  assert.equal(inits[0]!.method, "POST");
});

test("a call is aborted by its signal, whether it has parameters or not", async () => {
  await withBotApi(() => new Promise(() => {}), async ({ root }) => {
    const api = new Api(token, { apiRoot: root });
    const controller = new AbortController();
    const calls = [
      api.getMe(controller.signal),
      api.raw.getMe(controller.signal),
      api.getChat(1, controller.signal),
      api.sendMessage(1, "text", {}, controller.signal),
      api.raw.sendMessage({ chat_id: 1, text: "text" }, controller.signal),
    ].map(rejection);
    controller.abort();
    for (const error of await Promise.all(calls)) {
      assert.ok(error instanceof HttpError);
      assert.match(error.message, /was aborted/);
      assert.equal((error.error as Error).name, "AbortError");
      assert.equal(error.cause, error.error);
    }
  });
});

test("a call leaves no listener on a signal that lives on", async () => {
  await withBotApi(() => yes, async ({ root }) => {
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = function (...args: Parameters<typeof addEventListener>) {
      listeners++;
      addEventListener.apply(this, args);
    };
    signal.removeEventListener = function (...args: Parameters<typeof removeEventListener>) {
      listeners--;
      removeEventListener.apply(this, args);
    };
    await new Api(token, { apiRoot: root }).fork({ signal }).getMe(signal);
    assert.equal(listeners, 0);
  });
});

test("a call that is not answered in time is cut", async () => {
  await withBotApi(() => new Promise(() => {}), async ({ root }) => {
    const api = new Api(token, { apiRoot: root, timeoutSeconds: 0.05 });
    for (const call of [api.sendMessage(1, "text"), api.getUpdates()]) {
      const error = await rejection(call);
      assert.ok(error instanceof HttpError);
      assert.match(error.message, /No answer came within 0.05 s/);
      assert.equal((error.error as Error).name, "TimeoutError");
    }
  });
});

test("a long poll may last longer than the timeout of other calls", async () => {
  const times: number[] = [];
  const api = new Api(token, {
    timeoutSeconds: 0.02,
    fetch: async (_, init) => {
      const begin = performance.now();
      const timer = setTimeout(() => {}, 10_000); // what a server holds open
      await new Promise((resolve) => init!.signal!.addEventListener("abort", resolve));
      clearTimeout(timer);
      times.push(performance.now() - begin);
      throw init!.signal!.reason;
    },
  });
  const error = await rejection(api.getUpdates({ timeout: 0.3 }));
  assert.match(error.message, /within 0.32 s/);
  assert.ok(times[0]! >= 290, `${times[0]} ms`);
});

test("a webhook's answer carries the first call that may use it, and only that one", async () => {
  await withBotApi(() => yes, async ({ root, received }) => {
    const replies: string[] = [];
    const asked: string[] = [];
    const options = {
      apiRoot: root,
      canUseWebhookReply: (method: string) => {
        asked.push(method);
        return method === "sendMessage";
      },
    };
    const envelope = {
      send: (payload: string) => {
        replies.push(payload);
      },
    };
    const api = new Api(token, options, envelope);
    await api.sendPhoto(1, new InputFile(new Uint8Array([1])));
    await api.sendChatAction(1, "typing");
    const result: unknown = await api.sendMessage(1, "first");
    await api.sendMessage(1, "second");
    assert.equal(result, true);
    assert.deepEqual(replies.map((text) => JSON.parse(text)), [
      { chat_id: 1, text: "first", method: "sendMessage" },
    ]);
    assert.deepEqual(asked, ["sendChatAction", "sendMessage"]);
    assert.deepEqual(received.map(({ method }) => method), [
      "sendPhoto",
      "sendChatAction",
      "sendMessage",
    ]);
  });
});

test("a wrong token or option is refused when the Api is created, without telling the token", () => {
  const cases: [unknown, unknown, RegExp][] = [
    ["", {}, /the token must be .* given an empty string.*@BotFather/],
    [undefined, {}, /the token must be .* given undefined.*the environment variable/],
    [`${token}/`, {}, /given a text of 32 characters that is not of this form/],
    [`${token}\n`, {}, /white space/],
    [token, { apiRoot: "localhost:8081" }, /apiRoot must be a URL.*given "localhost:8081"/],
    [token, { apiRoot: "" }, /apiRoot must be a URL/],
    [token, { environment: "staging" }, /environment must be "prod" or "test", given "staging"/],
    [token, { timeoutSeconds: 0 }, /timeoutSeconds must be a number above 0/],
    [token, { timeoutSeconds: "5" }, /timeoutSeconds must be a number above 0, given "5"/],
  ];
  for (const [token, options, message] of cases) {
    assert.throws(() => new Api(token as string, options as never), (error) => {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, message);
      assert.ok(!error.message.includes("SECRET"));
      return true;
    });
  }
});

test("a parameter of a kind that cannot be sent is refused before a request is made", async () => {
  await withBotApi(() => yes, async ({ root, received }) => {
    const api = new Api(token, { apiRoot: root });
    const send = api.sendPhoto.bind(api) as AnyMethod;
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    const cases: [Promise<unknown>, RegExp][] = [
      [send(1, new Uint8Array(3)), /parameter photo must be.*Uint8Array.*new InputFile/],
      [send(1, new Blob(["x"])), /parameter photo must be.*new InputFile/],
      [send(1, Promise.resolve("x")), /parameter photo must be.*Promise\. Await it/],
      [send(1, () => "x"), /parameter photo must be.*given a function/],
      [send(NaN, "x"), /parameter chat_id must be.*NaN/],
      [send(1n, "x"), /parameter chat_id must be.*bigint/],
      [send(1, "x", { until_date: new Date() }), /until_date.*Times are in seconds/],
      [send(1, "x", { reply_markup: cyclic }), /cannot be written as JSON/],
      [send(1, "x", "HTML"), /after chat_id, photo, the further ones must be in an object.*"HTML"/],
      [(api.raw.sendPhoto as AnyMethod)("x"), /parameters must be in an object, given "x"/],
    ];
    for (const [call, message] of cases) {
      const error = await rejection(call);
      assert.ok(error instanceof TypeError, String(error));
      assert.match(error.message, message);
      assert.match(error.message, /'sendPhoto'/);
    }
    assert.equal(received.length, 0);
  });
});
