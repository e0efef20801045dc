import type { TestContext } from "node:test";
import { type SimulatedBot, Simulator, type SimulatorOptions } from "@tramline/tramline/testing";

/** A simulator that is closed when the test ends. */
export function simulator(t: TestContext, options?: SimulatorOptions): Simulator {
  const sim = new Simulator({ timeoutSeconds: 60, ...options });
  t.after(() => sim.close());
  return sim;
}

/** What the Bot API answers, as loosely as a test needs it. */
export interface Reply {
  status: number;
  ok: boolean;
  // deno-lint-ignore no-explicit-any -- tests look into results of every shape
  result?: any;
  description?: string;
  error_code?: number;
  parameters?: { retry_after?: number; migrate_to_chat_id?: number };
}

/** Calls methods as a bot would, with JSON, in this process or (with a root) over HTTP. */
export function caller(
  sim: Simulator,
  { bot = sim.mainBot, root }: { bot?: SimulatedBot; root?: string } = {},
): (method: string, payload?: Record<string, unknown>) => Promise<Reply> {
  return async (method, payload = {}) => {
    const fetch = root === undefined ? sim.fetch : globalThis.fetch;
    const response = await fetch(`${root ?? sim.client.apiRoot}/bot${bot.token}/${method}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(payload),
    });
    return { status: response.status, ...await response.json() };
  };
}
