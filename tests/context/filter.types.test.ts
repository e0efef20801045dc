import { test } from "node:test";
import assert from "node:assert/strict";
import type { Context, Filter, FilterQuery } from "@tramline/tramline";
import type {
  Chat,
  InlineQuery,
  Message,
  MessageEntity,
  PhotoSize,
  Sticker,
  Update,
  User,
} from "@tramline/tramline/types";
import { exactly } from "./exactly.ts";

interface Flavor {
  session: { count: number };
}
type MyContext = Context & Flavor;

/** Narrows as `bot.on` does; its handlers are only compiled. */
function on<Q extends FilterQuery>(
  _query: Q | Q[],
  _handler: (ctx: Filter<MyContext, Q>) => void,
): void {}

test("what a filter query asks for is there in the handler's types", () => {
  on("message", (ctx) => {
    exactly<string | undefined>()(ctx.message.text);
    exactly<string | undefined>()(ctx.msg.text);
    exactly<User>()(ctx.from);
    exactly<Exclude<Chat, Chat.ChannelChat>>()(ctx.chat);
    exactly<number>()(ctx.chatId);
    exactly<number>()(ctx.msgId);
    exactly<undefined>()(ctx.inlineMessageId);
    exactly<number>()(ctx.session.count);
  });
  on("message:text", (ctx) => {
    exactly<string>()(ctx.message.text);
    exactly<string>()(ctx.msg.text);
    exactly<string>()(ctx.update.message.text);
    exactly<User>()(ctx.from);
    exactly<Chat | undefined>()(ctx.senderChat);
    exactly<MessageEntity[] | undefined>()(ctx.msg.entities);
  });
  on("edited_message:caption", (ctx) => {
    exactly<string>()(ctx.editedMessage.caption);
    exactly<number>()(ctx.editedMessage.edit_date);
    exactly<User>()(ctx.from);
  });
  on("channel_post:photo", (ctx) => {
    exactly<PhotoSize[]>()(ctx.channelPost.photo);
    exactly<Chat.ChannelChat>()(ctx.chat);
    exactly<Chat>()(ctx.senderChat);
    exactly<User | undefined>()(ctx.from);
  });
  on("business_message:text", (ctx) => {
    exactly<string>()(ctx.businessConnectionId);
    exactly<Chat.PrivateChat>()(ctx.chat);
    exactly<User>()(ctx.from);
    exactly<string>()(ctx.businessMessage.text);
  });
  on("guest_message", (ctx) => exactly<string>()(ctx.guestMessage.guest_query_id));
});

test("what belongs to other kinds of updates is known to be absent", () => {
  on("message", (ctx) => {
    exactly<undefined>()(ctx.editedMessage);
    exactly<undefined>()(ctx.callbackQuery);
    exactly<undefined>()(ctx.subscription);
  });
  on("inline_query", (ctx) => {
    exactly<InlineQuery>()(ctx.inlineQuery);
    exactly<User>()(ctx.from);
    exactly<undefined>()(ctx.msg);
    exactly<undefined>()(ctx.chat);
    exactly<undefined>()(ctx.chatId);
    exactly<undefined>()(ctx.msgId);
    exactly<undefined>()(ctx.message);
  });
});

test("what comes along with a field is there, too", () => {
  on("message:entities", (ctx) => {
    exactly<MessageEntity[]>()(ctx.message.entities);
    exactly<string>()(ctx.message.text);
  });
  on("message:entities:url", (ctx) => exactly<string>()(ctx.message.text));
  on("message:caption_entities", (ctx) => exactly<string>()(ctx.message.caption));
  on("message:animation", (ctx) => exactly<string>()(ctx.message.document.file_id));
  on("message:live_photo", (ctx) => exactly<PhotoSize[]>()(ctx.message.photo));
  on("message:venue", (ctx) => exactly<number>()(ctx.message.location.latitude));
  on("message:is_topic_message", (ctx) => exactly<number>()(ctx.message.message_thread_id));
  on("business_connection:can_reply", (ctx) => ctx.businessConnection.rights.can_reply);
});

test("a shortcut for several kinds or fields is a union that can be narrowed", () => {
  on(":text", (ctx) => {
    exactly<string>()(ctx.msg.text);
    exactly<number>()(ctx.chat.id);
    if (ctx.message) exactly<undefined>()(ctx.channelPost);
    else exactly<string>()(ctx.channelPost.text);
    // @ts-expect-error: it may be a channel post
    ctx.message.text;
  });
  on("msg", (ctx) => exactly<number>()(ctx.msg.message_id));
  on("edit:text", (ctx) => {
    exactly<string>()(ctx.msg.text);
    exactly<number>()(ctx.msg.edit_date);
  });
  on("::url", (ctx) => {
    exactly<string>()(ctx.msg.text ?? ctx.msg.caption);
    exactly<MessageEntity[]>()(ctx.msg.entities ?? ctx.msg.caption_entities);
  });
  on("message:media", (ctx) => {
    if (ctx.msg.photo) exactly<PhotoSize[]>()(ctx.msg.photo);
    else exactly<number>()(ctx.msg.video.duration);
  });
  on(":file", (ctx) => {
    if (ctx.msg.sticker) exactly<Sticker>()(ctx.msg.sticker);
    // @ts-expect-error: it may be another file
    ctx.msg.voice.file_id;
  });
  on("message:file:is_video", (ctx) => exactly<Sticker>()(ctx.message.sticker));
  on(":new_chat_members:me", (ctx) => {
    exactly<User[]>()(ctx.message.new_chat_members);
    exactly<undefined>()(ctx.channelPost);
  });
});

test("several queries give a union of what each of them gives", () => {
  on([":text", ":caption"], (ctx) => exactly<string>()(ctx.msg.text ?? ctx.msg.caption));
  on(["message:text", "edited_message:text"], (ctx) => {
    exactly<string>()(ctx.msg.text);
    exactly<string>()((ctx.message ?? ctx.editedMessage).text);
    exactly<User>()(ctx.from);
  });
  on(["message", "callback_query:data"], (ctx) => {
    exactly<User>()(ctx.from);
    if (ctx.callbackQuery) exactly<string>()(ctx.callbackQuery.data);
    else exactly<number>()(ctx.message.message_id);
  });
  on(["message", "message:text"], (ctx) => {
    exactly<string | undefined>()(ctx.message.text);
  });
  // A photo may have a caption, so neither excludes the other.
  on(["message:photo", "message:caption"], (ctx) => {
    if (ctx.msg.photo) exactly<string | undefined>()(ctx.msg.caption);
  });
});

test("a query on top of another keeps what is known", () => {
  type Twice = Filter<Filter<MyContext, ":photo">, ":caption">;
  const use = (ctx: Twice) => {
    exactly<PhotoSize[]>()(ctx.msg.photo);
    exactly<string>()(ctx.msg.caption);
    exactly<number>()(ctx.session.count);
  };
  type Kind = Filter<Filter<MyContext, "message">, ":text">;
  const text = (ctx: Kind) => exactly<string>()(ctx.message.text);
  type Neither = Filter<Filter<MyContext, "message">, "callback_query">;
  const nothing = (ctx: Neither) => exactly<never>()(ctx);
  assert.deepEqual([use, text, nothing].map((each) => typeof each).length, 3);
});

test("updates without a message have their own chat, user and identifiers", () => {
  on("callback_query:data", (ctx) => {
    exactly<string>()(ctx.callbackQuery.data);
    exactly<User>()(ctx.from);
    exactly<Chat | undefined>()(ctx.chat);
    exactly<number | undefined>()(ctx.chatId);
    exactly<number | undefined>()(ctx.msgId);
    exactly<string | undefined>()(ctx.inlineMessageId);
  });
  on("message_reaction", (ctx) => {
    exactly<Chat>()(ctx.chat);
    exactly<number>()(ctx.chatId);
    exactly<number>()(ctx.msgId);
    exactly<User | undefined>()(ctx.from);
  });
  on("my_chat_member:from:me", (ctx) => {
    exactly<User>()(ctx.from);
    exactly<Chat>()(ctx.chat);
    exactly<undefined>()(ctx.msgId);
  });
  on("chat_boost", (ctx) => exactly<User | undefined>()(ctx.from));
  on("poll", (ctx) => exactly<undefined>()(ctx.from));
  on("poll_answer", (ctx) => exactly<User | undefined>()(ctx.from));
  on("business_connection", (ctx) => {
    exactly<User>()(ctx.from);
    exactly<number>()(ctx.chatId);
    exactly<undefined>()(ctx.chat);
    exactly<string>()(ctx.businessConnectionId);
  });
  on("deleted_business_messages", (ctx) => {
    exactly<Chat.PrivateChat>()(ctx.chat);
    exactly<string>()(ctx.businessConnectionId);
  });
  on("subscription:state:active", (ctx) => exactly<User>()(ctx.from));
  on("managed_bot", (ctx) => exactly<User>()(ctx.managedBot.bot));
  on("stopped_message_generation", (ctx) => exactly<Chat.PrivateChat>()(ctx.chat));
  on("chosen_inline_result", (ctx) => exactly<string | undefined>()(ctx.inlineMessageId));
});

test("queries that make no sense do not compile", () => {
  // @ts-expect-error: no such kind
  on("mesage", () => {});
  // @ts-expect-error: no such field
  on("message:txt", () => {});
  // @ts-expect-error: the field of another kind
  on("callback_query:text", () => {});
  // @ts-expect-error: of all files only stickers are asked for this, and not photos
  on("message:photo:is_video", () => {});
  // @ts-expect-error: no such entity
  on("::link", () => {});
  // @ts-expect-error: nothing asked for
  on("", () => {});
  // @ts-expect-error: nothing after the colon
  on("message:", () => {});
  // @ts-expect-error: one of the list is wrong
  on(["message", "nothing"], () => {});
});

test("a narrowed context can be given to whoever takes the plain one", () => {
  const log = (_ctx: Context): void => {};
  const reply = (ctx: Filter<Context, "message:text">): Promise<Message.TextMessage> =>
    ctx.reply(ctx.message.text, { reply_parameters: { message_id: ctx.msgId } });
  on("message:text", (ctx) => [log(ctx), reply(ctx)]);
  const update: Update = { update_id: 1 };
  assert.equal(update.update_id, 1);
});
