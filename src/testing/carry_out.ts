import type { BotAccount } from "./bot_account.ts";
import { type ApiCall, CallRecord } from "./calls.ts";
import { TelegramError, tooManyRequests } from "./errors.ts";
import { type Fault, reasonOf } from "./faults.ts";
import type { Call } from "./methods/call.ts";
import { findMethod } from "./methods/mod.ts";
import type { Params } from "./params.ts";
import { RawJson } from "./raw_json.ts";
import type { World } from "./world.ts";

/** What goes back over the connection. */
export interface Answer {
  status: number;
  body: string | Uint8Array<ArrayBuffer>;
  /** `application/json` if not said otherwise; empty for an answer without a body. */
  contentType?: string;
  retryAfter?: number;
  /** The connection closes before the answer, or in the middle of it. */
  cut?: "before" | "within";
}

/** Carries out one call of a method: writes it down, lets faults happen, and makes the answer. */
export async function carryOut(
  world: World,
  account: BotAccount,
  name: string,
  params: Params,
  via: ApiCall["via"],
): Promise<Answer> {
  const method = findMethod(name);
  if (method === undefined) {
    return errorAnswer(new TelegramError(404, "Not Found: method not found"));
  }
  const record = new CallRecord(account.id, method.name, params, world.clock.now(), via);
  world.calls.push(record);
  const counts = method.name !== "getUpdates";
  if (counts) world.activeCalls++;
  world.changes.notify();
  try {
    if (world.latencySeconds > 0 && counts) await world.clock.wait(world.latencySeconds);
    const fault = world.faults.next(record);
    const early = fault && answerInstead(fault);
    if (early instanceof TelegramError) throw early;
    if (early !== undefined) {
      record.error = { error_code: early.status, description: String(fault) };
      return early;
    }
    const call: Call = { world, account, method: method.name, params };
    const wait = world.flood?.take(account.id, method.name, params.text("chat_id")) ?? 0;
    if (wait > 0) throw tooManyRequests(wait);
    const responder = world.responders.get(method.name);
    let result = responder === undefined ? undefined : await responder(record);
    if (result === undefined) {
      const pending = method.run(call);
      result = pending instanceof Promise ? await pending : pending;
    }
    record.result = result instanceof RawJson ? undefined : result;
    const answer = resultAnswer(result, call.description);
    if (fault === "lost_answer") answer.cut = "before";
    if (fault === "truncated") answer.cut = "within";
    return answer;
  } catch (error) {
    const problem = error instanceof TelegramError ? error : broken(method.name, error);
    record.error = { error_code: problem.code, description: problem.description };
    return errorAnswer(problem);
  } finally {
    record.answered = true;
    if (counts) world.activeCalls--;
    world.changes.notify();
  }
}

/** The answer of a call that failed. */
export function errorAnswer({ code, description, parameters }: TelegramError): Answer {
  const body = JSON.stringify({ ok: false, error_code: code, description, parameters });
  const retryAfter = parameters?.retry_after;
  return retryAfter === undefined ? { status: code, body } : { status: code, body, retryAfter };
}

function resultAnswer(result: unknown, description: string | undefined): Answer {
  const text = result instanceof RawJson ? result.text : JSON.stringify(result);
  const extra = description === undefined ? "" : `,"description":${JSON.stringify(description)}`;
  return { status: 200, body: `{"ok":true,"result":${text}${extra}}` };
}

/** What a fault answers in the place of the method; `undefined` if the method is to run. */
function answerInstead(fault: Fault): Answer | TelegramError | undefined {
  if (fault === "dropped") return { status: 0, body: "", cut: "before" };
  if (fault === "bad_gateway") {
    const body = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n" +
      "<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";
    return { status: 502, body, contentType: "text/html" };
  }
  if (typeof fault === "string") return undefined;
  if ("retry_after" in fault) return tooManyRequests(fault.retry_after);
  const { error_code: code, description = reasonOf(code), parameters } = fault;
  return new TelegramError(code, description, parameters);
}

function broken(method: string, cause: unknown): TelegramError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const error = new TelegramError(
    500,
    `Internal Server Error: the simulator failed in ${method}: ${reason}`,
  );
  error.cause = cause;
  return error;
}
