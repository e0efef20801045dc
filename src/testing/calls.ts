import type { Params } from "./params.ts";

/** One call of a method, as `sim.calls` lists it. */
export interface ApiCall {
  /** The bot that called. */
  readonly bot_id: number;
  /** The method's name in its usual spelling, for example `sendMessage`. */
  readonly method: string;
  /** The parameters, as the bot gave them; uploads under their names. */
  readonly payload: Record<string, unknown>;
  /** When the call arrived, in seconds since 1970 by the simulator's clock. */
  readonly at: number;
  /** How it came: as a request, or in the answer to a webhook. */
  readonly via: "request" | "webhook reply";
  /** Has it been answered? */
  readonly answered: boolean;
  /** The result; absent while the call runs, if it failed, and for getUpdates. */
  readonly result?: unknown;
  /** The error; absent while the call runs, or if it succeeded. */
  readonly error?: { error_code: number; description: string };
}

/** An {@linkcode ApiCall} that is being written. */
export class CallRecord implements ApiCall {
  readonly bot_id: number;
  readonly method: string;
  readonly at: number;
  readonly via: ApiCall["via"];
  answered = false;
  result?: unknown;
  error?: { error_code: number; description: string };
  readonly #params: Params;
  #payload: Record<string, unknown> | undefined;

  constructor(botId: number, method: string, params: Params, at: number, via: ApiCall["via"]) {
    this.bot_id = botId;
    this.method = method;
    this.#params = params;
    this.at = at;
    this.via = via;
  }

  /** Made when it is looked at, for most calls never are. */
  get payload(): Record<string, unknown> {
    return this.#payload ??= this.#params.toObject();
  }
}
