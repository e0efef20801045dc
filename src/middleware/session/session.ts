import type { Context } from "../../context/context.ts";
import { unitOfWork } from "../../context/unit_of_work.ts";
import type { MaybePromise, MiddlewareFn } from "../types.ts";
import { SessionKeeper } from "./keeper.ts";
import type { LiveSession } from "./live.ts";
import { lazily, noSession, partsOf, provide } from "./provide.ts";
import type {
  LazySessionFlavor,
  MultiSessionOptions,
  SessionFlavor,
  SessionOptions,
} from "./types.ts";

/**
 * Makes middleware that keeps data for each chat: it reads the data before the handlers run, gives
 * it to them as `ctx.session`, and stores it afterwards.
 *
 * Stored is what has changed. A session that nobody asked for is not stored, nor one that is as it
 * was read; the result of `initial` is, once it was asked for. If a handler fails, nothing is.
 * `ctx.session = null` deletes.
 *
 * Updates of one key can overlap: with a `getSessionKey` other than the ordering key, or when
 * `bot.handleUpdate` is called without waiting for the last call. They then share one session
 * object, so in this process none overwrites what another has stored; but a handler that reads a
 * value, waits and writes it back still can, and the changes of a handler that fails are stored
 * with those of one that shares them. `sequentialize` prevents that. Between processes only a store
 * given to `run` does.
 *
 * ```ts
 * import { Bot, type Context, session, type SessionFlavor } from "@tramline/tramline";
 *
 * type MyContext = Context & SessionFlavor<{ count: number }>;
 * const bot = new Bot<MyContext>("123456:token");
 * bot.use(session({ initial: () => ({ count: 0 }) }));
 * bot.on("message", (ctx) => ctx.reply(`#${++ctx.session.count}`));
 * ```
 *
 * With `type: "multi"`, each property of `ctx.session` is a session with its own options:
 *
 * ```ts
 * import { Bot, type Context, session, type SessionFlavor } from "@tramline/tramline";
 *
 * type Data = { chat: { topic: string }; user: { name?: string } };
 * const bot = new Bot<Context & SessionFlavor<Data>>("123456:token");
 * bot.use(session({
 *   type: "multi",
 *   chat: { initial: () => ({ topic: "" }) },
 *   user: { initial: () => ({}), getSessionKey: (ctx) => ctx.from?.id.toString() },
 * }));
 * ```
 *
 * @param options Where and under which key the data is kept, and how it begins
 * @throws {TypeError} If an option is not of the right type
 */
export function session<S, C extends Context>(
  options: SessionOptions<S, C> | MultiSessionOptions<S, C> = {},
): MiddlewareFn<C & SessionFlavor<S>> {
  return options.type === "multi"
    ? multiSession(options as MultiSessionOptions<object, C>)
    : singleSession(options as SessionOptions<unknown, C>);
}

/**
 * Makes middleware like {@linkcode session} that reads the data only when a handler asks for it:
 * `ctx.session` is a promise. An update whose handlers do not ask costs the storage nothing.
 *
 * ```ts
 * import { Bot, type Context, lazySession, type LazySessionFlavor } from "@tramline/tramline";
 *
 * const bot = new Bot<Context & LazySessionFlavor<{ count: number }>>("123456:token");
 * bot.use(lazySession({ initial: () => ({ count: 0 }) }));
 * bot.command("count", async (ctx) => {
 *   const session = await ctx.session;
 *   await ctx.reply(`#${++session.count}`);
 * });
 * ```
 *
 * @param options Where and under which key the data is kept, and how it begins
 * @throws {TypeError} If an option is not of the right type
 */
export function lazySession<S, C extends Context>(
  options: SessionOptions<S, C> = {},
): MiddlewareFn<C & LazySessionFlavor<S>> {
  const keeper = new SessionKeeper(options as SessionOptions<unknown, C>);
  return async (ctx, next) => {
    const session = await keeper.open(ctx);
    try {
      provide(ctx, session === undefined ? noSession : lazily(session));
      await next();
      await session?.save(ctx[unitOfWork]);
    } finally {
      keeper.close(session);
    }
  };
}

function singleSession<C extends Context>(options: SessionOptions<unknown, C>): MiddlewareFn<C> {
  const keeper = new SessionKeeper(options);
  return async (ctx, next) => {
    // A store that `run` was given has read the session already: then there is nothing to wait for.
    const opened = keeper.open(ctx);
    const session = opened instanceof Promise ? await opened : opened;
    try {
      const loading = session?.load();
      if (loading !== undefined) await loading;
      provide(ctx, session ?? noSession);
      await next();
      const saving = session?.save(ctx[unitOfWork]);
      if (saving !== undefined) await saving;
    } finally {
      keeper.close(session);
    }
  };
}

function multiSession<C extends Context>(
  { type: _, ...parts }: MultiSessionOptions<object, C>,
): MiddlewareFn<C> {
  const keepers = Object.entries<SessionOptions<unknown, C>>(parts)
    .map(([name, options]) => [name, new SessionKeeper(options ?? {}, `${name}:`)] as const);
  return async (ctx, next) => {
    const sessions = new Map<string, LiveSession | undefined>();
    try {
      for (const [name, keeper] of keepers) sessions.set(name, await keeper.open(ctx));
      await all(sessions, (session) => session.load());
      provide(ctx, partsOf(sessions));
      await next();
      await all(sessions, (session) => session.save(ctx[unitOfWork]));
    } finally {
      for (const [name, keeper] of keepers) keeper.close(sessions.get(name));
    }
  };
}

/** Does something to all parts, and only then throws the first error, if there was one. */
async function all(
  sessions: Map<string, LiveSession | undefined>,
  action: (session: LiveSession) => MaybePromise<void>,
): Promise<void> {
  const outcomes = await Promise.allSettled(
    sessions.values().map(async (session) => session && await action(session)),
  );
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}
