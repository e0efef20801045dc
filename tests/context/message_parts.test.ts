import { test } from "node:test";
import assert from "node:assert/strict";
import { contextOf, messageWith } from "./updates.ts";

test("entities come with their part of the text", () => {
  const ctx = messageWith({
    text: "👋 @ada, see https://example.org",
    entities: [
      { type: "mention", offset: 3, length: 4 },
      { type: "url", offset: 13, length: 19 },
    ],
  });
  const [mention, url] = ctx.entities();
  assert.deepEqual(mention, { type: "mention", offset: 3, length: 4, text: "@ada" });
  assert.equal(url?.text, "https://example.org");
  assert.deepEqual(ctx.entities("url").map(({ text }) => text), ["https://example.org"]);
  assert.equal(ctx.entities(["url", "mention"]).length, 2);
  assert.deepEqual(ctx.entities("email"), []);
});

test("entities of a caption count like those of a text", () => {
  const ctx = messageWith({
    caption: "#tag",
    caption_entities: [{ type: "hashtag", offset: 0, length: 4 }],
  });
  assert.deepEqual(ctx.entities().map(({ text }) => text), ["#tag"]);
});

test("without a text or a message there are no entities", () => {
  assert.deepEqual(messageWith({}).entities(), []);
  assert.deepEqual(messageWith({ text: "plain" }).entities(), []);
  assert.deepEqual(contextOf("poll").entities(), []);
});

test("a changed reaction says what was added, kept and removed", () => {
  const ctx = contextOf("message_reaction", {
    old_reaction: [
      { type: "emoji", emoji: "👍" },
      { type: "emoji", emoji: "👎" },
      { type: "custom_emoji", custom_emoji_id: "old" },
      { type: "custom_emoji", custom_emoji_id: "both" },
    ],
    new_reaction: [
      { type: "emoji", emoji: "👍" },
      { type: "emoji", emoji: "🎉" },
      { type: "custom_emoji", custom_emoji_id: "both" },
      { type: "paid" },
    ],
  });
  assert.deepEqual(ctx.reactions(), {
    emoji: ["👍", "🎉"],
    emojiAdded: ["🎉"],
    emojiKept: ["👍"],
    emojiRemoved: ["👎"],
    customEmoji: ["both"],
    customEmojiAdded: [],
    customEmojiKept: ["both"],
    customEmojiRemoved: ["old"],
    paid: true,
    paidAdded: true,
    paidRemoved: false,
  });
});

test("a paid reaction that was taken away is removed", () => {
  const ctx = contextOf("message_reaction", {
    old_reaction: [{ type: "paid" }],
    new_reaction: [],
  });
  const { paid, paidAdded, paidRemoved } = ctx.reactions();
  assert.deepEqual([paid, paidAdded, paidRemoved], [false, false, true]);
});

test("a paid reaction that stays is neither added nor removed", () => {
  const ctx = contextOf("message_reaction", {
    old_reaction: [{ type: "paid" }],
    new_reaction: [{ type: "paid" }, { type: "emoji", emoji: "👍" }],
  });
  const { paid, paidAdded, paidRemoved } = ctx.reactions();
  assert.deepEqual([paid, paidAdded, paidRemoved], [true, false, false]);
});

test("updates that are not about reactions have none", () => {
  const { emoji, paid, customEmojiRemoved } = contextOf("message").reactions();
  assert.deepEqual([emoji, paid, customEmojiRemoved], [[], false, []]);
});
