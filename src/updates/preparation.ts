import type { Api } from "../api/api.ts";
import { logger } from "../base/log.ts";
import type { Context } from "../context/context.ts";
import type { UpdateKind } from "../context/update_kind.ts";
import { awaitedKindsOf, type Composer } from "../middleware/composer.ts";
import { untilDone } from "./trouble.ts";

const log = logger("updates");

/** What has to be known of a bot to prepare it. */
export interface Preparable {
  readonly api: Pick<Api, "deleteWebhook">;
  init(signal?: AbortSignal): Promise<void>;
}

/** Does what has to be done before updates can be received by polling. */
export async function preparePolling(
  bot: Preparable,
  { drop_pending_updates }: { drop_pending_updates?: boolean },
  signal: AbortSignal,
): Promise<void> {
  await bot.init(signal);
  await untilDone(
    "start the bot",
    (signal) => bot.api.deleteWebhook({ drop_pending_updates }, signal),
    signal,
  );
}

/** Telegram's default, which is also what `[]` stands for, leaves these out. */
const unaskedKinds: readonly UpdateKind[] = [
  "chat_member",
  "message_reaction",
  "message_reaction_count",
];

/** Says which handlers will never be called, for lack of updates: easily forgotten, hard to find. */
export function warnOfSilence<C extends Context>(
  bot: Composer<C>,
  allowed: readonly UpdateKind[] | undefined,
): void {
  const comes = (kind: UpdateKind) =>
    allowed?.length ? allowed.includes(kind) : !unaskedKinds.includes(kind);
  const silent = [...awaitedKindsOf(bot)].filter((kinds) => ![...kinds].some(comes));
  if (silent.length === 0) return;
  log.warn(
    "There are handlers for {kinds}, but such updates are not among the allowed_updates{unless}. " +
      "Add them to that option.",
    {
      kinds: [...new Set(silent.flatMap((kinds) => [...kinds]))].join(", "),
      unless: allowed === undefined ? ", unless they were allowed at an earlier start" : "",
    },
  );
}
