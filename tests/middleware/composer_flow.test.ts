import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { BotError, Composer, type Context, type NextFunction } from "@tramline/tramline";
import { newBot, text } from "./support.ts";

const tenThousand = 10_000;

function deferred(): { promise: Promise<void>; resolve: () => void } {
  return Promise.withResolvers<void>();
}

test("ten thousand handlers that all call next do not overflow the stack", async () => {
  const pass = (_: Context, next: NextFunction) => next();
  const passLater = async (_: Context, next: NextFunction) => await next();
  const before: [string, (composer: Composer<Context>) => unknown][] = [
    ["in one list", (composer) => (composer.use(pass), composer)],
    ["async", (composer) => (composer.use(passLater), composer)],
    ["each behind the last", (composer) => composer.use(pass)],
    ["behind filters", (composer) => composer.filter(() => true, passLater)],
    ["behind queries", (composer) => (composer.on("message", pass), composer)],
    ["each query behind the last", (composer) => composer.on("message", pass)],
    ["behind branches", (composer) => (composer.branch(() => true, pass, []), composer)],
    ["in error boundaries", (composer) => (composer.errorBoundary(() => {}, pass), composer)],
  ];
  for (const [what, add] of before) {
    const bot = newBot();
    let composer: Composer<Context> = bot;
    for (let i = 0; i < tenThousand; i++) composer = add(composer) as Composer<Context>;
    let reached = 0;
    bot.use(() => void reached++);
    await bot.handleUpdate(text("hi"));
    assert.equal(reached, 1, what);
  }
});

test("calling next twice is an error that names the middleware", async () => {
  const bot = newBot();
  bot.use(async function greedy(_, next) {
    await next();
    await next();
  });
  await assert.rejects(bot.handleUpdate(text("hi")), (error: BotError) => {
    assert.match(String(error.error), /Cannot call next\(\) twice .* the middleware greedy/);
    return true;
  });
});

test("next rejects with what the following middleware throws, even if that does not wait", async () => {
  const bot = newBot();
  const boom = new Error("boom");
  const caught: unknown[] = [];
  bot.use((_, next) => next().catch((error) => void caught.push(error)));
  bot.use(() => {
    throw boom;
  });
  await bot.handleUpdate(text("hi"));
  assert.deepEqual(caught, [boom]);
});

test("a handler may return any thenable, which is waited for", async () => {
  const bot = newBot();
  const log: string[] = [];
  bot.use(async (_, next) => {
    await next();
    log.push("after");
  });
  bot.use(() => ({
    then(resolve: (value?: unknown) => void) {
      log.push("query");
      resolve();
    },
  }));
  await bot.handleUpdate(text("hi"));
  assert.deepEqual(log, ["query", "after"]);
});

test("a fork runs alongside what follows, and the update waits for both", async () => {
  const bot = newBot();
  const log: string[] = [];
  const [forkMayEnd, mainRuns] = [deferred(), deferred()];
  bot.use(async (_, next) => {
    await next();
    log.push("done");
  });
  bot.fork().on("message", async (_, next) => {
    log.push("fork");
    await mainRuns.promise;
    await forkMayEnd.promise;
    await next();
    log.push("fork ends");
  });
  bot.use(() => {
    log.push("main");
    mainRuns.resolve();
    queueMicrotask(forkMayEnd.resolve);
  });
  await bot.handleUpdate(text("hi"));
  assert.deepEqual(log, ["fork", "main", "fork ends", "done"]);
});

test("the first error of a fork and what follows it is thrown, after both have ended", async () => {
  const log: string[] = [];
  const bot = newBot();
  const forkFails = deferred();
  bot.fork(() => {
    forkFails.resolve();
    throw new Error("in the fork");
  });
  bot.use(async () => {
    await forkFails.promise;
    log.push("main ends");
  });
  await assert.rejects(bot.handleUpdate(text("hi")), /in the fork/);
  assert.deepEqual(log, ["main ends"]);
});

test("an error boundary handles the errors within it, and the update is done", async () => {
  const bot = newBot();
  const log: unknown[] = [];
  const boom = new Error("boom");
  bot.errorBoundary((error) => {
    log.push(error.error, error.ctx.msg?.text);
  }, (_, next) => next()).command("fail", () => Promise.reject(boom));
  bot.use(() => void log.push("next"));
  await bot.handleUpdate(text("/fail"));
  assert.deepEqual(log, [boom, "/fail"]);
  await bot.handleUpdate(text("hi"));
  assert.deepEqual(log.slice(2), ["next"]);
});

test("a boundary's handler goes on after the boundary with next", async () => {
  const bot = newBot();
  const log: string[] = [];
  bot.errorBoundary((_, next) => next(), () => {
    throw new Error("boom");
  });
  bot.use(() => void log.push("next"));
  await bot.handleUpdate(text("hi"));
  assert.deepEqual(log, ["next"]);
});

test("what follows a boundary runs once, even if both the middleware and the handler call next", async () => {
  const bot = newBot();
  const log: string[] = [];
  bot.errorBoundary((_, next) => next(), async (_, next) => {
    await next();
    throw new Error("boom");
  });
  bot.use(() => void log.push("next"));
  await bot.handleUpdate(text("hi"));
  assert.deepEqual(log, ["next"]);
});

test("errors after a boundary pass through it, and through the middleware within", async () => {
  const bot = newBot();
  const log: string[] = [];
  const boom = new Error("boom");
  bot.errorBoundary(() => void log.push("handled"), async (_, next) => {
    try {
      await next();
    } finally {
      log.push("within");
    }
  });
  bot.use(() => Promise.reject(boom));
  await assert.rejects(bot.handleUpdate(text("hi")), (error: BotError) => error.error === boom);
  assert.deepEqual(log, ["within"]);
});

test("an error that a boundary's handler throws on goes to the boundary around it", async () => {
  const bot = newBot();
  const log: unknown[] = [];
  const boom = new Error("boom");
  bot.errorBoundary((error) => void log.push("outer", error.error)).errorBoundary((error) => {
    log.push("inner");
    throw error;
  }, () => Promise.reject(boom));
  await bot.handleUpdate(text("hi"));
  assert.deepEqual(log, ["inner", "outer", boom]);
});

test("a composer registered inside itself is an error, not an endless loop", async () => {
  const bot = newBot();
  const part = new Composer<Context>();
  part.on("message").use(part);
  bot.use(part);
  await assert.rejects(bot.handleUpdate(text("hi")), /registered inside itself/);
});

test("a printed BotError shows the original once, and nothing of the context", async () => {
  const bot = newBot();
  bot.use(() => {
    throw new RangeError("out of cheese");
  });
  const error = await bot.handleUpdate(text("secret words")).catch((error: unknown) => error);
  assert.ok(error instanceof BotError);
  assert.equal(error.name, "BotError");
  assert.equal(error.message, "Error in middleware: out of cheese");
  assert.equal(error.cause, error.error);
  assert.equal(error.ctx.msg?.text, "secret words");
  const printed = inspect(error, { depth: 10 }) + JSON.stringify(error);
  assert.match(printed, /RangeError: out of cheese/);
  assert.doesNotMatch(printed, /test-token|secret words/);
  assert.equal(
    new BotError("just text", error.ctx).message,
    'Error in middleware: "just text" was thrown',
  );
});
