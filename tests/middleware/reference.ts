/**
 * A second implementation of composers, as simple as can be: it asks all handlers in order. The
 * model test compares the compiled dispatch with it.
 *
 * @module
 */
import { Composer, Context, type MiddlewareFn, type NextFunction } from "@tramline/tramline";

/** A piece of a bot. Its `id` appears in the log when it has its turn. */
export type Part =
  | { type: "handler"; id: number; later: boolean; does: Does; change: (ctx: Context) => void }
  | { type: "use" | "install"; inner: Part[] }
  | { type: "on"; queries: Query[]; inner: Part[] }
  | { type: "hears" | "callbackQuery"; triggers: (string | RegExp)[]; inner: Part[] }
  | { type: "command"; names: string[]; inner: Part[] }
  | { type: "chatType"; chatType: "private" | "group"; inner: Part[] }
  | { type: "filter" | "drop"; inner: Part[] } & Predicate
  | { type: "branch" | "route" | "lazy"; inner: Part[]; other: Part[] } & Predicate
  | { type: "boundary"; id: number; goesOn: boolean; inner: Part[] };

interface Predicate {
  id: number;
  later: boolean;
  remainder: number;
  change?: (ctx: Context) => void;
}

export type Does = "stop" | "pass on" | "change and pass on" | "fail" | "pass on and fail";
export type Query =
  | ":text"
  | "message"
  | "message:caption"
  | "edited_message:text"
  | "callback_query";

/** What happened, in order. */
export type Log = string[];

/** What a handler does, in both implementations. */
function handlerFor(part: Part & { type: "handler" }, log: Log): MiddlewareFn {
  const { id, later, does, change } = part;
  const handle = (ctx: Context, next: NextFunction): Promise<void> | void => {
    log.push(`handler ${id}`);
    if (does === "stop") return;
    if (does === "fail") throw new Error(`handler ${id} failed`);
    if (does === "change and pass on") change(ctx);
    return next().then(() => {
      log.push(`handler ${id} ends`);
      if (does === "pass on and fail") throw new Error(`handler ${id} failed late`);
    });
  };
  return later ? (ctx, next) => Promise.resolve().then(() => handle(ctx, next)) : handle;
}

/** What a predicate does and returns, in both implementations. */
function predicateFor(
  { id, later, remainder, change }: Predicate,
  log: Log,
): (ctx: Context) => boolean | Promise<boolean> {
  return (ctx) => {
    log.push(`predicate ${id}`);
    change?.(ctx);
    const result = ctx.update.update_id % 3 === remainder;
    return later ? Promise.resolve(result) : result;
  };
}

/** Registers parts on a composer, and remembers which composer stands for which list. */
export function register(
  composer: Composer<Context>,
  parts: Part[],
  log: Log,
  composers: Map<Part[], Composer<Context>>,
): void {
  const inner = <C extends Context>(composer: Composer<C>, parts: Part[]): Composer<Context> => {
    const behind = composer as unknown as Composer<Context>;
    composers.set(parts, behind);
    register(behind, parts, log, composers);
    return behind;
  };
  for (const part of parts) {
    switch (part.type) {
      case "handler":
        composer.use(handlerFor(part, log));
        break;
      case "use":
        inner(composer.use(), part.inner);
        break;
      case "install":
        composer.use(inner(new Composer(), part.inner));
        break;
      case "on":
        inner(composer.on(part.queries), part.inner);
        break;
      case "hears":
        inner(composer.hears(part.triggers), part.inner);
        break;
      case "callbackQuery":
        inner(composer.callbackQuery(part.triggers), part.inner);
        break;
      case "command":
        inner(composer.command(part.names), part.inner);
        break;
      case "chatType":
        inner(composer.chatType(part.chatType), part.inner);
        break;
      case "filter":
        inner(composer.filter(predicateFor(part, log)), part.inner);
        break;
      case "drop":
        inner(composer.drop(predicateFor(part, log)), part.inner);
        break;
      case "boundary": {
        const { id, goesOn } = part;
        inner(composer.errorBoundary((_, next) => handleError(id, goesOn, next, log)), part.inner);
        break;
      }
      default: {
        const [one, other] = [part.inner, part.other].map((list) => inner(new Composer(), list));
        const choose = predicateFor(part, log);
        if (part.type === "branch") composer.branch(choose, one!, other!);
        else if (part.type === "lazy") {
          composer.lazy(async (ctx) => await choose(ctx) ? [one!] : other!);
        } else {composer.route(
            async (ctx) => await choose(ctx) ? "one" : undefined,
            { one: one! },
            other!,
          );}
      }
    }
  }
}

function handleError(
  id: number,
  goesOn: boolean,
  next: NextFunction,
  log: Log,
): void | Promise<void> {
  log.push(`boundary ${id}`);
  if (goesOn) return next();
}

/** Runs the parts of a list from `at` on. */
export async function interpret(
  parts: Part[],
  ctx: Context,
  next: NextFunction,
  log: Log,
  at = 0,
): Promise<void> {
  const part = parts[at];
  if (part === undefined) return await next();
  const following = () => interpret(parts, ctx, next, log, at + 1);
  const within = (list: Part[], next = following) => interpret(list, ctx, next, log);
  switch (part.type) {
    case "handler":
      return await handlerFor(part, log)(ctx, following) as void;
    case "use":
    case "install":
      return await within(part.inner);
    case "filter":
    case "drop": {
      const expected = part.type === "filter";
      const passes = await predicateFor(part, log)(ctx) === expected;
      return await (passes ? within(part.inner) : following());
    }
    case "branch":
    case "route":
    case "lazy":
      return await within(await predicateFor(part, log)(ctx) ? part.inner : part.other);
    case "boundary": {
      const outside: { once?: Promise<void>; error?: unknown } = {};
      const leave = () =>
        outside.once ??= following().catch((error) => {
          outside.error = error;
          throw error;
        });
      try {
        return await within(part.inner, leave);
      } catch (error) {
        if (error === outside.error) throw error;
        return await handleError(part.id, part.goesOn, leave, log);
      }
    }
    default:
      return await (guardOf(part)(ctx) ? within(part.inner) : following());
  }
}

function guardOf(
  part: Part & { type: "on" | "hears" | "callbackQuery" | "command" | "chatType" },
): (ctx: Context) => boolean {
  switch (part.type) {
    case "on":
      return Context.has.filterQuery(part.queries);
    case "hears":
      return Context.has.text(part.triggers);
    case "callbackQuery":
      return Context.has.callbackQuery(part.triggers);
    case "command":
      return Context.has.command(part.names);
    case "chatType":
      return Context.has.chatType(part.chatType);
  }
}
