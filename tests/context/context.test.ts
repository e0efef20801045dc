import { test } from "node:test";
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { Api, Context } from "@tramline/tramline";
import type { Update } from "@tramline/tramline/types";
import { type UnitOfWork, unitOfWork } from "#src/context/unit_of_work.ts";
import { kindOf } from "#src/context/update_kind.ts";
import {
  ada,
  channel,
  contents,
  contextOf,
  group,
  home,
  type Kind,
  kinds,
  me,
  messageWith,
  token,
  updateOf,
} from "./updates.ts";

test("an update's content is found under the name of its kind, and nothing under the others", () => {
  for (const kind of kinds) {
    const ctx = contextOf(kind);
    for (const other of kinds) {
      const content = other === kind ? ctx.update[kind] : undefined;
      const alias = other.replaceAll(/_(.)/g, (_, letter) => letter.toUpperCase());
      assert.ok(alias in ctx);
      assert.equal(ctx[alias as keyof Context], content, `${alias} of ${kind}`);
    }
  }
});

test("a context holds its update, the API and the bot as they were given", () => {
  const [update, api] = [updateOf("poll"), new Api(token)];
  const ctx = new Context(update, api, me);
  assert.deepEqual([ctx.update, ctx.api, ctx.me, ctx.match], [update, api, me, undefined]);
  assert.ok(ctx.update === update && ctx.api === api && ctx.me === me);
});

test("the kind of an update is known, wherever its identifier stands", () => {
  for (const kind of kinds) {
    assert.equal(kindOf(updateOf(kind)), kind);
    assert.equal(kindOf({ [kind]: contents[kind], update_id: 1 } as Update), kind);
  }
});

test("a kind of update that is not known yet is no kind", () => {
  assert.equal(kindOf({ update_id: 1, telepathy: { chat: group } } as Update), undefined);
  assert.equal(kindOf({ update_id: 1, toString: 1 } as unknown as Update), undefined);
  assert.equal(kindOf({ update_id: 1, message: undefined }), undefined);
});

test("the message of an update is found in every kind that has one", () => {
  for (const kind of kinds) {
    const { update, msg } = contextOf(kind);
    const expected = kind === "callback_query"
      ? update.callback_query?.message
      : /message$|post$/.test(kind)
      ? update[kind]
      : undefined;
    assert.equal(msg, expected, kind);
  }
});

test("chat, user and identifiers are found in every kind that has them", () => {
  const found: { [K in Kind]: unknown[] } = {
    message: [group, ada, 5],
    edited_message: [group, ada, 5],
    channel_post: [channel, undefined, 6],
    edited_channel_post: [channel, undefined, 6],
    business_connection: [undefined, ada, undefined, 70, "shop"],
    business_message: [home, ada, 7, 7, "shop"],
    edited_business_message: [home, ada, 7, 7, "shop"],
    deleted_business_messages: [home, undefined, undefined, 7, "shop"],
    guest_message: [group, ada, 5],
    stopped_message_generation: [home, undefined, undefined],
    message_reaction: [group, ada, 5],
    message_reaction_count: [channel, undefined, 6],
    inline_query: [undefined, ada, undefined],
    chosen_inline_result: [undefined, ada, undefined],
    callback_query: [group, ada, 5],
    shipping_query: [undefined, ada, undefined],
    pre_checkout_query: [undefined, ada, undefined],
    purchased_paid_media: [undefined, ada, undefined],
    poll: [undefined, undefined, undefined],
    poll_answer: [undefined, ada, undefined],
    my_chat_member: [group, ada, undefined],
    chat_member: [group, ada, undefined],
    chat_join_request: [group, ada, undefined],
    chat_boost: [group, ada, undefined],
    removed_chat_boost: [group, ada, undefined],
    managed_bot: [undefined, ada, undefined],
    subscription: [undefined, ada, undefined],
  };
  for (const kind of kinds) {
    const [chat, from, msgId, chatId = (chat as { id: number } | undefined)?.id, business] =
      found[kind];
    const ctx = contextOf(kind);
    assert.deepEqual(
      [ctx.chat, ctx.from, ctx.msgId, ctx.chatId, ctx.businessConnectionId],
      [chat, from, msgId, chatId, business],
      kind,
    );
  }
});

test("the user who pressed a button is not the bot that sent the message above it", () => {
  const ctx = contextOf("callback_query", {
    message: { message_id: 1, date: 1, chat: group, from: me },
  });
  assert.equal(ctx.from, ada);
});

test("the chat on whose behalf a message was sent is its sender chat", () => {
  assert.equal(contextOf("channel_post").senderChat, channel);
  assert.equal(messageWith({ sender_chat: group }).senderChat, group);
  assert.equal(contextOf("message").senderChat, undefined);
  assert.equal(contextOf("poll").senderChat, undefined);
});

test("an inline message is known from the button under it and from its being chosen", () => {
  const press = contextOf("callback_query", { message: undefined, inline_message_id: "press" });
  assert.equal(press.inlineMessageId, "press");
  assert.equal(press.chat, undefined);
  assert.equal(contextOf("chosen_inline_result").inlineMessageId, "inline message");
  assert.equal(contextOf("message").inlineMessageId, undefined);
});

test("the signal is that of the unit of work, and without one is never aborted", () => {
  const ctx = contextOf("message");
  assert.equal(ctx.signal.aborted, false);
  assert.equal(contextOf("poll").signal, ctx.signal);
  const deadline = new AbortController();
  const unit: UnitOfWork = { key: "1", signal: deadline.signal, wait: (pending) => pending };
  ctx[unitOfWork] = unit;
  assert.equal(ctx.signal, deadline.signal);
  deadline.abort();
  assert.equal(ctx.signal.aborted, true);
});

test("a printed context does not show the token", () => {
  for (const kind of kinds) {
    const ctx = contextOf(kind);
    const printed = [
      inspect(ctx, { depth: null, showHidden: true, getters: false }),
      inspect({ error: ctx }, { depth: null }),
      JSON.stringify(ctx),
      String(ctx),
    ];
    for (const text of printed) assert.ok(!text.includes("secret"), `${kind}: ${text}`);
  }
});

test("a context is a plain class that bots can extend", () => {
  class MyContext extends Context {
    get shout(): string {
      return `${this.msg?.text?.toUpperCase()}!`;
    }
  }
  const update = updateOf("message", { text: "hey" });
  assert.equal(new MyContext(update, new Api(token), me).shout, "HEY!");
});
