import { test, type TestContext } from "node:test";
import assert from "node:assert/strict";
import { caller, simulator } from "./calls.ts";

async function format(t: TestContext, parse_mode: string, text: string) {
  const sim = simulator(t);
  const alice = sim.user({ first_name: "Alice" });
  await alice.send("/start");
  const payload = { chat_id: alice.id, text, parse_mode };
  const { result, description } = await caller(sim)("sendMessage", payload);
  return description ?? { text: result.text, entities: result.entities ?? [] };
}

type Marked = [type: string, offset: number, length: number, extra?: Record<string, unknown>];

const formatted: [mode: string, source: string, text: string, ...Marked[]][] = [
  ["HTML", "<b>bold</b> <i>it</i>", "bold it", ["bold", 0, 4], ["italic", 5, 2]],
  ["HTML", "<b>a<i>b</i>c</b>", "abc", ["bold", 0, 3], ["italic", 1, 1]],
  ["HTML", "1 &lt; 2 &amp;&#33; &nbsp;", "1 < 2 &! &nbsp;"],
  ["HTML", "<tg-spoiler>x</tg-spoiler>", "x", ["spoiler", 0, 1]],
  ["HTML", '<span class="tg-spoiler">x</span>', "x", ["spoiler", 0, 1]],
  ["HTML", '<a href="http://e.org">x</a>', "x", ["text_link", 0, 1, { url: "http://e.org/" }]],
  ["HTML", "<a>not a link</a>", "not a link"],
  [
    "HTML",
    '<pre><code class="language-ts">let x</code></pre>',
    "let x",
    ["pre", 0, 5, { language: "ts" }],
  ],
  ["HTML", "<pre>x</pre><code>y</code>", "xy", ["pre", 0, 1], ["code", 1, 1]],
  ["HTML", "<code class='language-ts'>x</code>", "x", ["code", 0, 1]],
  ["HTML", "<blockquote expandable>q</blockquote>", "q", ["expandable_blockquote", 0, 1]],
  [
    "HTML",
    '<tg-emoji emoji-id="5">👍</tg-emoji>',
    "👍",
    ["custom_emoji", 0, 2, { custom_emoji_id: "5" }],
  ],
  ["HTML", "<b> x </b>", "x", ["bold", 0, 1]],
  ["MarkdownV2", "*b* _i_ __u__ ~s~", "b i u s", ["bold", 0, 1], ["italic", 2, 1], [
    "underline",
    4,
    1,
  ], ["strikethrough", 6, 1]],
  ["MarkdownV2", "||x|| `c` ```ts\nlet x```", "x c let x", ["spoiler", 0, 1], ["code", 2, 1], [
    "pre",
    4,
    5,
    { language: "ts" },
  ]],
  ["MarkdownV2", "[x](http://e.org/)", "x", ["text_link", 0, 1, { url: "http://e.org/" }]],
  [
    "MarkdownV2",
    "![👍](tg://emoji?id=5)",
    "👍",
    ["custom_emoji", 0, 2, { custom_emoji_id: "5" }],
  ],
  ["MarkdownV2", "1\\.5 \\_x\\_", "1.5 _x_"],
  ["MarkdownV2", "*a _b_ c*", "a b c", ["bold", 0, 5], ["italic", 2, 1]],
  ["MarkdownV2", ">one\n>two\nafter", "one\ntwo\nafter", ["blockquote", 0, 7]],
  ["MarkdownV2", ">one\n>two||", "one\ntwo", ["expandable_blockquote", 0, 7]],
  ["MarkdownV2", "_a __b___", "a b", ["italic", 0, 3], ["underline", 2, 1]],
  ["Markdown", "*b* _i_ `c` snake\\_case", "b i c snake_case", ["bold", 0, 1], ["italic", 2, 1], [
    "code",
    4,
    1,
  ]],
  ["Markdown", "[x](http://e.org/) 1.5!", "x 1.5!", [
    "text_link",
    0,
    1,
    { url: "http://e.org/" },
  ]],
];

for (const [mode, source, text, ...marked] of formatted) {
  test(`${mode} reads ${JSON.stringify(source)}`, async (t) => {
    const entities = marked.map(([type, offset, length, extra]) => ({
      type,
      offset,
      length,
      ...extra,
    }));
    assert.deepEqual(await format(t, mode, source), { text, entities });
  });
}

const cannot = "Bad Request: can't parse entities: ";

const broken: [mode: string, source: string, problem: string][] = [
  ["HTML", "<x>", 'Unsupported start tag "x" at byte offset 0'],
  ["HTML", "ä<foo>", 'Unsupported start tag "foo" at byte offset 2'],
  ["HTML", "<b>x", 'Can\'t find end tag corresponding to start tag "b"'],
  ["HTML", "<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
  ["HTML", "x</b>", "Unexpected end tag at byte offset 1"],
  ["HTML", "<b", "Unclosed start tag at byte offset 0"],
  ["MarkdownV2", "1.5", "Character '.' is reserved and must be escaped with the preceding '\\'"],
  ["MarkdownV2", "ä *x", "Can't find end of Bold entity at byte offset 3"],
  ["MarkdownV2", "_x", "Can't find end of Italic entity at byte offset 0"],
  ["Markdown", "*x", "Can't find end of the entity starting at byte offset 0"],
  ["Markdown", "ä snake_case", "Can't find end of the entity starting at byte offset 8"],
];

for (const [mode, source, problem] of broken) {
  test(`${mode} refuses ${JSON.stringify(source)}`, async (t) => {
    assert.equal(await format(t, mode, source), cannot + problem);
  });
}

test("a mention by id names the user, and is plain text if there is none", async (t) => {
  const sim = simulator(t);
  const alice = sim.user({ first_name: "Alice" });
  await alice.send("/start");
  const call = caller(sim);
  const send = async (id: number) => {
    const text = `<a href="tg://user?id=${id}">you</a>`;
    const { result } = await call("sendMessage", { chat_id: alice.id, text, parse_mode: "HTML" });
    return result.entities;
  };
  assert.deepEqual(await send(alice.id), [
    { type: "text_mention", offset: 0, length: 3, user: alice.user },
  ]);
  assert.equal(await send(424242), undefined);
});

test("entities can be given instead of a parse mode", async (t) => {
  const sim = simulator(t);
  const alice = sim.user();
  await alice.send("/start");
  const call = caller(sim);
  const send = (entities: unknown) =>
    call("sendMessage", { chat_id: alice.id, text: "abc", entities });
  const bold = { type: "bold", offset: 1, length: 1 };
  assert.deepEqual((await send([bold])).result.entities, [bold]);
  assert.match(
    (await send([{ type: "bold" }])).description!,
    /^Bad Request: can't parse MessageEntity: /,
  );
});
