import type { Update } from "../../api/types.ts";
import { type UpdateKind, updateKinds } from "../../context/update_kind.ts";

const known: ReadonlySet<string> = new Set(updateKinds);

/**
 * The kind of an update; `undefined` when it is not one known kind. Telegram sends one kind per
 * update, but it adds kinds, and middleware may put together updates of its own.
 */
export function soleKindOf(update: Update): UpdateKind | undefined {
  let kind: string | undefined;
  for (const field in update) {
    if (field === "update_id" || update[field as UpdateKind] === undefined) continue;
    if (kind !== undefined) return undefined;
    kind = field;
  }
  return kind !== undefined && known.has(kind) ? kind as UpdateKind : undefined;
}

type Content<K extends UpdateKind> = NonNullable<Update[K]>;

/**
 * Where the text stands that literal triggers are compared with, in the content of each kind of
 * update. Handlers for a kind that is missing here are tried in order.
 */
const sources: { readonly [K in UpdateKind]?: (content: Content<K>) => string | undefined } = {
  message: textOf,
  edited_message: textOf,
  channel_post: textOf,
  edited_channel_post: textOf,
  business_message: textOf,
  edited_business_message: textOf,
  guest_message: textOf,
  callback_query: (query) => query.data ?? query.game_short_name,
  inline_query: (query) => query.query,
  chosen_inline_result: (result) => result.result_id,
  shipping_query: (query) => query.invoice_payload,
  pre_checkout_query: (query) => query.invoice_payload,
};

function textOf(message: { text?: string; caption?: string }): string | undefined {
  return message.text ?? message.caption;
}

/** Finds the text of an update, given its content, that literal triggers are compared with. */
export type Source = (content: unknown) => string | undefined;

/** The {@linkcode Source} for a kind of update, if there are literal triggers for that kind. */
export function sourceFor(kind: UpdateKind): Source | undefined {
  return sources[kind] as Source | undefined;
}

const slash = 47;

/**
 * The key under which a handler for the literal `text` is filed, and looked up by an update's text.
 *
 * It is the text itself; but of a text that begins with a slash only the command, so that one
 * look-up finds those who wait for the command `start`, with or without the bot's name, and those
 * who wait for the words "/start now". Equal texts have equal keys, but equal keys may stand for
 * different texts: whoever is found by key has to look for himself.
 */
export function keyOf(text: string): string {
  if (text.charCodeAt(0) !== slash) return text;
  let end = 1;
  while (isWordCharacter(text.charCodeAt(end))) end++;
  return text.slice(0, end);
}

/** Whether a command may hold this character: `A-Z a-z 0-9 _`. */
function isWordCharacter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 95 ||
    (code >= 65 && code <= 90);
}
