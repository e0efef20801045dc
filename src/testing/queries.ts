import type { User } from "../api/types.ts";
import type { BotAccount } from "./bot_account.ts";
import { situation } from "./explain.ts";
import { nameOf } from "./transcript.ts";
import type { NewUpdate } from "./update_kinds.ts";
import type { PendingQuery, World } from "./world.ts";

/** How long a bot may take; before money moves it must be quick. */
const lifetimes = { inline: 30, shipping: 150, pre_checkout: 10 };

/** A query that a bot has answered. */
export interface AnsweredQuery {
  id: string;
  answer: Record<string, unknown>;
}

/** Sends a bot a question and waits for the answer. */
export async function ask(
  world: World,
  user: User,
  account: BotAccount,
  kind: keyof typeof lifetimes,
  timeoutSeconds: number,
  update: (id: string) => NewUpdate,
): Promise<AnsweredQuery> {
  const id = world.newQueryId();
  const query: PendingQuery = {
    kind,
    botId: account.id,
    userId: user.id,
    chat: undefined,
    expires: world.clock.now() + lifetimes[kind],
  };
  world.queries.set(id, query);
  account.receive(update(id));
  const answer = await world.changes.until(() => query.answer, {
    timeoutSeconds,
    explain: () =>
      `${nameOf(user)} got no answer to the ${kind.replace("_", "-")} query within ` +
      `${timeoutSeconds} s.\n${situation(world)}`,
  });
  return { id, answer };
}
