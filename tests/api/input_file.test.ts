import { test } from "node:test";
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Api, type FileSource, HttpError, InputFile } from "@tramline/tramline";
import { rejection, token, withBotApi, withServer, yes } from "./bot_api.ts";

const text = "meow".repeat(50_000);
const content = new TextEncoder().encode(text);

async function withFile(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tramline-"));
  try {
    const path = join(folder, "big cat.txt");
    await writeFile(path, content);
    await use(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Sends the files and returns the names and texts that arrived. */
async function send(...files: InputFile[]): Promise<[name: string, text: string][]> {
  const arrived: [string, string][] = [];
  await withBotApi(async ({ form }) => {
    const file = form!.get("file0") as File;
    arrived.push([file.name, await file.text()]);
    return yes;
  }, async ({ root }) => {
    const api = new Api(token, { apiRoot: root });
    for (const file of files) await api.sendDocument(1, file);
  });
  return arrived;
}

function* pieces(): Generator<Uint8Array> {
  for (let at = 0; at < content.length; at += 60_000) yield content.subarray(at, at + 60_000);
}

async function* asyncPieces(): AsyncGenerator<Uint8Array> {
  yield* pieces();
}

function stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob([content]).stream();
}

test("a local file is sent under its own name, by path or by URL", async () => {
  await withFile(async (path) => {
    const url = pathToFileURL(path);
    const files = [new InputFile(path), new InputFile(url), new InputFile({ url: url.href })];
    for (const arrived of await send(...files)) assert.deepEqual(arrived, ["big cat.txt", text]);
    assert.deepEqual(await send(new InputFile(path, "x.md")), [["x.md", text]]);
  });
});

test("a file is sent from bytes, blobs, streams, iterables and suppliers of them", async () => {
  await withFile(async (path) => {
    const sources: [FileSource | (() => FileSource | Promise<FileSource>), string][] = [
      [content, "document.dat"],
      [content.buffer, "document.dat"],
      [new Blob([content]), "document.dat"],
      [new File([content], "cat.md"), "cat.md"],
      [new Response(content), "document.dat"],
      [stream(), "document.dat"],
      [[...pieces()], "document.dat"],
      [pieces(), "document.dat"],
      [asyncPieces(), "document.dat"],
      [createReadStream(path), "big cat.txt"],
      [() => path, "document.dat"],
      [() => Promise.resolve(stream()), "document.dat"],
    ];
    for (const [source, name] of sources) {
      assert.deepEqual(await send(new InputFile(source)), [[name, text]]);
    }
  });
});

test("a file is fetched from a URL and named after it", async () => {
  await withServer(() => new Response(content), async (root) => {
    const address = `${root}/photos/big%20cat.txt?signature=x`;
    const files = [
      new InputFile(new URL(address)),
      new InputFile({ url: address }),
      new InputFile(await fetch(address)),
    ];
    const named: [string, string] = ["big cat.txt", text];
    assert.deepEqual(await send(...files), [named, named, named]);
  });
});

test("bytes, blobs, paths, URLs and suppliers can be sent again", async () => {
  await withFile(async (path) => {
    for (const source of [content, new Blob([content]), path, pathToFileURL(path), stream]) {
      const file = new InputFile(source);
      const texts = (await send(file, file)).map(([, text]) => text);
      assert.deepEqual(texts, [text, text]);
    }
  });
});

test("a source that can be read once is not sent again, and the error says what to do", async () => {
  for (const source of [stream(), pieces(), asyncPieces(), new Response(content)]) {
    const file = new InputFile(source, "cat.txt");
    await send(file);
    const error = await rejection(send(file));
    assert.match(error.message, /Cannot send the file "cat.txt" again.*a function that returns/);
    assert.ok(!(error instanceof HttpError));
  }
});

test("a stream that someone else has read cannot be sent", async () => {
  const read = stream();
  read.getReader();
  assert.match((await rejection(send(new InputFile(read)))).message, /it is being read/);
  const response = new Response(content);
  await response.text();
  assert.match((await rejection(send(new InputFile(response)))).message, /already read/);
});

test("a file that is not there is named, before a request is made", async () => {
  await withBotApi(() => yes, async ({ root, received }) => {
    const api = new Api(token, { apiRoot: root });
    const cases: [FileSource | (() => FileSource), RegExp][] = [
      ["no/such/cat.jpg", /Cannot read the file "no\/such\/cat.jpg": there is no such file/],
      [new URL("file:///no/such/cat.jpg"), /"file:\/\/\/no\/such\/cat.jpg": there is no such/],
      [() => "no/such/dog.jpg", /"no\/such\/dog.jpg": there is no such file/],
      [tmpdir(), /it is not a file/],
    ];
    for (const [source, message] of cases) {
      const photo = new InputFile(source);
      const error = await rejection(api.sendMediaGroup(1, [{ type: "photo", media: photo }]));
      assert.match(error.message, message);
      assert.ok(!(error instanceof HttpError), "the network is not to blame");
    }
    // Not either when a transformer passes it on.
    api.config.use((prev, ...call) => prev(...call));
    const error = await rejection(api.sendPhoto(1, new InputFile("no/such/cat.jpg")));
    assert.match(error.message, /there is no such file/);
    assert.ok(!(error instanceof HttpError));
    assert.equal(received.length, 0);
  });
});

test("a URL that cannot be fetched is named without its query, before a request is made", async () => {
  const server = (request: Request) =>
    new Response(null, { status: request.url.includes("gone") ? 404 : 500 });
  await withServer(server, async (root) => {
    const error = await rejection(send(new InputFile(new URL(`${root}/gone.jpg?key=hidden`))));
    assert.match(error.message, /Cannot fetch the file ".*\/gone.jpg" to upload it.*404/);
    assert.ok(!error.message.includes("hidden"));
    assert.ok(!(error instanceof HttpError));
  });
  const error = await rejection(send(new InputFile(new URL("http://files.invalid/cat.jpg"))));
  assert.match(error.message, /Cannot fetch the file "http:\/\/files.invalid\/cat.jpg"/);
});

test("a source that fails half-way is reported by its own error", async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield content;
    await Promise.resolve();
    throw new RangeError("the disk is gone");
  }
  function* wrong(): Generator<Uint8Array> {
    yield "text" as unknown as Uint8Array;
  }
  const error = await rejection(send(new InputFile(failing())));
  assert.ok(error instanceof RangeError, String(error));
  assert.match(
    (await rejection(send(new InputFile(wrong())))).message,
    /must be a Uint8Array, given "text"/,
  );
});

test("a source of the wrong kind is refused at once", async () => {
  const cases: [unknown, RegExp][] = [
    [
      "https://example.com/cat.jpg",
      /text "https:\/\/…": a text must be the path of a local file. Pass new URL/,
    ],
    ["", /given ""/],
    [undefined, /must be a path, a URL.*given undefined/],
    [42, /given the number 42/],
    [{ file: "cat.jpg" }, /given an object with the keys file/],
    [{ url: "cat.jpg" }, /given an object with the keys url/],
  ];
  for (const [source, message] of cases) {
    assert.throws(() => new InputFile(source as string), (error) => {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, message);
      return true;
    });
    const supplied = new InputFile((() => source) as () => string);
    assert.match((await rejection(send(supplied))).message, message);
  }
});

test("a file cannot be written as JSON", () => {
  assert.throws(() => JSON.stringify({ file: new InputFile(content) }), {
    name: "TypeError",
    message: /Cannot write an InputFile as JSON/,
  });
});

test("the content of a file is not printed with it", () => {
  assert.ok(!String(JSON.stringify({ ...new InputFile(content, "cat.txt") })).includes("109"));
});

test("an upload is cut in time even if a supplier never settles", async () => {
  const api = new Api(token, { timeoutSeconds: 0.02 });
  const file = new InputFile(() => new Promise<string>(() => {}));
  assert.match((await rejection(api.sendPhoto(1, file))).message, /No answer came within 0.02 s/);
});
