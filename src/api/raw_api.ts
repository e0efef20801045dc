import type { ApiMethods, Opts } from "./types.ts";

/**
 * The Bot API as Telegram documents it: every method takes one object with all its parameters and,
 * as an addition, a signal that cancels the request.
 */
export type RawApi = {
  [M in keyof ApiMethods]: Parameters<ApiMethods[M]>[0] extends undefined
    ? (signal?: AbortSignal) => Promise<ReturnType<ApiMethods[M]>>
    : (args: Opts<M>, signal?: AbortSignal) => Promise<ReturnType<ApiMethods[M]>>;
};

/** The names of the methods of a {@linkcode RawApi}. */
export type Methods<R extends RawApi> = string & keyof R;

/** The parameters of a method, as one object; `{}` for a method without parameters. */
export type Payload<M extends Methods<R>, R extends RawApi> = M extends unknown
  ? R[M] extends (signal?: AbortSignal) => unknown ? Record<never, never>
  : R[M] extends (args: infer Args, signal?: AbortSignal) => unknown ? Args
  : never
  : never;

/** What a method resolves with. */
export type ApiCallResult<M extends Methods<R>, R extends RawApi> = R[M] extends
  (...args: never[]) => unknown ? Awaited<ReturnType<R[M]>> : never;

/** The parameters of a method other than those named by `X`. */
export type Other<R extends RawApi, M extends Methods<R>, X extends string = never> = Omit<
  Payload<M, R>,
  X
>;
