import { untilDone } from "#src/updates/trouble.ts";
import { Api } from "@tramline/tramline";
import { Simulator } from "@tramline/tramline/testing";
import assert from "node:assert/strict";
import { test } from "node:test";
import { logged } from "../log_support.ts";

test("a call that a server takes and never answers is cut, named and repeated", async () => {
  await using sim = new Simulator({ timeoutSeconds: 60 });
  let asked = 0;
  const api = new Api(sim.token, {
    apiRoot: "http://bot-api.example",
    fetch: (url, init) => {
      if (++asked > 1) return sim.client.fetch!(url, init);
      return new Promise((_, reject) => {
        init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason));
      });
    },
  });
  const lines = await logged(async () => {
    const me = await untilDone("start the bot", (cut) => api.getMe(cut), undefined, 0.5);
    assert.equal(me.username, "simulated_bot");
  });
  assert.equal(asked, 2);
  assert.match(
    lines[0]!,
    /^warning: Cannot start the bot: .* No answer came in time from http:\/\/bot-api\.example \(more than 0\.5 s\)/,
  );
});

test("a call that is given up rejects with the reason for that, and is not repeated", async () => {
  const controller = new AbortController();
  let asked = 0;
  const pending = untilDone("start the bot", (cut) => {
    asked++;
    return new Promise((_, reject) => cut.addEventListener("abort", () => reject(cut.reason)));
  }, controller.signal);
  controller.abort(new Error("no more patience"));
  await assert.rejects(pending, /no more patience/);
  assert.equal(asked, 1);
});
