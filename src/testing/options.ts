import type { InputFile } from "../api/input_file.ts";
import type { ApiMethods, UserFromGetMe } from "../api/types.ts";
import type { ApiCall } from "./calls.ts";
import type { FloodLimits } from "./flood.ts";
import type { MemberStatus } from "./members.ts";
import type { MethodName } from "./methods/call.ts";
import type { UploadedFile } from "./params.ts";

/** Options of {@linkcode Simulator}. */
export interface SimulatorOptions {
  /** `"real"` (default): time runs; `"manual"`: it stands still until `sim.clock.advance()`. */
  clock?: "real" | "manual";
  /** What the (first) bot is: its name, its username, what it may. */
  botInfo?: Partial<UserFromGetMe>;
  /** Where random numbers begin (ids, dice, the jitter of retries). Default: 1. */
  seed?: number;
  /**
   * Behave as a server of one's own that was started with `--local`: webhooks over plain http and to
   * this machine, larger files, more connections. Default: `false`, as api.telegram.org.
   */
  local?: boolean;
  /** Open the connections to a webhook as slowly as Telegram does. Default: `false`, at once. */
  paceConnections?: boolean;
  /** Answer 429 to a bot that sends too much; `{}` for limits such as Telegram names. */
  flood?: FloodLimits;
  /** Seconds that every call but `getUpdates` takes, by the simulator's clock. Default: 0. */
  latencySeconds?: number;
  /** Seconds of real time after which `nextReply` and other waits fail. Default: 5. */
  timeoutSeconds?: number;
}

/** Options of `sim.group()` and its like. */
export interface ChatOptions {
  /** The title; there is a default. */
  title?: string;
  /** The public name, without `@`; basic groups have none. */
  username?: string;
  /** What the bot is in the chat. Default: `"member"`, in a channel `"administrator"`. */
  bot?: MemberStatus;
  /** Has the supergroup topics? */
  is_forum?: true;
}

/** What a bot sends with a method; uploads are the files as they arrived. */
export type Payload<M extends MethodName> = Arrived<NonNullable<Parameters<ApiMethods[M]>[0]>>;

/** An object in which the files to upload have become uploaded ones. */
export type Arrived<T> = {
  [K in keyof T]: InputFile extends T[K] ? Exclude<T[K], InputFile> | UploadedFile : T[K];
};

/** What a method answers. */
export type MethodResult<M extends MethodName> = ReturnType<ApiMethods[M]>;

/** Answers a method in the simulator's place; `undefined` leaves the call to the simulator. */
export type Responder<M extends MethodName> = (
  payload: Payload<M>,
  call: ApiCall,
) => MethodResult<M> | undefined | Promise<MethodResult<M> | undefined>;
