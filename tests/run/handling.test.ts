import { Bot, type Context } from "@tramline/tramline";
import type { Update, UserFromGetMe } from "@tramline/tramline/types";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Handling, type HandlingConfig } from "#src/run/handling.ts";
import { logged } from "../log_support.ts";
import { Gate, turn } from "./support.ts";

const botInfo = { id: 42, is_bot: true, first_name: "Bot", username: "b_bot" } as UserFromGetMe;

function message(update_id: number, chat: number, text: string): Update {
  return {
    update_id,
    message: {
      message_id: update_id,
      date: 0,
      chat: { id: chat, type: "private", first_name: "Alice" },
      from: { id: chat, is_bot: false, first_name: "Alice" },
      text,
    },
  };
}

function setUp(config: HandlingConfig<Context>) {
  const bot = new Bot("123456:abc", { botInfo });
  const gate = new Gate();
  const signals: AbortSignal[] = [];
  bot.on("message:text", (ctx) => {
    signals.push(ctx.signal);
    return gate.pass(ctx.msg.text);
  });
  return { gate, signals, handling: new Handling(bot, config) };
}

test("a slow handler is reported once, with the update that it handles", async () => {
  const { gate, handling } = setUp({ slowSeconds: 0.02 });
  const lines = await logged(async (lines) => {
    handling.handle(message(5, 4711, "slow"));
    while (lines.length === 0) await turn();
    const begin = performance.now();
    while (performance.now() - begin < 30) await turn();
    gate.open("slow");
    await handling.drain();
  });
  assert.deepEqual(lines, [
    "warning: Handling update 5 (message, ordering key 4711) has taken 0.02 s, and holds up its lane.",
  ]);
});

test("a handler that never ends loses its lane some seconds after its time is up", async () => {
  const { gate, handling } = setUp({ handlerTimeoutSeconds: 0.02, graceSeconds: 0.02 });
  const lines = await logged(async () => {
    const stuck = handling.handle(message(1, 1, "stuck"));
    const next = handling.handle(message(2, 1, "next"));
    assert.equal(await stuck, "done");
    gate.open("next");
    assert.equal(await next, "done");
    await handling.drain();
  });
  assert.match(lines[0]!, /^error: Handling update 1 .* has taken 0.02 s/);
  assert.match(lines[1]!, /^error: Handling update 1 .* does not end; its lane goes on without it/);
});

test("no timer is left when no handler runs", async () => {
  const { gate, handling } = setUp({ handlerTimeoutSeconds: 60 });
  // Deno's test runner fails if one is.
  const handled = handling.handle(message(1, 1, "one"));
  gate.open("one");
  assert.equal(await handled, "done");
});

test("what waits at a cut is dropped and what runs is aborted", async () => {
  const { gate, signals, handling } = setUp({});
  const running = handling.handle(message(1, 1, "running"));
  const waiting = handling.handle(message(2, 1, "waiting"));
  handling.cut(new Error("the end"));
  gate.open("running");
  assert.deepEqual([await running, await waiting], ["done", "dropped"]);
  assert.deepEqual(gate.arrived, ["running"]);
  assert.match(String(signals[0]!.reason), /the end/);
});

test("something that only looks like an update is handled, and its error is not the scheduler's", async () => {
  const { handling } = setUp({});
  const odd = { update_id: 1, message: null } as unknown as Update;
  await logged(async () => {
    assert.equal(await handling.handle(odd), "done");
  });
});

test("a context's signal is not aborted as long as all is well", async () => {
  const { gate, signals, handling } = setUp({});
  const handled = handling.handle(message(1, 1, "hello"));
  gate.open("hello");
  await handled;
  assert.equal(signals[0]!.aborted, false);
});
