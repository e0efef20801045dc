import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, Composer, Context } from "@tramline/tramline";
import type { Update } from "@tramline/tramline/types";
import { Chain } from "#src/middleware/dispatch/chain.ts";
import { botInfo, messageOf, press, text } from "./support.ts";

/** How often dispatch looks into the content of an update until a handler is called. */
async function looksAt(composer: Composer<Context>, update: Update): Promise<number> {
  let looks = 0;
  const { update_id, ...content } = structuredClone(update);
  for (const [kind, value] of Object.entries(content)) {
    const counting = new Proxy(value, {
      get(target, property, receiver) {
        looks++;
        return Reflect.get(target, property, receiver);
      },
    });
    content[kind as keyof typeof content] = counting as never;
  }
  let handled = 0;
  const handling = composer.middleware();
  const ctx = new Context({ update_id, ...content }, new Api("1:test-token"), botInfo);
  await handling(ctx, () => Promise.resolve(void handled++));
  return looks;
}

function composerOf(handlers: number): Composer<Context> {
  const composer = new Composer<Context>();
  const stop = () => {};
  const messages = composer.on("message");
  const privately = composer.chatType("private");
  for (let i = 0; i < handlers; i++) {
    composer.command(`command${i}`, stop);
    messages.command([`inner${i}`, `other${i}`], stop);
    privately.hears(`text ${i}`, stop);
    composer.callbackQuery(`button ${i}`).on("callback_query:data", stop);
    composer.on("inline_query", stop);
    composer.on("message:caption");
    composer.command("common").hears(`/common ${i}`, (_, next) => next());
  }
  return composer;
}

test("handlers that cannot match are not asked, however many there are", async () => {
  const [few, many] = [composerOf(10), composerOf(1000)];
  const updates = [
    text("/command7"),
    text("/other9@test_bot"),
    text("/unknown"),
    text("text 5"),
    text("unknown ".repeat(100)),
    press("button 9"),
    press("unknown"),
    messageOf("message", { photo: [] }),
    messageOf("edited_message", { text: "text 5" }),
  ];
  for (const update of updates) {
    const looks = await looksAt(few, update);
    assert.ok(looks < 20, `${looks} looks at ${JSON.stringify(update)}`);
    assert.equal(await looksAt(many, update), looks, JSON.stringify(update));
  }
});

test("a layout is made once, and anew only when a chain within it has grown", () => {
  const [outer, inner, other] = [new Chain(), new Chain(), new Chain()];
  let reads = 0;
  const { links } = inner;
  Object.defineProperty(inner, "links", { get: () => (reads++, links) });
  outer.add({ inner });
  const ctx = new Context(text("hi"), new Api("1:test-token"), botInfo);
  const readsOfRun = () => {
    reads = 0;
    outer.run(ctx);
    return reads;
  };
  inner.add({ fn: () => {} });
  assert.ok(readsOfRun() > 0);
  assert.equal(readsOfRun(), 0);
  other.add({ fn: () => {} });
  other.run(ctx);
  assert.equal(readsOfRun(), 0);
  inner.add({ fn: () => {} });
  assert.ok(readsOfRun() > 0);
  assert.equal(readsOfRun(), 0);
});
