import { test } from "node:test";
import assert from "node:assert/strict";
import { Api, InputFile } from "@tramline/tramline";
import { token, withBotApi, withServer, yes } from "./bot_api.ts";

const bytes = new TextEncoder();

/** What the server received: its parameters, and the name and content of each file. */
async function read(form: FormData): Promise<Record<string, unknown>> {
  const entries = Array.from(form, async ([key, value]) => {
    return [key, typeof value === "string" ? value : [value.name, await value.text()]];
  });
  return Object.fromEntries(await Promise.all(entries));
}

test("a file in the parameters makes the call an upload, with the others beside it", async () => {
  await withBotApi(() => yes, async ({ root, received }) => {
    const api = new Api(token, { apiRoot: root });
    await api.sendDocument(42, new InputFile(bytes.encode("a,b\n"), "t.csv"), {
      caption: "Größe ✓",
      message_effect_id: new URL("https://example.com/effect") as never,
      disable_notification: true,
      parse_mode: undefined,
      message_thread_id: null as never,
      reply_parameters: { message_id: 7 },
      reply_markup: { inline_keyboard: [[{ text: "Yes", callback_data: "yes" }]] },
    });
    assert.equal(received[0]!.method, "sendDocument");
    assert.deepEqual(await read(received[0]!.form!), {
      chat_id: "42",
      document: "attach://file0",
      caption: "Größe ✓",
      message_effect_id: "https://example.com/effect",
      disable_notification: "true",
      reply_parameters: '{"message_id":7}',
      reply_markup: '{"inline_keyboard":[[{"text":"Yes","callback_data":"yes"}]]}',
      file0: ["t.csv", "a,b\n"],
    });
  });
});

test("files deep in the parameters are attached, each once", async () => {
  await withBotApi(() => yes, async ({ root, received }) => {
    const api = new Api(token, { apiRoot: root });
    const thumbnail = new InputFile(bytes.encode("small"));
    await api.sendMediaGroup(1, [
      { type: "video", media: new InputFile(bytes.encode("film")), thumbnail },
      { type: "video", media: "file id", thumbnail },
      { type: "photo", media: new InputFile(bytes.encode("cat")) },
    ]);
    const { media, ...rest } = await read(received[0]!.form!);
    assert.deepEqual(JSON.parse(media as string), [
      { type: "video", media: "attach://file0", thumbnail: "attach://file1" },
      { type: "video", media: "file id", thumbnail: "attach://file1" },
      { type: "photo", media: "attach://file2" },
    ]);
    assert.deepEqual(rest, {
      chat_id: "1",
      file0: ["video.mp4", "film"],
      file1: ["thumbnail.jpg", "small"],
      file2: ["photo.jpg", "cat"],
    });
  });
});

test("a file's name cannot break out of its header, and reaches Telegram in any script", async () => {
  const names = [
    'a".txt',
    'x"\r\nevil: 1\r\n\r\n.txt',
    "отчёт 2026 ✓.pdf",
    "日本.png",
  ];
  await withBotApi(() => yes, async ({ root, received }) => {
    const api = new Api(token, { apiRoot: root });
    for (const name of names) await api.sendDocument(1, new InputFile(bytes.encode(name), name));
    for (const [i, name] of names.entries()) {
      const { file0, ...rest } = await read(received[i]!.form!);
      const [received_name, content] = file0 as [string, string];
      assert.equal(content, name);
      assert.deepEqual(Object.keys(rest), ["chat_id", "document"]);
      // A reader may or may not decode what browsers encode.
      assert.equal(decodeURIComponent(received_name), name);
    }
  });
});

test("the header of a file is written as browsers write it", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  await withServer(async (request) => {
    resolve(await request.text());
    return Response.json(yes);
  }, async (apiRoot) => {
    const file = new InputFile(bytes.encode("x"), 'a"b\r\nc.txt');
    await new Api(token, { apiRoot }).sendDocument(1, file);
    const line = 'form-data; name="file0"; filename="a%22b%0D%0Ac.txt"\r\n';
    assert.ok((await promise).includes(line));
  });
});

test("a file is sent while it is read, not gathered first", async () => {
  const seen = Promise.withResolvers<void>();
  await withServer(async (request) => {
    let size = 0;
    for await (const chunk of request.body!) {
      size += chunk.length;
      // The source below waits for this before it goes on.
      if (size > 100_000) seen.resolve();
    }
    return Response.json({ ok: true, result: size });
  }, async (apiRoot) => {
    async function* source(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 4; i++) yield new Uint8Array(65_536);
      await seen.promise;
      for (let i = 0; i < 4; i++) yield new Uint8Array(65_536);
    }
    const api = new Api(token, { apiRoot, timeoutSeconds: 20 });
    const size: unknown = await api.sendVideo(1, new InputFile(source(), "film.mp4"));
    assert.ok(size as number > 8 * 65_536);
  });
});

test("a source is read no faster than it is sent", async () => {
  const { promise: slow, resolve: goOn } = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  let read = 0;
  await withServer(async (request) => {
    const reader = request.body!.getReader();
    await reader.read();
    started.resolve();
    await slow;
    while (!(await reader.read()).done);
    return Response.json(yes);
  }, async (apiRoot) => {
    const pieces = 2000;
    async function* source(): AsyncGenerator<Uint8Array> {
      for (; read < pieces; read++) yield await Promise.resolve(new Uint8Array(65_536));
    }
    const call = new Api(token, { apiRoot }).sendVideo(1, new InputFile(source()));
    await started.promise;
    // As long as the count still rises, the buffers on the way are being filled.
    for (let before = -1; before !== read;) {
      before = read;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.ok(read < pieces / 2, `${read} pieces were read ahead`);
    goOn();
    await call;
    assert.equal(read, pieces);
  });
});

test("reading a source stops when Telegram answers before its end", async () => {
  const stopped = Promise.withResolvers<void>();
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      while (true) {
        yield new Uint8Array(1000);
        await new Promise((resolve) => setTimeout(resolve));
      }
    } finally {
      stopped.resolve();
    }
  }
  const api = new Api(token, {
    fetch: async (_, init) => {
      const reader = (init!.body as ReadableStream).getReader();
      await reader.read(); // the file's header
      await reader.read(); // the source has begun
      return Response.json(yes);
    },
  });
  await api.sendVideo(1, new InputFile(source()));
  await stopped.promise;
});

test("reading a source stops when the upload is aborted", async () => {
  const stopped = Promise.withResolvers<void>();
  await withServer(async (request) => {
    await request.body!.getReader().read();
    return new Promise(() => {});
  }, async (apiRoot) => {
    const controller = new AbortController();
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (let i = 0;; i++) {
          if (i === 3) controller.abort();
          yield await Promise.resolve(new Uint8Array(1000));
        }
      } finally {
        stopped.resolve();
      }
    }
    const call = new Api(token, { apiRoot }).sendVideo(
      1,
      new InputFile(source()),
      {},
      controller.signal,
    );
    await assert.rejects(call, /was aborted/);
    await stopped.promise;
  });
});
