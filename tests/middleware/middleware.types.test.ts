import { test } from "node:test";
import {
  type ChatTypeContext,
  type CommandMiddleware,
  Composer,
  type Context,
  type Enhance,
  enhanceStorage,
  type Filter,
  lazySession,
  type LazySessionFlavor,
  MemorySessionStorage,
  type Middleware,
  type NextFunction,
  sequentialize,
  session,
  type SessionFlavor,
  type StorageAdapter,
} from "@tramline/tramline";
import type { StorageAdapter as GrammyStorageAdapter } from "grammy";

/** Whether two types are the same, not only assignable. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;
declare function same<A, B>(..._: Same<A, B> extends true ? [] : [never]): void;

interface Data {
  count: number;
}

// Checked by the compiler only.
export function composers(composer: Composer<Context>): void {
  composer.on("message:text", (ctx) => same<typeof ctx.message.text, string>());
  composer.on("message:text").on("message:entities", (ctx) => {
    same<typeof ctx.msg.text, string>();
    ctx.msg.entities.length;
  });
  composer.on(["message:text", "callback_query:data"], (ctx) => {
    // @ts-expect-error it may be the button
    ctx.message.text;
  });
  // @ts-expect-error no such query
  composer.on("message:texd", () => {});

  composer.command("start", (ctx) => same<typeof ctx.match, string>());
  composer.hears(/a(b)/, (ctx) => same<typeof ctx.match, string | RegExpMatchArray>());
  composer.callbackQuery("a", (ctx) => same<typeof ctx.callbackQuery.data, string>());
  composer.gameQuery("a", (ctx) => same<typeof ctx.callbackQuery.game_short_name, string>());
  composer.inlineQuery("a", (ctx) => same<typeof ctx.inlineQuery.query, string>());
  composer.chatType("private", (ctx) => {
    same<typeof ctx.chat.type, "private">();
    ctx.from.id;
  });
  composer.chatType(["group", "supergroup"], (ctx) => {
    // @ts-expect-error it is a group
    ctx.chat.type === "private";
  });
  composer.reaction("👍", (ctx) => ctx.messageReaction.new_reaction);
  // @ts-expect-error not an emoji that Telegram allows
  composer.reaction("tram", () => {});

  const isAda = (ctx: Context): ctx is Context & { ada: true } => ctx.from?.id === 7;
  composer.filter(isAda, (ctx) => same<typeof ctx.ada, true>()).use((ctx) => ctx.ada);
  composer.filter(async (ctx) => await Promise.resolve(ctx.chat !== undefined), (ctx) => {
    same<typeof ctx, Context>();
  });
  // @ts-expect-error the predicate must return a boolean
  composer.filter(() => "yes", () => {});

  composer.route((ctx) => ctx.chat ? "a" : undefined, { a: (ctx) => ctx.reply("a") });
  // @ts-expect-error there is no handler for b
  composer.route(() => "b", { a: () => {} });
  composer.branch((ctx) => ctx.chat !== undefined, [(ctx) => ctx.reply("a")], new Composer());
  composer.errorBoundary((err, next) => {
    same<typeof err.ctx, Context>();
    return next();
  });

  // @ts-expect-error not a function
  composer.use(undefined);
  // @ts-expect-error next takes no error
  composer.use((_, next) => next(new Error("no")));
}

export function apart(composer: Composer<Context>, other: Composer<Context & { other: 1 }>): void {
  const any: Middleware = (ctx: Context, next: NextFunction) => (ctx.chat, next());
  const command: CommandMiddleware<Context> = (ctx) => ctx.match.trim();
  const text = (ctx: Filter<Context, ":text">) => ctx.msg.text;
  const privately = (ctx: ChatTypeContext<Context, "private">) => ctx.chat.first_name;
  composer.use(any, composer);
  composer.command("a", any, command, composer);
  composer.on(":text", text);
  composer.chatType("private", privately);
  // A composer for less may serve where there is more, not the other way round.
  other.use(composer);
  // @ts-expect-error it needs what a plain context does not have
  composer.use(other);
  // @ts-expect-error it needs a text
  composer.use(text);
}

export function sessions(
  single: Composer<Context & SessionFlavor<Data>>,
  lazy: Composer<Context & LazySessionFlavor<Data>>,
  multi: Composer<Context & SessionFlavor<{ chat: Data; user?: { name: string } }>>,
): void {
  single.use(session({ initial: () => ({ count: 0 }) }), session());
  single.use((ctx) => {
    same<typeof ctx.session, Data>();
    ctx.session = null;
    ctx.session = undefined;
    ctx.session = { count: 5 };
    // @ts-expect-error not the data
    ctx.session = { cound: 5 };
  });
  single.on("message").filter(() => true, (ctx) => ctx.session.count++);
  // @ts-expect-error not the data
  single.use(session({ initial: () => ({ cound: 0 }) }));
  single.use(session({
    getSessionKey: (ctx) => {
      // @ts-expect-error there is no session yet
      ctx.session;
      return ctx.from?.id.toString();
    },
    storage: new MemorySessionStorage<Data>(1000),
  }));
  single.use(session({
    storage: enhanceStorage({
      storage: new MemorySessionStorage<Enhance<Data>>(),
      migrations: { 1: (old: number): Data => ({ count: old }) },
    }),
  }));

  lazy.use(lazySession({ initial: () => ({ count: 0 }) }));
  lazy.use(async (ctx) => {
    // @ts-expect-error it may be a promise
    ctx.session.count;
    (await ctx.session).count++;
    ctx.session = Promise.resolve({ count: 5 });
    ctx.session = null;
  });

  multi.use(session({ type: "multi", chat: { initial: () => ({ count: 0 }) }, user: {} }));
  // @ts-expect-error every part needs an entry
  multi.use(session({ type: "multi", user: {} }));
  multi.use((ctx) => (ctx.session.chat.count++, ctx.session.user?.name));
  // @ts-expect-error the kind of session must fit
  lazy.use(session({ initial: () => ({ count: 0 }) }));
}

export function others(composer: Composer<Context>): StorageAdapter<Data> {
  composer.use(sequentialize((ctx) => ctx.chatId?.toString()));
  composer.use(sequentialize((ctx: Context) => [String(ctx.chatId), String(ctx.from?.id)]));
  // @ts-expect-error keys are strings
  composer.use(sequentialize((ctx: Context) => ctx.chatId));
  return { read: () => undefined, write: async () => {}, delete: () => {} };
}

/** Published adapters are typed by grammY's interface: they go in as they are, and ours go there. */
export function adapters(
  theirs: GrammyStorageAdapter<Data>,
  ours: StorageAdapter<Data>,
): GrammyStorageAdapter<Data> {
  session({ initial: () => ({ count: 0 }), storage: theirs });
  return ours;
}

test("the types of composers, sessions and sequentialize hold", () => {});
