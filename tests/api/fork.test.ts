import { test } from "node:test";
import assert from "node:assert/strict";
import { Api, HttpError, type Transformer } from "@tramline/tramline";
import { rejection, token, withBotApi, yes } from "./bot_api.ts";

/** A transformer that appends its name to the text of messages. */
function sign(name: string): Transformer {
  return (prev, method, payload, signal) => {
    const { text = "" } = payload as { text?: string };
    return prev(method, { ...payload, text: `${text}${name}` }, signal);
  };
}

test("a fork's transformers see its own calls only, and before those of the bot", async () => {
  await withBotApi(() => yes, async ({ root, received }) => {
    const api = new Api(token, { apiRoot: root });
    api.config.use(sign("B"));
    const fork = api.fork();
    fork.config.use(sign("f"), sign("F"));
    await fork.sendMessage(1, "");
    await api.sendMessage(1, "");
    await api.fork().raw.sendMessage({ chat_id: 1, text: "" });
    assert.deepEqual(received.map(({ parameters }) => parameters.text), ["FfB", "B", "B"]);
    assert.equal(fork.config.installedTransformers().length, 3);
    assert.equal(api.config.installedTransformers().length, 1);
  });
});

test("a fork keeps to the transformers that were there when it was made", async () => {
  await withBotApi(() => yes, async ({ root, received }) => {
    const api = new Api(token, { apiRoot: root });
    const fork = api.fork();
    api.config.use(sign("B"));
    await fork.sendMessage(1, "1");
    await api.sendMessage(1, "2");
    assert.deepEqual(received.map(({ parameters }) => parameters.text), ["1", "2B"]);
  });
});

test("what a fork runs before each request can refuse it, and its error arrives as it is", async () => {
  await withBotApi(() => yes, async ({ root, received }) => {
    const api = new Api(token, { apiRoot: root });
    // Calls prev twice, as a retry does.
    api.config.use(async (prev, method, payload, signal) => {
      await prev(method, payload, signal);
      return await prev(method, payload, signal);
    });
    const lost = new Error("the lease is lost");
    let left = 3;
    const fork = api.fork({
      beforeCall: () => {
        if (left-- === 0) throw lost;
      },
    });
    await fork.sendMessage(1, "1");
    assert.equal(await rejection(fork.sendMessage(1, "2")), lost);
    assert.equal(received.length, 3);
    await api.sendMessage(1, "3");
    assert.equal(received.length, 5);
  });
});

test("a request waits for what its fork runs before it", async () => {
  const events: string[] = [];
  const api = new Api(token, {
    fetch: () => {
      events.push("request");
      return Promise.resolve(Response.json(yes));
    },
  });
  const fork = api.fork({
    beforeCall: async () => {
      await new Promise((resolve) => setTimeout(resolve));
      events.push("check");
    },
  });
  await fork.getMe();
  assert.deepEqual(events, ["check", "request"]);
});

test("a fork's signal aborts its calls, beside the signal of each call", async () => {
  await withBotApi(() => new Promise(() => {}), async ({ root }) => {
    const api = new Api(token, { apiRoot: root });
    const all = new AbortController();
    const one = new AbortController();
    const fork = api.fork({ signal: all.signal });
    const first = rejection(fork.getMe(one.signal));
    const second = rejection(fork.getMe());
    one.abort(new Error("this one"));
    assert.equal((await first).cause, one.signal.reason);
    all.abort(new Error("all"));
    const error = await second;
    assert.ok(error instanceof HttpError);
    assert.equal(error.error, all.signal.reason);
    assert.equal((await rejection(fork.getMe())).cause, all.signal.reason);
  });
});

test("each fork can answer its own webhook request", async () => {
  const replies: string[] = [];
  const api = new Api(token, { canUseWebhookReply: () => true });
  for (const text of ["a", "b"]) {
    const fork = api.fork({
      envelope: {
        send: (payload) => {
          replies.push(JSON.parse(payload).text);
        },
      },
    });
    await fork.sendMessage(1, text);
  }
  assert.deepEqual(replies, ["a", "b"]);
});
