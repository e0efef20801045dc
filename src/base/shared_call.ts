/**
 * A call that is made once for all who ask at the same time. Each may give up for himself; when
 * nobody waits any more, the call is aborted.
 */
export class SharedCall<T> {
  readonly #call: (signal: AbortSignal) => Promise<T>;
  #current: { readonly result: Promise<T>; readonly controller: AbortController } | undefined;
  #waiting = 0;

  constructor(call: (signal: AbortSignal) => Promise<T>) {
    this.#call = call;
  }

  /** Joins the call, or begins it. Rejects with the reason of `signal` as soon as it is aborted. */
  async join(signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const current = this.#current ??= this.#begin();
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener("abort", onAbort);
    this.#waiting++;
    try {
      return await Promise.race([current.result, aborted]);
    } finally {
      signal?.removeEventListener("abort", onAbort);
      if (--this.#waiting === 0) {
        current.controller.abort();
        this.#current = undefined;
      }
    }
  }

  #begin(): { result: Promise<T>; controller: AbortController } {
    const controller = new AbortController();
    return { result: this.#call(controller.signal), controller };
  }
}
