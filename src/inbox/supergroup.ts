import type { Update } from "../api/types.ts";
import type { StoredSession } from "../store/store.ts";

/** A group that has become a supergroup, and so has another chat id. */
export interface Upgrade {
  /** The group's id, as the end of keys. */
  readonly from: string;
  /** The supergroup's id, as the end of keys. */
  readonly to: string;
}

/**
 * Tells whether an update announces that a group has become a supergroup. Telegram says so twice: in
 * the group (`migrate_to_chat_id`) and in the supergroup (`migrate_from_chat_id`), and either may be
 * handled first.
 */
export function upgradeIn({ message }: Update): Upgrade | undefined {
  const { migrate_to_chat_id: to, migrate_from_chat_id: from, chat } = message ?? {};
  if (to !== undefined) return { from: String(chat?.id), to: String(to) };
  if (from !== undefined) return { from: String(from), to: String(chat?.id) };
  return undefined;
}

/**
 * The key in the supergroup for a key of the group: `-7` and `settings:-7` end in the group's id.
 * `undefined` if the key is not the group's.
 */
export function upgradedKey(key: string, { from, to }: Upgrade): string | undefined {
  return key.endsWith(from) ? key.slice(0, -from.length) + to : undefined;
}

const moved = "~moved:";

/** The key under which it is kept where the session under a group's key has gone. */
export function moveKey(key: string): string {
  return moved + key;
}

/** Whether {@linkcode moveKey} has made a key. */
export function isMoveKey(key: string): boolean {
  return key.startsWith(moved);
}

/** Whether a session may have gone with its group: it was there, is not, and the key ends as a group's id does. */
export function mayHaveMoved(key: string, { version, data }: StoredSession): boolean {
  return data === undefined && version > 0 && /-\d+$/.test(key) && !isMoveKey(key);
}
