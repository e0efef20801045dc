/** Whether a value is a promise, of whatever make. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}

/**
 * Goes on with a value: at once, or when it is there. Where most values are there at once, an async
 * function would cost more than what it does.
 */
export function after<T, R>(
  value: T | PromiseLike<T>,
  goOn: (value: T) => R | PromiseLike<R>,
): R | Promise<R> {
  return isThenable(value)
    ? Promise.resolve(value as PromiseLike<T>).then(goOn)
    : goOn(value as T) as R | Promise<R>;
}
