import { test, type TestContext } from "node:test";
import assert from "node:assert/strict";
import type { SimulatorOptions } from "@tramline/tramline/testing";
import { caller, simulator } from "./calls.ts";

const bytes = new TextEncoder().encode("the content of a file");

async function setUp(t: TestContext, options?: SimulatorOptions) {
  const sim = simulator(t, options);
  const alice = sim.user();
  await alice.send("/start");
  const call = caller(sim);
  const upload = async (
    method: string,
    fields: Record<string, string>,
    files: Record<string, [Uint8Array<ArrayBuffer>, string]> = {},
  ) => {
    const form = new FormData();
    form.set("chat_id", String(alice.id));
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    for (const [name, [content, fileName]] of Object.entries(files)) {
      form.set(name, new Blob([content]), fileName);
    }
    const url = `${sim.client.apiRoot}/bot${sim.token}/${method}`;
    return await (await sim.fetch(url, { method: "POST", body: form })).json();
  };
  const download = async (file_id: string) => {
    const { result } = await call("getFile", { file_id });
    const response = await sim.fetch(
      `${sim.client.apiRoot}/file/bot${sim.token}/${result.file_path}`,
    );
    return new TextDecoder().decode(await response.arrayBuffer());
  };
  return { sim, alice, call, upload, download };
}

const kinds: [method: string, kind: string][] = [
  ["sendPhoto", "photo"],
  ["sendDocument", "document"],
  ["sendAudio", "audio"],
  ["sendVoice", "voice"],
  ["sendVideo", "video"],
  ["sendAnimation", "animation"],
  ["sendVideoNote", "video_note"],
  ["sendSticker", "sticker"],
];

for (const [method, kind] of kinds) {
  test(`${method} keeps the upload, and the file can be downloaded and sent again`, async (t) => {
    const { alice, call, upload, download } = await setUp(t);
    const { result } = await upload(method, {}, { [kind]: [bytes, "a.bin"] });
    const shown = result[kind];
    const file = Array.isArray(shown) ? shown.at(-1) : shown;
    assert.equal(file.file_size, bytes.length);
    assert.equal(await download(file.file_id), "the content of a file");
    const again = await call(method, { chat_id: alice.id, [kind]: file.file_id });
    assert.deepEqual(again.result[kind], shown);
  });
}

test("a file can be attached under another name", async (t) => {
  const { upload, download } = await setUp(t);
  const { result } = await upload("sendDocument", { document: "attach://it" }, {
    it: [bytes, "report.pdf"],
  });
  assert.equal(result.document.file_name, "report.pdf");
  assert.equal(result.document.mime_type, "application/pdf");
  assert.equal(await download(result.document.file_id), "the content of a file");
});

test("what is no file is refused", async (t) => {
  const { alice, call, upload } = await setUp(t);
  const photo = async (photo?: string) =>
    (await call("sendPhoto", { chat_id: alice.id, photo })).description;
  assert.equal(await photo(), "Bad Request: there is no photo in the request");
  assert.equal(await photo("attach://it"), "Bad Request: there is no photo in the request");
  assert.match(
    (await photo("A".repeat(30)))!,
    /^Bad Request: wrong remote file identifier specified/,
  );
  assert.equal(await photo("x y"), "Bad Request: wrong file identifier/HTTP URL specified");
  assert.equal(await photo("http://"), "Bad Request: wrong HTTP URL specified");
  const empty = await upload("sendDocument", {}, { document: [new Uint8Array(), "empty"] });
  assert.equal(empty.description, "Bad Request: file must be non-empty");
  const { result } = await upload("sendDocument", {}, { document: [bytes, "a.txt"] });
  assert.equal(
    await photo(result.document.file_id),
    "Bad Request: can't use file of type Document as Photo",
  );
});

test("what is too big is refused", async (t) => {
  const { upload } = await setUp(t);
  const photo = await upload("sendPhoto", {}, {
    photo: [new Uint8Array(10 * 2 ** 20 + 1), "a.jpg"],
  });
  assert.equal(
    photo.description,
    "Bad Request: file of size 10485761 bytes is too big for a photo; " +
      "the maximum size is 10485760 bytes",
  );
  const { error_code, description } = await upload("sendDocument", {}, {
    document: [new Uint8Array(50 * 2 ** 20 + 1), "a.bin"],
  });
  assert.deepEqual([error_code, description], [413, "Request Entity Too Large"]);
});

test("files over 20 MiB cannot be downloaded, unless the server is local", async (t) => {
  for (const local of [false, true]) {
    const { call, upload } = await setUp(t, { local });
    const { result } = await upload("sendDocument", {}, {
      document: [new Uint8Array(20 * 2 ** 20 + 1), "a.bin"],
    });
    const answer = await call("getFile", { file_id: result.document.file_id });
    if (local) assert.match(answer.result.file_path, /^\//);
    else assert.equal(answer.description, "Bad Request: file is too big");
  }
});

test("getFile wants the id of a file", async (t) => {
  const { call } = await setUp(t);
  assert.equal((await call("getFile")).description, "Bad Request: file_id not specified");
  assert.equal(
    (await call("getFile", { file_id: "x" })).description,
    "Bad Request: invalid file_id",
  );
});

test("a file on a server in this process is fetched by its URL", async (t) => {
  const { sim, alice, call, download } = await setUp(t);
  const origin = sim.serve((request) =>
    new URL(request.url).pathname === "/a.txt"
      ? new Response("from the web")
      : new Response("<html>", { headers: { "content-type": "text/html" } })
  );
  const send = (url: string) => call("sendDocument", { chat_id: alice.id, document: url });
  const { result } = await send(`${origin}/a.txt`);
  assert.equal(result.document.file_name, "a.txt");
  assert.equal(await download(result.document.file_id), "from the web");
  assert.equal(
    (await send(`${origin}/page`)).description,
    "Bad Request: wrong type of the web page content",
  );
  assert.equal((await send("https://example.com/b.txt")).result.document.file_name, "b.txt");
});

test("captions are formatted, and at most 1024 characters", async (t) => {
  const { upload } = await setUp(t);
  const { result } = await upload("sendPhoto", { caption: "<b>x</b>", parse_mode: "HTML" }, {
    photo: [bytes, "a.jpg"],
  });
  assert.equal(result.caption, "x");
  assert.deepEqual(result.caption_entities, [{ type: "bold", offset: 0, length: 1 }]);
  const long = await upload("sendPhoto", { caption: "x".repeat(1025) }, {
    photo: [bytes, "a.jpg"],
  });
  assert.equal(long.description, "Bad Request: message caption is too long");
});

test("an album is several messages of one group", async (t) => {
  const { sim, alice, call, upload } = await setUp(t);
  const media = [
    { type: "photo", media: "attach://one", caption: "first" },
    { type: "video", media: "attach://two" },
  ];
  const { result } = await upload("sendMediaGroup", { media: JSON.stringify(media) }, {
    one: [bytes, "1.jpg"],
    two: [bytes, "2.mp4"],
  });
  assert.equal(result.length, 2);
  assert.equal(result[0].caption, "first");
  assert.ok(result[1].video);
  assert.equal(result[0].media_group_id, result[1].media_group_id);
  assert.equal((await alice.nextReply()).message_id, result[0].message_id);
  assert.equal((await alice.nextReply()).message_id, result[1].message_id);

  const said = async (media: unknown) =>
    (await call("sendMediaGroup", { chat_id: alice.id, media })).description;
  assert.equal(await said([]), "Bad Request: there are no messages to send");
  assert.equal(
    await said(Array(11).fill(media[0])),
    "Bad Request: too many messages to send as an album",
  );
  assert.equal(await said("{"), "Bad Request: can't parse media JSON object");
  const broken = sim.serve(() => new Response(null, { status: 404 }));
  assert.equal(
    await said([{ type: "photo", media: `${broken}/a.jpg` }]),
    'Bad Request: failed to send message #1 with the error message "failed to get HTTP URL content"',
  );
});

test("a photo of a user has several sizes, and the bot can download the biggest", async (t) => {
  const { alice, call, download } = await setUp(t);
  await alice.sendPhoto(bytes, { caption: "look #here", name: "cat.png" });
  const { result } = await call("getUpdates", { offset: -1 });
  const { photo, caption, caption_entities } = result[0].message;
  assert.equal(caption, "look #here");
  assert.equal(caption_entities[0].type, "hashtag");
  assert.ok(photo.length > 1);
  assert.ok(photo[0].width < photo.at(-1).width);
  assert.equal(await download(photo.at(-1).file_id), "the content of a file");
});

test("a file path that is not there is not found", async (t) => {
  const { sim } = await setUp(t);
  const response = await sim.fetch(`${sim.client.apiRoot}/file/bot${sim.token}/photos/x.jpg`);
  assert.equal(response.status, 404);
  await response.body?.cancel();
});
