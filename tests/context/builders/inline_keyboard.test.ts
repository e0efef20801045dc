import assert from "node:assert/strict";
import { test } from "node:test";
import { InlineKeyboard } from "@tramline/tramline";

/** Every kind of button: added to a keyboard, made alone, and as the Bot API has it. */
const kinds = [
  [
    new InlineKeyboard().text("A"),
    InlineKeyboard.text("A"),
    { text: "A", callback_data: "A" },
  ],
  [
    new InlineKeyboard().text({ text: "A", style: "danger" }, "a"),
    InlineKeyboard.text({ text: "A", style: "danger" }, "a"),
    { text: "A", style: "danger", callback_data: "a" },
  ],
  [
    new InlineKeyboard().text({ text: "A", icon_custom_emoji_id: "7" }),
    InlineKeyboard.text({ text: "A", icon_custom_emoji_id: "7" }),
    { text: "A", icon_custom_emoji_id: "7", callback_data: "A" },
  ],
  [
    new InlineKeyboard().url("A", "tg://user?id=1"),
    InlineKeyboard.url("A", "tg://user?id=1"),
    { text: "A", url: "tg://user?id=1" },
  ],
  [
    new InlineKeyboard().webApp("A", "https://example.com"),
    InlineKeyboard.webApp("A", { url: "https://example.com" }),
    { text: "A", web_app: { url: "https://example.com" } },
  ],
  [
    new InlineKeyboard().login("A", "https://example.com"),
    InlineKeyboard.login("A", "https://example.com"),
    { text: "A", login_url: { url: "https://example.com" } },
  ],
  [
    new InlineKeyboard().login("A", { url: "https://example.com", forward_text: "F" }),
    InlineKeyboard.login("A", { url: "https://example.com", forward_text: "F" }),
    { text: "A", login_url: { url: "https://example.com", forward_text: "F" } },
  ],
  [new InlineKeyboard().disabled("A"), InlineKeyboard.disabled("A"), { text: "A", disabled: {} }],
  [
    new InlineKeyboard().switchInline("A"),
    InlineKeyboard.switchInline("A"),
    { text: "A", switch_inline_query: "" },
  ],
  [
    new InlineKeyboard().switchInline("A", "q"),
    InlineKeyboard.switchInline("A", "q"),
    { text: "A", switch_inline_query: "q" },
  ],
  [
    new InlineKeyboard().switchInlineCurrent("A"),
    InlineKeyboard.switchInlineCurrent("A", ""),
    { text: "A", switch_inline_query_current_chat: "" },
  ],
  [
    new InlineKeyboard().switchInlineChosen("A"),
    InlineKeyboard.switchInlineChosen("A", {}),
    { text: "A", switch_inline_query_chosen_chat: {} },
  ],
  [
    new InlineKeyboard().switchInlineChosen("A", { query: "q", allow_bot_chats: true }),
    InlineKeyboard.switchInlineChosen("A", { query: "q", allow_bot_chats: true }),
    { text: "A", switch_inline_query_chosen_chat: { query: "q", allow_bot_chats: true } },
  ],
  [
    new InlineKeyboard().copyText("A", "c"),
    InlineKeyboard.copyText("A", { text: "c" }),
    { text: "A", copy_text: { text: "c" } },
  ],
  [new InlineKeyboard().game("A"), InlineKeyboard.game("A"), { text: "A", callback_game: {} }],
  [new InlineKeyboard().pay("A"), InlineKeyboard.pay("A"), { text: "A", pay: true }],
] as const;

test("every kind of inline button is what the Bot API describes, added or made alone", () => {
  for (const [added, alone, expected] of kinds) {
    assert.deepEqual(alone, expected);
    assert.deepEqual(added.inline_keyboard, [[expected]]);
  }
});

test("an inline keyboard serialises to its reply markup and nothing else", () => {
  assert.equal(JSON.stringify(new InlineKeyboard()), '{"inline_keyboard":[[]]}');
  assert.equal(
    JSON.stringify(new InlineKeyboard().pay("A").row().url("B", "b.example").forceReply()),
    '{"inline_keyboard":[[{"text":"A","pay":true}],[{"text":"B","url":"b.example"}]],' +
      '"force_reply":true}',
  );
});

test("the button added last is styled, after a line break too", () => {
  const keyboard = new InlineKeyboard().text("A").text("B").row().danger().icon("7").text("C")
    .success();
  assert.deepEqual(keyboard.inline_keyboard, [
    [
      { text: "A", callback_data: "A" },
      { text: "B", callback_data: "B", style: "danger", icon_custom_emoji_id: "7" },
    ],
    [{ text: "C", callback_data: "C", style: "success" }],
  ]);
});

test("styling a button of one keyboard leaves it as it is in another", () => {
  const button = InlineKeyboard.text("A");
  const first = new InlineKeyboard().add(button).primary();
  const second = new InlineKeyboard().add(button);
  assert.deepEqual(first.inline_keyboard, [[{ ...button, style: "primary" }]]);
  assert.deepEqual(second.inline_keyboard, [[{ text: "A", callback_data: "A" }]]);
});

test("styling a keyboard without buttons is an error that says what to do", () => {
  assert.throws(() => new InlineKeyboard().danger(), {
    message: "Cannot set the style of a button: the keyboard has none yet. Add a button first.",
  });
  assert.throws(() => new InlineKeyboard([]).icon("7"), {
    message: /Cannot set the icon_custom_emoji_id/,
  });
});

test("an inline keyboard extends the rows it is given, and copies them in from", () => {
  const rows = [[InlineKeyboard.text("A")]];
  InlineKeyboard.from(rows).text("no");
  new InlineKeyboard(rows).text("B").row(InlineKeyboard.text("C"));
  assert.deepEqual(rows.map((row) => row.map(({ text }) => text)), [["A", "B"], ["C"]]);
});

test("appended inline keyboards bring copies of their rows, not their options", () => {
  const other = new InlineKeyboard().copyText("B", "b").forceReply();
  const keyboard = new InlineKeyboard().text("A").append(other, [[InlineKeyboard.text("C")]]);
  other.text("later");
  assert.deepEqual(JSON.parse(JSON.stringify(keyboard)), {
    inline_keyboard: [
      [{ text: "A", callback_data: "A" }],
      [{ text: "B", copy_text: { text: "b" } }],
      [{ text: "C", callback_data: "C" }],
    ],
  });
});

test("a clone of an inline keyboard shares nothing with it", () => {
  const original = new InlineKeyboard().copyText("A", "a").forceReply();
  const before = structuredClone({ ...original });
  const clone = original.clone();
  assert.deepEqual(clone, original);
  clone.text("B").row().forceReply(false);
  (clone.inline_keyboard[0]?.[0] as ReturnType<typeof InlineKeyboard.copyText>).copy_text.text =
    "b";
  assert.deepEqual({ ...original }, before);
});

test("callback data of 64 bytes is taken, one byte more is refused with the button's name", () => {
  InlineKeyboard.text("Buy", "x".repeat(64));
  InlineKeyboard.text("Buy", "ы".repeat(32));
  const tooLong = {
    name: "RangeError",
    message: /the button "Buy": its callback data must be 1 to 64 bytes of UTF-8, given 66 bytes/,
  };
  const data = "ы".repeat(33);
  assert.throws(() => InlineKeyboard.text("Buy", data), tooLong);
  assert.throws(() => new InlineKeyboard().text("Buy", data), tooLong);
  const button = { text: "Buy", callback_data: data };
  assert.throws(() => new InlineKeyboard().add(button), tooLong);
  assert.throws(() => new InlineKeyboard().row(button), tooLong);
  assert.throws(() => new InlineKeyboard([[button]]), tooLong);
  assert.throws(() => new InlineKeyboard().append([[button]]), tooLong);
  assert.throws(() => InlineKeyboard.from([[button]]), tooLong);
  assert.throws(() => InlineKeyboard.text("x".repeat(65)), /given 65 bytes/);
  assert.throws(() => InlineKeyboard.text("Buy", ""), /given 0 bytes: ""/);
});

test("a refused button is not added", () => {
  const keyboard = new InlineKeyboard();
  assert.throws(() => keyboard.add(InlineKeyboard.text("A"), { text: "B", callback_data: "" }));
  assert.deepEqual(keyboard.inline_keyboard, [[]]);
});

test("a text to copy of 256 characters is taken, a longer one is refused", () => {
  InlineKeyboard.copyText("Copy", "🚋".repeat(256));
  assert.throws(() => InlineKeyboard.copyText("Copy", "x".repeat(257)), {
    name: "RangeError",
    message: /the button "Copy": its text to copy must be at most 256 characters, given 257/,
  });
});

test("an inline button without text is refused however it comes", () => {
  const empty = { name: "TypeError", message: /text must be a non-empty string/ };
  assert.throws(() => InlineKeyboard.text("", "data"), empty);
  assert.throws(() => new InlineKeyboard().url("", "example.com"), empty);
  assert.throws(() => new InlineKeyboard().add({ text: "", url: "example.com" }), empty);
  assert.throws(() => InlineKeyboard.from([["A"]] as never), { message: /given undefined/ });
  assert.throws(() => InlineKeyboard.from("A" as never), /each an array of buttons, given "A"/);
});
