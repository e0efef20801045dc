import type { ApiCallResult, Methods, Payload, RawApi } from "./raw_api.ts";
import type { ApiResponse } from "./types.ts";

/** Performs an API call; what a {@linkcode Transformer} gets as `prev`. */
export type ApiCallFn<R extends RawApi = RawApi> = <M extends Methods<R>>(
  method: M,
  payload: Payload<M, R>,
  signal?: AbortSignal,
) => Promise<ApiResponse<ApiCallResult<M, R>>>;

/**
 * Sees every API call before it is made and its answer after it: it may change the method and the
 * payload, call `prev` several times or not at all, and change the answer. An error it throws
 * reaches the caller as an `HttpError`.
 */
export type Transformer<R extends RawApi = RawApi> = <M extends Methods<R>>(
  prev: ApiCallFn<R>,
  method: M,
  payload: Payload<M, R>,
  signal?: AbortSignal,
) => Promise<ApiResponse<ApiCallResult<M, R>>>;

/** Installs transformers. */
export type TransformerConsumer<R extends RawApi = RawApi> = TransformableApi<R>["use"];

/** A {@linkcode RawApi} on which transformers can be installed. */
export interface TransformableApi<R extends RawApi = RawApi> {
  /** Makes calls that pass through the transformers. */
  raw: R;
  /** Installs transformers; the one installed last sees a call first. */
  use: (...transformers: Transformer<R>[]) => this;
  /** The installed transformers, the oldest first. */
  installedTransformers: Transformer<R>[];
}

/** Lays transformers around a call, the last one outermost. */
export function compose<R extends RawApi>(
  call: ApiCallFn<R>,
  transformers: readonly Transformer<R>[],
): ApiCallFn<R> {
  return transformers.reduce<ApiCallFn<R>>(
    (prev, transformer) => (method, payload, signal) => transformer(prev, method, payload, signal),
    call,
  );
}
