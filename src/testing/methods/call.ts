import type { ApiMethods } from "../../api/types.ts";
import type { BotAccount } from "../bot_account.ts";
import type { Params } from "../params.ts";
import type { World } from "../world.ts";

/** The names of all methods of the Bot API. */
export type MethodName = keyof ApiMethods;

/** One call of a method that is carried out. */
export interface Call {
  readonly world: World;
  /** The bot that calls. */
  readonly account: BotAccount;
  readonly method: string;
  readonly params: Params;
  /** The `description` that a successful answer carries; only the webhook methods have one. */
  description?: string;
}

/** What a method does. It returns the result, or throws a `TelegramError`. */
export type Handler = (call: Call) => unknown;

/** Some of the methods. */
export type Handlers = Partial<Record<MethodName, Handler>>;
