import type { Context } from "../context/context.ts";

/** A value, or a promise of it. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * Passes an update on to the middleware that follows. It is the second parameter of every
 * middleware, and is to be called at most once, and awaited (or returned): what the following
 * middleware does is over when its promise resolves, and its errors reject it.
 */
export type NextFunction = () => Promise<void>;

/** Middleware as a function: it handles the update in `ctx`, or passes it on with `next`. */
export type MiddlewareFn<C extends Context = Context> = (
  ctx: C,
  next: NextFunction,
) => MaybePromise<unknown>;

/** Middleware as an object that holds a function, as every {@linkcode Composer} does. */
export interface MiddlewareObj<C extends Context = Context> {
  /** Returns the middleware that this object holds. */
  middleware: () => MiddlewareFn<C>;
}

/**
 * What can be registered on a bot: a function that gets the context of an update and `next`, or
 * an object that holds such a function.
 *
 * ```ts
 * import { Bot, type Context, type Middleware } from "@tramline/tramline";
 *
 * const timing: Middleware<Context> = async (ctx, next) => {
 *   const start = performance.now();
 *   await next();
 *   console.log(ctx.update.update_id, performance.now() - start);
 * };
 * new Bot("123456:token").use(timing);
 * ```
 */
export type Middleware<C extends Context = Context> = MiddlewareFn<C> | MiddlewareObj<C>;
