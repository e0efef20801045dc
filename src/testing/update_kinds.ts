import type { Update } from "../api/types.ts";

/** The kinds of update: the fields of `Update` beside its id. */
export type UpdateKind = Exclude<keyof Update, "update_id">;

/** An update before Telegram gives it an id. */
export type NewUpdate = Omit<Update, "update_id">;

/** How Telegram treats one kind of update. */
interface KindRule {
  /** The lane of the webhook: within one, updates are delivered one after the other. */
  queue(body: Body): string;
  /** Seconds from the event to the end of the update's life. */
  lifetime: number;
  /** When the event was, in seconds since 1970; without it, the time of arrival counts. */
  date?(body: Body): number | undefined;
  /** Not sent unless asked for by name. */
  optIn?: true;
}

/** The fields that rules look at; which of them exist depends on the kind. */
interface Body {
  id?: string | number;
  chat?: { id: number };
  from?: { id: number };
  user?: { id: number };
  poll_id?: string;
  date?: number;
  edit_date?: number;
  new_chat_member?: { user: { id: number } };
}

const day = 24 * 3600;
const chat = (k: number) => (body: Body): string => `${k}:${body.chat?.id}`;
const sender = (k: number) => (body: Body): string => `${k}:${body.from?.id}`;
const user = (k: number) => (body: Body): string => `${k}:${body.user?.id}`;
const eventDate = (body: Body): number | undefined => body.date;
const messageDate = (body: Body): number | undefined => body.edit_date || body.date || undefined;

const message: KindRule = { queue: chat(0), lifetime: day, date: messageDate };
const businessMessage: KindRule = { queue: chat(11), lifetime: day, date: messageDate };

/** Every kind; a new one in the Bot API's types fails the build until it has a rule. */
const rules: { readonly [K in UpdateKind]-?: KindRule } = {
  message,
  edited_message: message,
  channel_post: message,
  edited_channel_post: message,
  inline_query: { queue: sender(1), lifetime: 30 },
  chosen_inline_result: { queue: sender(2), lifetime: 600 },
  callback_query: { queue: sender(3), lifetime: 150 },
  shipping_query: { queue: sender(4), lifetime: 150 },
  pre_checkout_query: { queue: sender(4), lifetime: 150 },
  poll: { queue: (body) => `poll:${body.id}`, lifetime: day },
  poll_answer: { queue: (body) => `poll:${body.poll_id}`, lifetime: day },
  my_chat_member: { queue: chat(5), lifetime: day, date: eventDate },
  // A user's changes of membership and requests to join share one lane across all chats.
  chat_member: {
    queue: (body) => `6:${body.new_chat_member?.user.id}`,
    lifetime: day,
    date: eventDate,
    optIn: true,
  },
  chat_join_request: { queue: sender(6), lifetime: day, date: eventDate },
  chat_boost: { queue: chat(7), lifetime: day },
  removed_chat_boost: { queue: chat(7), lifetime: day },
  message_reaction: { queue: chat(8), lifetime: day, date: eventDate, optIn: true },
  message_reaction_count: { queue: chat(9), lifetime: day, date: eventDate, optIn: true },
  business_connection: { queue: user(10), lifetime: day },
  business_message: businessMessage,
  edited_business_message: businessMessage,
  deleted_business_messages: { queue: chat(11), lifetime: day },
  purchased_paid_media: { queue: sender(12), lifetime: day },
  guest_message: { queue: chat(12), lifetime: day, date: messageDate },
  managed_bot: { queue: user(13), lifetime: day },
  // Newer than what is known of the server: by analogy with the payment and message kinds.
  subscription: { queue: user(14), lifetime: day },
  stopped_message_generation: { queue: chat(15), lifetime: day },
};

/** The names of all kinds. */
export const updateKinds: readonly UpdateKind[] = Object.keys(rules) as UpdateKind[];

/** What a bot receives that never said what it wants. */
export const defaultUpdates: ReadonlySet<UpdateKind> = new Set(
  updateKinds.filter((kind) => !rules[kind].optIn),
);

/** The kind of an update; `undefined` if it has none that is known. */
export function kindOf(update: NewUpdate): UpdateKind | undefined {
  for (const key in update) if (key in rules) return key as UpdateKind;
  return undefined;
}

/** The webhook lane of an update. */
export function queueOf(kind: UpdateKind, body: unknown): string {
  return rules[kind].queue(body as Body);
}

/** When an update that arrives at `now` ends its life. */
export function expiryOf(kind: UpdateKind, body: unknown, now: number): number {
  const rule = rules[kind];
  return (rule.date?.(body as Body) ?? now) + rule.lifetime;
}

/**
 * What a bot receives from now on, given the `allowed_updates` it sent: `undefined` leaves the
 * setting as it is, no known name at all stands for the default.
 */
export function readAllowedUpdates(value: unknown): ReadonlySet<UpdateKind> | undefined {
  if (!Array.isArray(value) || !value.every((name) => typeof name === "string")) return undefined;
  const names = new Set(value.map((name: string) => name.toLowerCase()));
  const kinds = updateKinds.filter((kind) => names.has(kind));
  return kinds.length === 0 ? defaultUpdates : new Set(kinds);
}
