import { test } from "node:test";
import assert from "node:assert/strict";
import { type Context, type FilterQuery, matchFilter } from "@tramline/tramline";
import type { MessageEntity, User } from "@tramline/tramline/types";
import { compileFilter } from "#src/context/filter.ts";
import { allQueries } from "#src/context/filter_error.ts";
import { fieldsOf } from "#src/context/filter_keys.ts";
import { ada, contextOf, type Kind, kinds, me, messageWith } from "./updates.ts";

/** Whether a context passes a query. */
function passes(ctx: Context, query: FilterQuery | FilterQuery[]): boolean {
  return matchFilter(query)(ctx);
}

test("every kind of update is a query, which that kind passes and no other", () => {
  for (const query of kinds) {
    for (const kind of kinds) assert.equal(passes(contextOf(kind), query), kind === query);
    const { kinds: found, always } = compileFilter(query);
    assert.deepEqual([[...found], always], [[query], true]);
  }
});

test("every field is a query, which updates pass that have it", () => {
  for (const kind of kinds) {
    for (const field of fieldsOf[kind]) {
      if (field === "can_reply") continue;
      const query = `${kind}:${field}` as FilterQuery;
      const without = contextOf(kind, { [field]: undefined });
      assert.equal(passes(without, query), false, `${query} without it`);
      const having = contextOf(kind, { [field]: [{}] } as object);
      assert.equal(passes(having, query), true, `${query} with it`);
      const { kinds: found, always } = compileFilter(query);
      assert.deepEqual([[...found], always], [[kind], false], query);
    }
  }
});

test("a field that is false is not there, one that is empty or zero is", () => {
  const disabled = contextOf("business_connection", { is_enabled: false });
  assert.equal(passes(disabled, "business_connection:is_enabled"), false);
  assert.equal(passes(contextOf("business_connection"), "business_connection:is_enabled"), true);
  assert.equal(passes(messageWith({ is_topic_message: false }), ":is_topic_message"), false);
  const reset = messageWith({ forum_topic_edited: { icon_custom_emoji_id: "" } });
  assert.equal(passes(reset, ":forum_topic_edited:icon_custom_emoji_id"), true);
  assert.equal(passes(reset, ":forum_topic_edited:name"), false);
  assert.equal(passes(messageWith({ paid_star_count: 0 }), ":paid_star_count"), true);
});

test("the right to reply is found among the rights of a business connection", () => {
  const query = "business_connection:can_reply";
  assert.equal(passes(contextOf("business_connection"), query), false);
  const rights = { can_reply: true } as const;
  assert.equal(passes(contextOf("business_connection", { rights }), query), true);
});

test("nothing or msg stands for messages and channel posts, edit for their edited versions", () => {
  const cases: [FilterQuery, Kind[]][] = [
    ["msg", ["message", "channel_post"]],
    ["edit", ["edited_message", "edited_channel_post"]],
    [":text", ["message", "channel_post"]],
    ["msg:text", ["message", "channel_post"]],
    ["edit:text", ["edited_message", "edited_channel_post"]],
    // Only groups have new members.
    [":new_chat_members", ["message"]],
    ["edit:is_paid_post", ["edited_channel_post"]],
  ];
  for (const [query, expected] of cases) {
    assert.deepEqual([...compileFilter(query).kinds], expected, query);
    for (const kind of kinds) {
      const ctx = contextOf(
        kind,
        { text: "hi", new_chat_members: [ada], is_paid_post: true } as object,
      );
      assert.equal(passes(ctx, query), expected.includes(kind), `${query} for ${kind}`);
    }
  }
});

test("media and file stand for what can be seen, or downloaded", () => {
  const video = { video: {} } as object;
  const voice = { voice: {} } as object;
  assert.equal(passes(messageWith(video), ":media"), true);
  assert.equal(passes(messageWith({ photo: [] }), "msg:media"), true);
  assert.equal(passes(messageWith(voice), ":media"), false);
  for (const field of ["photo", "live_photo", "animation", "audio", "document", "video"]) {
    assert.equal(passes(messageWith({ [field]: {} }), ":file"), true, field);
  }
  assert.equal(passes(messageWith(voice), "message:file"), true);
  assert.equal(passes(messageWith({ text: "" }), ":file"), false);
  assert.equal(passes(contextOf("edited_message", video), "edit:media"), true);
});

test("of a file one can ask what only stickers know", () => {
  const sticker = (is_video: boolean) => messageWith({ sticker: { is_video } } as object);
  assert.equal(passes(sticker(true), ":file:is_video"), true);
  assert.equal(passes(sticker(false), ":file:is_video"), false);
  assert.equal(passes(messageWith({ photo: [] }), ":file:is_video"), false);
  assert.equal(passes(sticker(true), "message:sticker:is_animated"), false);
});

test("entities are found by type, in texts, captions or either", () => {
  const entities: MessageEntity[] = [
    { type: "bold", offset: 0, length: 1 },
    { type: "url", offset: 0, length: 4 },
  ];
  const text = messageWith({ text: "a.io", entities });
  const caption = messageWith({ caption: "a.io", caption_entities: entities });
  assert.equal(passes(text, "message:entities:url"), true);
  assert.equal(passes(text, "message:caption_entities:url"), false);
  assert.equal(passes(text, "message:entities:email"), false);
  assert.equal(passes(caption, "message:caption_entities:bold"), true);
  for (const query of ["::url", "msg::url", "message::url"] as const) {
    assert.equal(passes(text, query), true);
    assert.equal(passes(caption, query), true);
  }
  assert.equal(passes(messageWith({ text: "none" }), "::url"), false);
});

test("entities:me finds mentions of the bot, by name or in a text, but of nobody else", () => {
  const mention = (name: string) =>
    messageWith({
      text: `Hey ${name}!`,
      entities: [{ type: "mention", offset: 4, length: name.length }],
    });
  assert.equal(passes(mention("@TramBot"), ":entities:me"), true);
  assert.equal(passes(mention("@trambot"), "::me"), true);
  assert.equal(passes(mention("@TramBot2"), ":entities:me"), false);
  assert.equal(passes(mention("@ada"), ":entities:me"), false);
  const named = (user: User) =>
    messageWith({
      caption: "Tram",
      caption_entities: [{ type: "text_mention", offset: 0, length: 4, user }],
    });
  assert.equal(passes(named(me), ":caption_entities:me"), true);
  assert.equal(passes(named(ada), ":caption_entities:me"), false);
});

test("members who join or leave are told apart", () => {
  const joined = messageWith({ new_chat_members: [ada, me] });
  assert.equal(passes(joined, ":new_chat_members:me"), true);
  assert.equal(passes(joined, "message:new_chat_members:is_bot"), true);
  assert.equal(passes(joined, ":new_chat_members:is_premium"), false);
  assert.equal(passes(messageWith({ new_chat_members: [ada] }), ":new_chat_members:me"), false);
  const left = messageWith({ left_chat_member: { ...ada, is_premium: true } });
  assert.equal(passes(left, ":left_chat_member:is_premium"), true);
  assert.equal(passes(left, ":left_chat_member:is_bot"), false);
  assert.equal(passes(left, ":left_chat_member:me"), false);
  assert.equal(passes(contextOf("my_chat_member", { from: me }), "my_chat_member:from:me"), true);
  assert.equal(passes(contextOf("chat_member"), "chat_member:from:is_bot"), false);
});

test("forwards, reactions and states are told apart by type", () => {
  const forwarded = messageWith({
    forward_origin: { type: "hidden_user", sender_user_name: "?", date: 1 },
  });
  assert.equal(passes(forwarded, ":forward_origin"), true);
  assert.equal(passes(forwarded, ":forward_origin:hidden_user"), true);
  assert.equal(passes(forwarded, ":forward_origin:channel"), false);
  const reaction = contextOf("message_reaction");
  assert.equal(passes(reaction, "message_reaction:new_reaction:emoji"), true);
  assert.equal(passes(reaction, "message_reaction:new_reaction:paid"), false);
  assert.equal(passes(reaction, "message_reaction:old_reaction:emoji"), false);
  const counts = contextOf("message_reaction_count", {
    reactions: [{ type: { type: "paid" }, total_count: 3 }],
  });
  assert.equal(passes(counts, "message_reaction_count:reactions:paid"), true);
  assert.equal(passes(counts, "message_reaction_count:reactions:emoji"), false);
  assert.equal(passes(contextOf("subscription"), "subscription:state:active"), true);
  assert.equal(passes(contextOf("subscription"), "subscription:state:failed"), false);
});

test("details of a field are asked for by name", () => {
  const yes = [
    [{ link_preview_options: { url: "https://a.io" } }, ":link_preview_options:url"],
    [{ giveaway: { only_new_members: true } }, ":giveaway:only_new_members"],
    [{ unique_gift: { transfer_star_count: 5 } }, ":unique_gift:transfer_star_count"],
    [{ chat_owner_left: { new_owner: ada } }, ":chat_owner_left:new_owner"],
    [{ checklist: { others_can_add_tasks: true } }, ":checklist:others_can_add_tasks"],
    [{ gift: { is_private: true } }, "message:gift:is_private"],
  ] as const;
  for (const [fields, query] of yes) {
    assert.equal(passes(messageWith(fields as object), query), true, query);
    const [field] = Object.keys(fields);
    assert.equal(passes(messageWith({ [field!]: {} }), query), false, query);
  }
});

test("of several queries one has to match", () => {
  const queries: FilterQuery[] = ["message:photo", "message:text", "callback_query"];
  const { kinds: found, always, matches } = compileFilter(queries);
  assert.deepEqual([[...found], always], [["message", "callback_query"], false]);
  assert.equal(matches(messageWith({ text: "hi" })), true);
  assert.equal(matches(messageWith({ photo: [] })), true);
  assert.equal(matches(messageWith({})), false);
  assert.equal(matches(contextOf("callback_query")), true);
  assert.equal(matches(contextOf("poll")), false);
});

test("queries that are decided by the kind alone say so, together with narrower ones, too", () => {
  const lists: FilterQuery[][] = [["message:text", "message", "edit"], [
    "message",
    "message:text",
    "edit",
  ]];
  for (const queries of lists) {
    const { kinds: found, always, matches } = compileFilter(queries);
    assert.deepEqual([...found], ["message", "edited_message", "edited_channel_post"]);
    assert.equal(always, true);
    assert.equal(matches(messageWith({})), true);
    assert.equal(matches(contextOf("poll")), false);
  }
  assert.equal(compileFilter(["message", "edited_message:text"]).always, false);
});

test("all valid queries compile, each for at least one kind of update", () => {
  const queries = allQueries();
  assert.equal(new Set(queries).size, queries.length);
  for (const query of queries) assert.ok(compileFilter(query as FilterQuery).kinds.size > 0);
});

test("a wrong query is refused with the reason and the nearest valid one", () => {
  const cases: [query: string, reason: string, near: string][] = [
    ["mesage", 'there is no kind of update "mesage"', "message"],
    ["callbackquery:data", 'there is no kind of update "callbackquery"', "callback_query:data"],
    ["message:txet", 'message has no field "txet"', "message:text"],
    [":foto", 'a message has no field "foto"', ":photo"],
    ["callback_query:text", 'callback_query has no field "text"', "callback_query:data"],
    ["inline_query:query", "inline_query has no fields to filter by", "inline_query"],
    [
      "message:entities:link",
      '"entities" cannot be asked for "link"',
      "message:entities:text_link",
    ],
    ["::urls", '"entities" cannot be asked for "urls"', "::url"],
    ["message:text:url", '"text" cannot be asked for "url"', "message:entities:url"],
    [
      "business_connection:can_reply:x",
      '"can_reply" cannot be asked for "x"',
      "business_connection:can_reply",
    ],
    ["message:", "nothing follows the colon", "message"],
    ["callback", 'there is no kind of update "callback"', "callback_query"],
    ["message:command", 'message has no field "command"', "message::bot_command"],
    ["text", 'there is no kind of update "text"', ":text"],
    ["", "an empty query asks for nothing", "msg"],
    ["message:entities:url:x", "a query has at most three parts", "message:entities:url"],
    ["constructor", 'there is no kind of update "constructor"', ":contact"],
    ["message:constructor", 'message has no field "constructor"', "message:contact"],
  ];
  for (const [query, reason, near] of cases) {
    assert.throws(() => matchFilter(query as FilterQuery), {
      name: "RangeError",
      message: `Cannot filter updates by ${JSON.stringify(query)}: ${reason}. ` +
        `Did you mean ${JSON.stringify(near)}?`,
    });
  }
});

test("a query that is no string, and a list without queries, are refused", () => {
  assert.throws(() => matchFilter(/text/ as never), {
    name: "TypeError",
    message: /must be a string like "message:text", given an instance of RegExp/,
  });
  assert.throws(() => matchFilter(["message", undefined as never]), TypeError);
  assert.throws(() => matchFilter([]), { name: "RangeError", message: /list .* is empty/ });
});
