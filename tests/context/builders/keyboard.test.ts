import assert from "node:assert/strict";
import { test } from "node:test";
import { Keyboard } from "@tramline/tramline";

/** Every kind of button: added to a keyboard, made alone, and as the Bot API has it. */
const kinds = [
  [new Keyboard().text("A"), Keyboard.text("A"), { text: "A" }],
  [
    new Keyboard().text("A", "danger"),
    Keyboard.text("A", "danger"),
    { text: "A", style: "danger" },
  ],
  [
    new Keyboard().text("A", { style: "success", icon_custom_emoji_id: "7" }),
    Keyboard.text("A", { style: "success", icon_custom_emoji_id: "7" }),
    { text: "A", style: "success", icon_custom_emoji_id: "7" },
  ],
  [
    new Keyboard().requestUsers("A", 1),
    Keyboard.requestUsers("A", 1),
    { text: "A", request_users: { request_id: 1 } },
  ],
  [
    new Keyboard().requestUsers("A", 1, { max_quantity: 3 }),
    Keyboard.requestUsers("A", 1, { max_quantity: 3 }),
    { text: "A", request_users: { request_id: 1, max_quantity: 3 } },
  ],
  [
    new Keyboard().requestChat("A", -1),
    Keyboard.requestChat("A", -1),
    { text: "A", request_chat: { request_id: -1, chat_is_channel: false } },
  ],
  [
    new Keyboard().requestChat("A", 1, { chat_is_channel: true }),
    Keyboard.requestChat("A", 1, { chat_is_channel: true }),
    { text: "A", request_chat: { request_id: 1, chat_is_channel: true } },
  ],
  [
    new Keyboard().requestContact("A"),
    Keyboard.requestContact("A"),
    { text: "A", request_contact: true },
  ],
  [
    new Keyboard().requestLocation({ text: "A", style: "primary" }),
    Keyboard.requestLocation({ text: "A", style: "primary" }),
    { text: "A", style: "primary", request_location: true },
  ],
  [new Keyboard().requestPoll("A"), Keyboard.requestPoll("A"), { text: "A", request_poll: {} }],
  [
    new Keyboard().requestPoll("A", "quiz"),
    Keyboard.requestPoll("A", "quiz"),
    { text: "A", request_poll: { type: "quiz" } },
  ],
  [
    new Keyboard().requestManagedBot("A", 2),
    Keyboard.requestManagedBot("A", 2),
    { text: "A", request_managed_bot: { request_id: 2 } },
  ],
  [
    new Keyboard().requestManagedBot("A", 2, { suggested_name: "B" }),
    Keyboard.requestManagedBot("A", 2, { suggested_name: "B" }),
    { text: "A", request_managed_bot: { request_id: 2, suggested_name: "B" } },
  ],
  [
    new Keyboard().webApp("A", "https://example.com"),
    Keyboard.webApp("A", "https://example.com"),
    { text: "A", web_app: { url: "https://example.com" } },
  ],
] as const;

test("every kind of reply button is what the Bot API describes, added or made alone", () => {
  for (const [added, alone, expected] of kinds) {
    assert.deepEqual(alone, expected);
    assert.deepEqual(added.keyboard, [[expected]]);
  }
});

test("a keyboard serialises to its reply markup and nothing else", () => {
  assert.equal(JSON.stringify(new Keyboard()), '{"keyboard":[[]]}');
  const all = new Keyboard().text("A").row().text("B")
    .persistent().selected().oneTime().resized().placeholder("Well?").forceReply();
  assert.deepEqual(JSON.parse(JSON.stringify(all)), {
    keyboard: [[{ text: "A" }], [{ text: "B" }]],
    is_persistent: true,
    selective: true,
    one_time_keyboard: true,
    resize_keyboard: true,
    input_field_placeholder: "Well?",
    force_reply: true,
  });
  assert.equal(all.build(), all.keyboard);
});

test("every option of a keyboard can be switched off again", () => {
  const off = new Keyboard().persistent(false).selected(false).oneTime(false).resized(false)
    .forceReply(false);
  assert.deepEqual(JSON.parse(JSON.stringify(off)), {
    keyboard: [[]],
    is_persistent: false,
    selective: false,
    one_time_keyboard: false,
    resize_keyboard: false,
    force_reply: false,
  });
});

test("buttons are added to the last row, and rows can begin with buttons", () => {
  const keyboard = new Keyboard([]).add("A", Keyboard.text("B")).row("C").text("D");
  assert.deepEqual(keyboard.keyboard, [["A", { text: "B" }], ["C", { text: "D" }]]);
});

test("a keyboard is made of rows of labels and of buttons, and of another keyboard", () => {
  const keyboard = Keyboard.from([["A"], [Keyboard.requestContact("B")]]);
  assert.deepEqual(keyboard.keyboard, [[{ text: "A" }], [{ text: "B", request_contact: true }]]);
  const copy = Keyboard.from(keyboard.oneTime());
  assert.notEqual(copy, keyboard);
  assert.deepEqual(copy, keyboard);
});

test("a keyboard does not change with the rows it was made from", () => {
  const button = Keyboard.requestUsers("A", 1);
  const rows = [[button]];
  const keyboard = Keyboard.from(rows).append(rows);
  rows[0]?.push(button);
  button.request_users.max_quantity = 9;
  assert.deepEqual(keyboard.keyboard, [
    [{ text: "A", request_users: { request_id: 1 } }],
    [{ text: "A", request_users: { request_id: 1 } }],
  ]);
});

test("appended keyboards bring their rows, not their options", () => {
  const keyboard = new Keyboard().text("A").append(new Keyboard().text("B").oneTime(), [["C"]]);
  assert.deepEqual(JSON.parse(JSON.stringify(keyboard)), {
    keyboard: [[{ text: "A" }], [{ text: "B" }], [{ text: "C" }]],
  });
});

test("a clone of a keyboard shares nothing with it", () => {
  const original = new Keyboard().requestUsers("A", 1).resized().placeholder("P");
  const before = structuredClone({ ...original });
  const clone = original.clone();
  assert.deepEqual(clone, original);
  clone.text("B").row().text("C").oneTime().placeholder("Q");
  const first = clone.keyboard[0]?.[0] as ReturnType<typeof Keyboard.requestUsers>;
  first.request_users.max_quantity = 9;
  assert.deepEqual({ ...original }, before);
});

test("a clone of a keyboard can have other buttons under the same options", () => {
  const clone = new Keyboard().text("A").resized().clone([["B"]]);
  assert.deepEqual(JSON.parse(JSON.stringify(clone)), {
    keyboard: [["B"]],
    resize_keyboard: true,
  });
});

test("a label is coloured by turning it into a button", () => {
  const keyboard = new Keyboard().add("A").danger().add("B").success().add("C").primary()
    .add("D").style("danger").icon("7");
  assert.deepEqual(keyboard.keyboard, [[
    { text: "A", style: "danger" },
    { text: "B", style: "success" },
    { text: "C", style: "primary" },
    { text: "D", style: "danger", icon_custom_emoji_id: "7" },
  ]]);
});

test("a placeholder of 64 characters is taken, emoji counting as one, a longer one is named", () => {
  const keyboard = new Keyboard().placeholder("🚋".repeat(64));
  assert.equal(keyboard.input_field_placeholder?.length, 128);
  assert.throws(() => keyboard.placeholder("x".repeat(65)), {
    name: "RangeError",
    message: /placeholder must be at most 64 characters, given 65/,
  });
});

test("a request identifier that is no 32-bit integer is refused with the button's name", () => {
  for (const id of [2 ** 31, -(2 ** 31) - 1, 1.5, NaN, Date.now()]) {
    const expected = { name: "RangeError", message: /button "Who\?".*32-bit integer, given/ };
    assert.throws(() => Keyboard.requestUsers("Who?", id), expected);
    assert.throws(() => new Keyboard().requestChat("Who?", id), expected);
    assert.throws(() => new Keyboard().requestManagedBot("Who?", id), expected);
  }
  for (const id of [0, 2 ** 31 - 1, -(2 ** 31)]) Keyboard.requestUsers("Who?", id);
});

test("a button without text is refused however it comes", () => {
  const empty = { name: "TypeError", message: /text must be a non-empty string, given ""/ };
  assert.throws(() => Keyboard.text(""), empty);
  assert.throws(() => new Keyboard().requestContact({ text: "" }), empty);
  assert.throws(() => new Keyboard().add(""), empty);
  assert.throws(() => new Keyboard().row({ text: "" }), empty);
  assert.throws(() => new Keyboard([[""]]), empty);
  assert.throws(() => Keyboard.from([["A"], [""]]), empty);
  assert.throws(() => Keyboard.text(undefined as never), { message: /given undefined/ });
});

test("what is no array of rows is refused with what it is", () => {
  assert.throws(() => Keyboard.from(["A"] as never), {
    name: "TypeError",
    message: /array of rows, each an array of buttons, given an array of 1/,
  });
  assert.throws(() => Keyboard.from({ keyboard: [["A"]] } as never), {
    message: /given an object with the keys keyboard/,
  });
});
