import { test } from "node:test";
import assert from "node:assert/strict";
import { orderingKey, orderingKeyOf } from "#src/context/ordering_key.ts";
import type { Update } from "@tramline/tramline/types";
import { ada, contextOf, type Kind, kinds, updateOf } from "./updates.ts";

const keys: { [K in Kind]: string } = {
  message: "-100",
  edited_message: "-100",
  channel_post: "-200",
  edited_channel_post: "-200",
  business_connection: "shop",
  business_message: "shop:7",
  edited_business_message: "shop:7",
  deleted_business_messages: "shop:7",
  guest_message: "-100",
  stopped_message_generation: "7",
  message_reaction: "-100",
  message_reaction_count: "-200",
  inline_query: "7",
  chosen_inline_result: "7",
  callback_query: "-100",
  shipping_query: "7",
  pre_checkout_query: "7",
  purchased_paid_media: "7",
  poll: "poll",
  poll_answer: "poll",
  my_chat_member: "-100",
  chat_member: "-100",
  chat_join_request: "-100",
  chat_boost: "-100",
  removed_chat_boost: "-100",
  managed_bot: "7",
  subscription: "7",
};

test("updates of one chat share an ordering key, and so do those of a user without a chat", () => {
  for (const kind of kinds) {
    assert.equal(orderingKeyOf(updateOf(kind)), keys[kind], kind);
    assert.equal(orderingKey(contextOf(kind)), keys[kind], kind);
  }
});

test("a button under an inline message, whose chat is unknown, is ordered by its user", () => {
  const update = updateOf("callback_query", { message: undefined, inline_message_id: "m" });
  assert.equal(orderingKeyOf(update), String(ada.id));
});

test("the same chat of two business accounts, and of the bot itself, has three keys", () => {
  const updates = [
    updateOf("business_message"),
    updateOf("business_message", { business_connection_id: "other" }),
    updateOf("inline_query"),
  ];
  assert.equal(new Set(updates.map(orderingKeyOf)).size, 3);
});

test("an update of an unknown kind, or one that lacks its chat, is not ordered", () => {
  assert.equal(orderingKeyOf({ update_id: 1 }), undefined);
  assert.equal(orderingKeyOf({ update_id: 1, telepathy: {} } as Update), undefined);
  assert.equal(orderingKeyOf({ update_id: 1, message: { text: "hi" } } as never), undefined);
  assert.equal(orderingKeyOf({ update_id: 1, callback_query: { data: "x" } } as never), undefined);
});
