import { test, type TestContext } from "node:test";
import assert from "node:assert/strict";
import type { SimulatorOptions } from "@tramline/tramline/testing";
import { caller, simulator } from "./calls.ts";

interface Post {
  update: { update_id: number; message?: { text: string } };
  request: Request;
  body: string;
  answer: (response: Response) => void;
}

/** A simulator whose webhook keeps what arrives, and answers when the test says so. */
async function withWebhook(
  t: TestContext,
  settings: Record<string, unknown> = {},
  options: SimulatorOptions = { clock: "manual" },
) {
  const sim = simulator(t, options);
  const posts: Post[] = [];
  const arrivals: (() => void)[] = [];
  const url = sim.serve(async (request) => {
    const body = await request.text();
    const { promise, resolve } = Promise.withResolvers<Response>();
    posts.push({ update: JSON.parse(body), request, body, answer: resolve });
    arrivals.splice(0).forEach((arrive) => arrive());
    return await promise;
  });
  await caller(sim)("setWebhook", { url: `${url}/hook?a=1`, ...settings });
  /** Waits until `count` requests have arrived, and returns the last of them. */
  const arrived = async (count: number): Promise<Post> => {
    while (posts.length < count) await new Promise<void>((resolve) => arrivals.push(resolve));
    return posts[count - 1]!;
  };
  return { sim, posts, arrived };
}

/** A webhook that always answers the same; deliveries are looked at by their reports. */
async function answering(t: TestContext, respond: () => Response, options?: SimulatorOptions) {
  const sim = simulator(t, { clock: "manual", ...options });
  await caller(sim)("setWebhook", { url: sim.serve(respond) });
  return sim;
}

test("an update is posted as JSON with the secret, and byte for byte the same when repeated", async (t) => {
  const { sim, arrived } = await withWebhook(t, { secret_token: "S-1" });
  await sim.user({ first_name: "Alice" }).send("hi");
  const first = await arrived(1);
  assert.equal(first.request.method, "POST");
  assert.equal(new URL(first.request.url).pathname, "/hook");
  assert.equal(new URL(first.request.url).search, "?a=1");
  assert.equal(first.request.headers.get("content-type"), "application/json");
  assert.equal(first.request.headers.get("x-telegram-bot-api-secret-token"), "S-1");
  assert.match(first.body, /^\{"update_id":\d+,\n"message":\{/);
  first.answer(new Response(null, { status: 503 }));
  const second = await arrived(2);
  assert.equal(second.body, first.body);
  second.answer(new Response());
  await sim.idle();
});

test("user info in the URL becomes basic authorisation", async (t) => {
  const sim = simulator(t);
  const seen: (string | null)[] = [];
  sim.serve((request) => {
    seen.push(request.headers.get("authorization"));
    return new Response();
  }, "https://bot.org");
  await caller(sim)("setWebhook", { url: "https://me:pass@bot.org/" });
  await sim.user().send("hi");
  await sim.nextDelivery();
  assert.deepEqual(seen, [`Basic ${btoa("me:pass")}`]);
});

test("retries follow at once, then after 2, 4, 8, 16, 32, 64 s, then after 60 to 120 s", async (t) => {
  const sim = await answering(t, () => new Response(null, { status: 500 }));
  await sim.user().send("hi");
  await sim.clock.advance(600);
  const began = sim.mainBot.deliveries.map((report) => report.began);
  const gaps = began.slice(1).map((time, index) => Math.round(time - began[index]!));
  assert.deepEqual(gaps.slice(0, 7), [0, 2, 4, 8, 16, 32, 64]);
  assert.ok(gaps.length > 9);
  for (const gap of gaps.slice(7)) assert.ok(gap >= 60 && gap <= 120, `${gap}`);
  assert.deepEqual(
    sim.mainBot.deliveries.slice(0, 4).map(({ attempt, retryInSeconds }) => [
      attempt,
      retryInSeconds,
    ]),
    [[1, 0], [2, 2], [3, 4], [4, 8]],
  );
});

test("a failing message is retried for 24 hours, a button press for 150 s", async (t) => {
  const sim = await answering(t, () => new Response(null, { status: 500 }));
  const alice = sim.user();
  await alice.send("hi");
  const reply_markup = { inline_keyboard: [[{ text: "A", callback_data: "a" }]] };
  await caller(sim)("sendMessage", { chat_id: alice.id, text: "?", reply_markup });
  await alice.press("A");
  await sim.clock.advance(151);
  assert.equal(sim.mainBot.pendingUpdates, 1);
  await sim.clock.advance(23.5 * 3600);
  assert.equal(sim.mainBot.pendingUpdates, 1);
  await sim.clock.advance(3600);
  assert.equal(sim.mainBot.pendingUpdates, 0);
});

test("Retry-After replaces the wait, at most 3600 s, and only as an integer", async (t) => {
  for (const [header, wait] of [["30", 30], ["5000", 3600], ["soon", 0], ["1.5", 0]] as const) {
    const sim = await answering(
      t,
      () => new Response(null, { status: 503, headers: { "retry-after": header } }),
    );
    await sim.user().send("hi");
    assert.equal((await sim.nextDelivery()).retryInSeconds, wait);
  }
});

test("a Retry-After past the end of an update's life drops it", async (t) => {
  const sim = await answering(
    t,
    () => new Response(null, { status: 429, headers: { "retry-after": "300" } }),
  );
  const press = sim.deliver({
    callback_query: {
      id: "1",
      from: { id: 5, is_bot: false, first_name: "A" },
      chat_instance: "1",
      data: "x",
    },
  });
  assert.equal((await sim.nextDelivery()).update_id, press);
  assert.equal(sim.mainBot.deliveries.length, 1);
  assert.equal(sim.mainBot.pendingUpdates, 0);
});

test("any 2xx confirms; 3xx is a failure, and is not followed", async (t) => {
  const statuses = [204, 302, 404];
  const sim = await answering(
    t,
    () =>
      new Response(null, { status: statuses.shift() ?? 200, headers: { location: "/elsewhere" } }),
  );
  const alice = sim.user();
  await alice.send("1");
  assert.equal((await sim.nextDelivery()).confirmed, true);
  await alice.send("2");
  assert.equal((await sim.nextDelivery()).error, "Wrong response from the webhook: 302 Found");
  assert.equal((await sim.nextDelivery()).error, "Wrong response from the webhook: 404 Not Found");
});

test("the last error stays in getWebhookInfo after a success", async (t) => {
  const statuses = [502];
  const sim = await answering(t, () => new Response(null, { status: statuses.shift() ?? 200 }));
  await sim.user().send("hi");
  await sim.clock.advance(0);
  await sim.idle();
  const { result } = await caller(sim)("getWebhookInfo");
  assert.equal(result.last_error_message, "Wrong response from the webhook: 502 Bad Gateway");
  assert.equal(result.last_error_date, sim.clock.date());
  assert.equal(result.pending_update_count, 0);
});

test("an endpoint that is silent for 60 s has failed", async (t) => {
  const { sim, arrived } = await withWebhook(t);
  await sim.user().send("hi");
  await arrived(1);
  await sim.clock.advance(61, { settleSeconds: 0 });
  const report = await sim.nextDelivery();
  assert.deepEqual([report.status, report.error], [undefined, "Read timeout expired"]);
  await arrived(2);
});

test("an endpoint that only says 410 for 23 hours loses its webhook", async (t) => {
  const sim = await answering(t, () => new Response(null, { status: 410 }));
  const alice = sim.user();
  await alice.send("hi");
  await sim.clock.advance(22.9 * 3600);
  const call = caller(sim);
  assert.notEqual((await call("getWebhookInfo")).result.url, "");
  await sim.clock.advance(0.2 * 3600);
  assert.equal((await call("getWebhookInfo")).result.url, "");
  assert.equal(sim.mainBot.pendingUpdates, 1);
});

test("the messages of a chat wait for each other; its button presses do not wait for them", async (t) => {
  const { sim, posts, arrived } = await withWebhook(t);
  const alice = sim.user();
  await alice.send("1");
  await alice.send("2");
  const reply_markup = { inline_keyboard: [[{ text: "A", callback_data: "a" }]] };
  await caller(sim)("sendMessage", { chat_id: alice.id, text: "?", reply_markup });
  await alice.press("A");
  await arrived(2);
  await sim.clock.advance(0, { settleSeconds: 0 });
  const kinds = posts.map(({ update }) => update.message?.text ?? "press");
  assert.deepEqual(kinds, ["1", "press"]);
  posts[0]!.answer(new Response());
  assert.equal((await arrived(3)).update.message?.text, "2");
});

test("the head of a lane blocks its followers while it is retried, but no other lane", async (t) => {
  const { sim, posts, arrived } = await withWebhook(t);
  const [alice, bob] = [sim.user(), sim.user()];
  await alice.send("a1");
  await alice.send("a2");
  await bob.send("b1");
  (await arrived(1)).answer(new Response(null, { status: 500 }));
  (await arrived(2)).answer(new Response());
  await bob.send("b2");
  for (let n = 3; n <= 4; n++) {
    const post = await arrived(n);
    post.answer(new Response(null, { status: post.update.message?.text === "b2" ? 200 : 500 }));
  }
  await sim.clock.advance(1.9);
  assert.deepEqual(
    posts.map(({ update }) => update.message?.text).sort(),
    ["a1", "a1", "b1", "b2"],
  );
  await sim.clock.advance(0.1, { settleSeconds: 0 });
  (await arrived(5)).answer(new Response());
  assert.equal((await arrived(6)).update.message?.text, "a2");
});

test("no more requests than max_connections are under way", async (t) => {
  const { sim, posts, arrived } = await withWebhook(t, { max_connections: 2 });
  for (let n = 0; n < 5; n++) await sim.user().send(`${n}`);
  await arrived(2);
  await sim.clock.advance(0, { settleSeconds: 0 });
  assert.equal(posts.length, 2);
  posts[0]!.answer(new Response());
  await arrived(3);
});

test("twice as many stuck lanes as connections stall every other lane", async (t) => {
  const sim = simulator(t, { clock: "manual" });
  const seen: string[] = [];
  const url = sim.serve(async (request) => {
    const { message: { text } } = await request.json();
    seen.push(text);
    return new Response(null, { status: text === "stuck" ? 500 : 200 });
  });
  await caller(sim)("setWebhook", { url, max_connections: 2 });
  for (let n = 0; n < 4; n++) await sim.user().send("stuck");
  await sim.user().send("fine");
  await sim.clock.advance(60);
  assert.ok(!seen.includes("fine"));
  // Just before their lives end the stuck updates are dropped, and what waits behind them is read.
  await sim.clock.advance(24 * 3600);
  assert.ok(seen.includes("fine"));
});

test("connections can be opened as slowly as Telegram opens them", async (t) => {
  const { sim, posts, arrived } = await withWebhook(t, {}, {
    clock: "manual",
    paceConnections: true,
  });
  for (let n = 0; n < 20; n++) await sim.user().send(`${n}`);
  await arrived(1);
  await sim.clock.advance(1.9, { settleSeconds: 0 });
  assert.equal(posts.length, 1);
  await sim.clock.advance(0.1, { settleSeconds: 0 });
  assert.equal(posts.length, 2);
  // One success, and the endpoint counts as healthy: its connection is used again, and 9 are new.
  posts[0]!.answer(new Response());
  await arrived(3);
  await sim.clock.advance(0, { settleSeconds: 0 });
  assert.ok(posts.length > 9, `${posts.length}`);
});

test("another setWebhook sends what was under way again", async (t) => {
  const { sim, posts, arrived } = await withWebhook(t);
  await sim.user().send("hi");
  await arrived(1);
  await sim.clock.advance(1, { settleSeconds: 0 });
  const seen: number[] = [];
  const url = sim.serve(async (request) => {
    seen.push((await request.json()).update_id);
    return new Response();
  });
  await caller(sim)("setWebhook", { url });
  await sim.until(() => sim.mainBot.pendingUpdates === 0);
  assert.deepEqual(seen, [posts[0]!.update.update_id]);
});

test("after deleteWebhook, what waits can be polled", async (t) => {
  const { sim, arrived } = await withWebhook(t);
  const call = caller(sim);
  await sim.user().send("hi");
  await arrived(1);
  await call("deleteWebhook");
  assert.equal((await call("getUpdates")).result[0].message.text, "hi");
});

test("a call in the answer is carried out, and nobody learns its result", async (t) => {
  const sim = simulator(t);
  const alice = sim.user();
  const url = sim.serve(() =>
    Response.json({ method: "sendMessage", chat_id: alice.id, text: "by reply" })
  );
  await caller(sim)("setWebhook", { url });
  await alice.send("hi");
  assert.equal((await alice.nextReply()).text, "by reply");
  assert.equal(sim.calls.at(-1)?.via, "webhook reply");
});

test("calls that would change how updates come are refused in an answer", async (t) => {
  const sim = simulator(t);
  const methods = ["deleteWebhook", "getMe", "logOut", "close", "setWebhook"];
  const url = sim.serve(() => Response.json({ method: methods.shift() }));
  await caller(sim)("setWebhook", { url });
  const alice = sim.user();
  for (let n = 0; n < 5; n++) await alice.send("hi");
  await sim.idle();
  assert.deepEqual(sim.calls.map(({ method }) => method), ["setWebhook"]);
});

test("a real server is reached by http from a local simulator", async (t) => {
  const { createServer } = await import("node:http");
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    seen.push(JSON.parse(body).message.text);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const sim = simulator(t, { local: true });
  await caller(sim)("setWebhook", { url: `http://127.0.0.1:${port}/` });
  await sim.user().send("over the network");
  assert.equal((await sim.nextDelivery()).confirmed, true);
  assert.deepEqual(seen, ["over the network"]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test("an endpoint where nobody listens refuses the connection", async (t) => {
  const sim = simulator(t, { local: true });
  const { url, close } = await sim.listen();
  await close();
  await caller(sim)("setWebhook", { url });
  await sim.user().send("hi");
  assert.equal((await sim.nextDelivery()).error, "Connection refused");
});
