import { methodTable } from "../api/methods.ts";
import type { Context } from "./context.ts";
import { shortcutLines } from "./shortcut_table.ts";
import { kindOf } from "./update_kind.ts";

type Value = string | number | string[] | Record<string, number> | undefined;

/** Where shortcuts find in an update what they take from it. */
const sources: Readonly<Record<string, (ctx: Context) => Value>> = {
  chat_id: (ctx) => ctx.chatId,
  from_chat_id: (ctx) => ctx.chatId,
  message_id: (ctx) => ctx.msgId,
  user_id: (ctx) => ctx.from?.id,
  business_connection_id: (ctx) => ctx.businessConnectionId,
  // Replies in groups have a thread as well, but nothing can be sent into it (Bot API, Message).
  message_thread_id: ({ msg, update }) =>
    msg?.is_topic_message
      ? msg.message_thread_id
      : update.stopped_message_generation?.message_thread_id,
  direct_messages_topic_id: ({ msg }) => msg?.direct_messages_topic?.topic_id,
  receiver_user_id: ({ msg }) => msg?.receiver_user?.id,
  ephemeral_message_id: ({ msg }) => msg?.ephemeral_message_id,
  callback_query_id: ({ update }) => update.callback_query?.id,
  inline_query_id: ({ update }) => update.inline_query?.id,
  shipping_query_id: ({ update }) => update.shipping_query?.id,
  pre_checkout_query_id: ({ update }) => update.pre_checkout_query?.id,
  guest_query_id: ({ msg }) => msg?.guest_query_id,
  chat_join_request_query_id: ({ update }) => update.chat_join_request?.query_id,
  telegram_payment_charge_id: ({ msg }) => msg?.successful_payment?.telegram_payment_charge_id,
  from_story_id: ({ msg }) => msg?.story?.id,
  story_chat: ({ msg }) => msg?.story?.chat.id,
  joiner: ({ update }) => update.chat_join_request?.from.id,
  managed_bot: ({ msg, update }) => (update.managed_bot ?? msg?.managed_bot_created)?.bot.id,
  // The identifiers of updates are unique and not 0, as those of drafts have to be.
  draft_id: ({ update }) => update.update_id,
  file_id: fileId,
  custom_emoji_ids: customEmojiIds,
  reactor,
};

function fileId({ msg }: Context): string | undefined {
  return (msg?.live_photo ?? msg?.photo?.at(-1) ?? msg?.animation ?? msg?.audio ?? msg?.document ??
    msg?.video ?? msg?.video_note ?? msg?.voice ?? msg?.sticker)?.file_id;
}

function customEmojiIds(ctx: Context): string[] | undefined {
  const ids = ctx.entities("custom_emoji").flatMap((entity) =>
    entity.type === "custom_emoji" ? [entity.custom_emoji_id] : []
  );
  return ids.length > 0 ? [...new Set(ids)] : undefined;
}

/** Who has reacted or written: a chat, if it was on behalf of one, else the user. */
function reactor({ update, senderChat, from }: Context): Record<string, number> | undefined {
  const chat = update.message_reaction?.actor_chat ?? senderChat;
  if (chat) return { actor_chat_id: chat.id };
  return from && { user_id: from.id };
}

const positions = new Map<string, string[]>();
for (const line of methodTable.trim().split("\n")) {
  const [names = "", ...keys] = line.split(" ");
  positions.set(names.split(">")[0] ?? "", keys);
}

type Call = (...args: unknown[]) => Promise<unknown>;

/** Makes the methods of {@linkcode shortcutLines}. */
export function installShortcuts(prototype: Context): void {
  for (const [name, line] of shortcutLines) {
    const shortcut = shortcutFor(name, line);
    Object.defineProperty(shortcut, "name", { value: name });
    Object.defineProperty(prototype, name, { value: shortcut, writable: true, configurable: true });
  }
}

function shortcutFor(name: string, line: string): Call {
  const [method = "", ...words] = line.split(" ");
  const inline = words.includes("inline");
  const text = words.find((word) => word.endsWith("=other"))?.split("=")[0];
  const added = words.filter((word) => word.startsWith("+")).map((word) => word.slice(1));
  const merged = words.filter((word) => word.startsWith("&")).map((word) => word.slice(1));
  const taken = new Map<string, { source: string; given: boolean }>();
  for (const word of words) {
    const [, key, mark, source] = /^(\w+)([?~]?)(?:=(\w+))?$/.exec(word) ?? [];
    if (key) taken.set(key, { source: source ?? key, given: mark === "?" });
  }

  return function (this: Context, ...args: unknown[]): Promise<unknown> {
    const inlineId = inline ? this.inlineMessageId : undefined;
    const called = inlineId === undefined ? method : `${method}Inline`;
    const call: unknown[] = [];
    let used = 0;
    for (const key of positions.get(called) ?? []) {
      if (key === "inline_message_id") {
        call.push(inlineId);
        continue;
      }
      const { source, given } = taken.get(key) ?? {};
      const argument = source === undefined || given ? args[used++] : undefined;
      call.push(argument ?? (source && take(this, source, key, name, called)));
    }
    const rest = args.slice(used);
    if (text && typeof rest[0] === "string") rest[0] = { [text]: rest[0] };
    if (merged.length + added.length > 0) rest[0] = { ...fromUpdate(this), ...rest[0] as object };
    return (this.api as unknown as Record<string, Call>)[called]!(...call, ...rest);
  };

  function fromUpdate(ctx: Context): Record<string, unknown> {
    const other: Record<string, unknown> = {};
    for (const key of merged) {
      const value = take(ctx, key, key, name, method);
      if (typeof value === "object") Object.assign(other, value);
      else other[key] = value;
    }
    for (const key of added) {
      const value = sources[key]?.(ctx);
      if (value !== undefined) other[key] = value;
    }
    return other;
  }
}

/** What a call needs of the update, or an error that says what to do without. */
function take(ctx: Context, source: string, key: string, name: string, method: string): Value {
  const value = sources[source]?.(ctx);
  if (value !== undefined) return value;
  const thing = source.replace(/^from_|_ids?$/g, "").replaceAll("_", " ");
  throw new Error(
    `Cannot call ctx.${name}: the update is of the kind ${kindOf(ctx.update)}, and it has no ` +
      `${thing}. ${advice(ctx, thing)}Call ctx.api.${method} and give it ${key} yourself.`,
  );
}

function advice(ctx: Context, thing: string): string {
  if (thing !== "chat" && thing !== "message") return "";
  if (ctx.inlineMessageId !== undefined) {
    return "The message was sent inline: its chat is not known, but it can be edited. ";
  }
  return thing === "chat" && ctx.from ? "The private chat with its user is ctx.from.id. " : "";
}
