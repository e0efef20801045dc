import { test, type TestContext } from "node:test";
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { caller, simulator } from "./calls.ts";

/** A simulator with a user who has started the bot, and a way to post any body to sendMessage. */
async function setUp(t: TestContext) {
  const sim = simulator(t);
  const alice = sim.user();
  await alice.send("/start");
  const post = async (body: BodyInit, type?: string, query = "", headers = {}) => {
    const response = await sim.fetch(
      `${sim.client.apiRoot}/bot${sim.token}/sendMessage${query}`,
      { method: "POST", body, headers: { ...(type && { "content-type": type }), ...headers } },
    );
    return { status: response.status, ...await response.json().catch(() => ({})) };
  };
  return { sim, alice, post };
}

test("parameters come by query, form, JSON and multipart", async (t) => {
  const { sim, alice, post } = await setUp(t);
  const id = String(alice.id);
  const form = new FormData();
  form.set("chat_id", id);
  form.set("text", "multipart");
  const get = await sim.fetch(
    `${sim.client.apiRoot}/bot${sim.token}/sendMessage?chat_id=${id}&text=query`,
  );
  assert.equal((await get.json()).result.text, "query");
  const urlencoded = "application/x-www-form-urlencoded; charset=utf-8";
  assert.equal((await post(`chat_id=${id}&text=a+b%21`, urlencoded)).result.text, "a b!");
  assert.equal(
    (await post(JSON.stringify({ chat_id: id, text: "JSON" }), "application/json"))
      .result.text,
    "JSON",
  );
  assert.equal((await post(form)).result.text, "multipart");
});

test("the first of two values counts, and the query comes before the body", async (t) => {
  const { alice, post } = await setUp(t);
  const query = `?chat_id=${alice.id}&text=first`;
  const { result } = await post('{"text":"second"}', "application/json", query);
  assert.equal(result.text, "first");
});

test("structured values are JSON, native or as text", async (t) => {
  const { alice, post } = await setUp(t);
  const reply_markup = { inline_keyboard: [[{ text: "A", callback_data: "a" }]] };
  for (const markup of [reply_markup, JSON.stringify(reply_markup)]) {
    const body = JSON.stringify({ chat_id: alice.id, text: "x", reply_markup: markup });
    const { result } = await post(body, "application/json");
    assert.deepEqual(result.reply_markup, reply_markup);
  }
});

test("a JSON null is the word null, and no object", async (t) => {
  const { alice, post } = await setUp(t);
  const json = "application/json";
  const text = JSON.stringify({ chat_id: alice.id, text: null });
  assert.equal((await post(text, json)).result.text, "null");
  const markup = JSON.stringify({ chat_id: alice.id, text: "x", reply_markup: null });
  assert.equal(
    (await post(markup, json)).description,
    "Bad Request: object expected as reply markup",
  );
});

test("what cannot be parsed is not reported: the parameters before it stay in effect", async (t) => {
  const { alice, post } = await setUp(t);
  const json = "application/json";
  const early = `{"chat_id":${alice.id},"text":"cut o`;
  assert.equal((await post(early, json)).description, "Bad Request: message text is empty");
  const late = `{"chat_id":${alice.id},"text":"whole","reply_markup":{"inline_`;
  assert.equal((await post(late, json)).result.text, "whole");
  assert.equal((await post("[1,2]", json)).description, "Bad Request: message text is empty");
});

test("a multipart body that breaks off gets 400 without a body", async (t) => {
  const { post } = await setUp(t);
  const body = '--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhello';
  const answer = await post(body, "multipart/form-data; boundary=x");
  assert.deepEqual(answer, { status: 400 });
});

test("names in a multipart body may be escaped either way", async (t) => {
  const { sim, alice } = await setUp(t);
  for (const [escaped, name] of [["a%22b.txt", 'a"b.txt'], ['a\\"b.txt', 'a"b.txt']]) {
    const body = '--x\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n' +
      `${alice.id}\r\n--x\r\n` +
      `Content-Disposition: form-data; name="document"; filename="${escaped}"\r\n` +
      "Content-Type: text/plain\r\n\r\nhello\r\n--x--\r\n";
    const response = await sim.fetch(`${sim.client.apiRoot}/bot${sim.token}/sendDocument`, {
      method: "POST",
      headers: { "content-type": "multipart/form-data; boundary=x" },
      body,
    });
    const { result } = await response.json();
    assert.equal(result.document.file_name, name);
    assert.equal(result.document.mime_type, "text/plain");
    assert.equal(result.document.file_size, 5);
  }
});

test("a body of another type is a file, so that only the query has parameters", async (t) => {
  const { alice, post } = await setUp(t);
  const { description } = await post("text=hello", "text/plain", `?chat_id=${alice.id}`);
  assert.equal(description, "Bad Request: message text is empty");
});

test("a body may be compressed", async (t) => {
  const { alice, post } = await setUp(t);
  const body = new Uint8Array(gzipSync(JSON.stringify({ chat_id: alice.id, text: "small" })));
  const { result } = await post(body, "application/json", "", { "content-encoding": "gzip" });
  assert.equal(result.text, "small");
});

test("a body may be a stream", async (t) => {
  const { sim, alice } = await setUp(t);
  const bytes = new TextEncoder().encode(JSON.stringify({ chat_id: alice.id, text: "streamed" }));
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.slice(0, 10));
      controller.enqueue(bytes.slice(10));
      controller.close();
    },
  });
  const response = await sim.fetch(`${sim.client.apiRoot}/bot${sim.token}/sendMessage`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    duplex: "half",
  } as RequestInit);
  assert.equal((await response.json()).result.text, "streamed");
});

test("booleans and integers are read leniently", async (t) => {
  const sim = simulator(t);
  const alice = sim.user();
  await alice.send("1");
  await alice.send("2");
  const call = caller(sim);
  assert.equal((await call("getUpdates", { limit: "1x" })).result.length, 1);
  await sim.clock.advance(1);
  assert.equal((await call("getUpdates", { limit: "0" })).result.length, 1);
  for (const yes of ["YES", " true ", 1, true]) {
    const { result } = await call("sendMessage", {
      chat_id: alice.id,
      text: "x",
      protect_content: yes,
    });
    assert.equal(result.has_protected_content, true);
  }
  const { result } = await call("sendMessage", {
    chat_id: alice.id,
    text: "x",
    protect_content: "on",
  });
  assert.equal(result.has_protected_content, undefined);
});
