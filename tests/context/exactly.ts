/** Whether `A` and `B` are the same type: not merely assignable to each other. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2)
  ? true
  : false;

/** Fails to compile unless the value's type is exactly `T`: `exactly<string>()(ctx.msg.text)`. */
export function exactly<T>(): <V>(value: V, ...same: Same<V, T> extends true ? [] : [T]) => void {
  return () => {};
}
