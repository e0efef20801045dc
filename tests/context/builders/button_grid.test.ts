import assert from "node:assert/strict";
import { test } from "node:test";
import { InlineKeyboard, Keyboard } from "@tramline/tramline";
import fc from "fast-check";

/** Rows of single letters, as a keyboard and back. */
function keyboard(...rows: string[]): Keyboard {
  return Keyboard.from(rows.map((row) => [...row]));
}

function letters(keyboard: Keyboard | InlineKeyboard): string[] {
  const rows = "keyboard" in keyboard ? keyboard.keyboard : keyboard.inline_keyboard;
  return rows.map((row) =>
    row.map((button) => typeof button === "string" ? button : button.text).join("")
  );
}

const grids = fc.array(fc.string({ minLength: 0, maxLength: 8, unit: "grapheme-ascii" }), {
  maxLength: 8,
});
const columns = fc.integer({ min: 1, max: 10 });

test("transposing exchanges rows and columns, and short rows let buttons move up", () => {
  assert.deepEqual(letters(keyboard("a").toTransposed()), ["a"]);
  assert.deepEqual(letters(keyboard("abc").toTransposed()), ["a", "b", "c"]);
  assert.deepEqual(letters(keyboard("ab", "cd", "e").toTransposed()), ["ace", "bd"]);
  assert.deepEqual(letters(keyboard("ab", "c", "def").toTransposed()), ["acd", "be", "f"]);
  assert.deepEqual(letters(new Keyboard().toTransposed()), []);
});

test("buttons flow into rows of the given width", () => {
  assert.deepEqual(letters(keyboard("a").toFlowed(4)), ["a"]);
  assert.deepEqual(letters(keyboard("abc").toFlowed(1)), ["a", "b", "c"]);
  assert.deepEqual(letters(keyboard("ab", "cd", "e").toFlowed(3)), ["abc", "de"]);
  assert.deepEqual(letters(keyboard("ab", "c", "def").toFlowed(5)), ["abcde", "f"]);
  assert.deepEqual(letters(keyboard("ab", "c").toFlowed(Infinity)), ["abc"]);
  assert.deepEqual(letters(new Keyboard().toFlowed(2)), []);
});

test("a filled last row leaves the first one short", () => {
  const rows = keyboard("abc", "def", "ghi", "j").toFlowed(3, { fillLastRow: true });
  assert.deepEqual(letters(rows), ["a", "bcd", "efg", "hij"]);
  assert.deepEqual(letters(keyboard("abcdef").toFlowed(3, { fillLastRow: true })), ["abc", "def"]);
  assert.deepEqual(letters(keyboard("ab").toFlowed(3, { fillLastRow: true })), ["ab"]);
});

test("whatever the grid, a flow keeps the order, fills all rows but one, and flows once", () => {
  fc.assert(fc.property(grids, columns, fc.boolean(), (rows, width, fillLastRow) => {
    const original = keyboard(...rows);
    const flowed = original.toFlowed(width, { fillLastRow });
    const lengths = letters(flowed).map((row) => row.length);
    assert.equal(letters(flowed).join(""), rows.join(""));
    const short = fillLastRow ? lengths.shift() : lengths.pop();
    assert.ok(short === undefined || (short >= 1 && short <= width));
    assert.ok(lengths.every((length) => length === width));
    assert.deepEqual(flowed.toFlowed(width, { fillLastRow }), flowed);
    assert.deepEqual(letters(original), rows);
  }));
});

test("whatever the grid, transposing keeps every button and counts them by column", () => {
  fc.assert(fc.property(grids, (rows) => {
    const transposed = letters(keyboard(...rows).toTransposed());
    assert.deepEqual([...transposed.join("")].sort(), [...rows.join("")].sort());
    const widest = Math.max(0, ...rows.map((row) => row.length));
    assert.deepEqual(
      transposed.map((column) => column.length),
      Array.from({ length: widest }, (_, i) => rows.filter((row) => row.length > i).length),
    );
  }));
});

test("a grid whose rows only grow shorter is the same again after two transpositions", () => {
  fc.assert(fc.property(grids, (rows) => {
    const sorted = rows.filter((row) => row).sort((a, b) => b.length - a.length);
    assert.deepEqual(letters(keyboard(...sorted).toTransposed().toTransposed()), sorted);
  }));
});

test("options stay and buttons are copies when a keyboard is transposed or flowed", () => {
  const original = new InlineKeyboard().copyText("A", "a").copyText("B", "b").forceReply();
  const before = structuredClone({ ...original });
  for (const other of [original.toTransposed(), original.toFlowed(1)]) {
    assert.ok(other instanceof InlineKeyboard);
    assert.equal(other.force_reply, true);
    assert.deepEqual(letters(other), ["A", "B"]);
    const button = other.inline_keyboard[0]?.[0] as ReturnType<typeof InlineKeyboard.copyText>;
    button.copy_text.text = "changed";
    other.text("C");
  }
  assert.deepEqual({ ...original }, before);
});

test("a flow into no columns or a fraction of one is refused", () => {
  for (const width of [0, -1, 1.5, NaN]) {
    assert.throws(() => keyboard("ab").toFlowed(width), {
      name: "RangeError",
      message: new RegExp(`columns must be an integer from 1, given the number ${width}`),
    });
  }
});
