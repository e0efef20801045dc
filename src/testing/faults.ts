import type { ErrorParameters } from "./errors.ts";

/**
 * What can go wrong with a call:
 *
 * - `"dropped"`: the connection closes, and the call is *not* carried out;
 * - `"lost_answer"`: the call is carried out, but the connection closes before the answer;
 * - `"truncated"`: the call is carried out, but the answer breaks off in the middle;
 * - `"bad_gateway"`: a 502 with HTML, as from a proxy; not carried out;
 * - `{ retry_after }`: 429, flood control; not carried out;
 * - `{ error_code, description, parameters }`: an error of your own; not carried out.
 */
export type Fault =
  | "dropped"
  | "lost_answer"
  | "truncated"
  | "bad_gateway"
  | { retry_after: number }
  | { error_code: number; description?: string; parameters?: ErrorParameters };

/** Decides for each call whether it goes wrong, and how. */
export type FaultRule = (call: { method: string; bot_id: number }) => Fault | undefined;

interface PlannedFault {
  method: string;
  fault: Fault;
  left: number;
}

/** The faults that tests have asked for. */
export class FaultPlan {
  readonly #planned: PlannedFault[] = [];
  readonly #rules = new Set<FaultRule>();

  /** Lets the next `times` calls of a method fail; `"*"` is any method but getUpdates. */
  plan(method: string, fault: Fault, times: number): void {
    this.#planned.push({ method: method.toLowerCase(), fault, left: times });
  }

  /** Asks `rule` about every call; the function returned takes it back. */
  addRule(rule: FaultRule): () => void {
    this.#rules.add(rule);
    return () => this.#rules.delete(rule);
  }

  /** The fault of the call that is to be carried out, if it has one. */
  next(call: { method: string; bot_id: number }): Fault | undefined {
    const name = call.method.toLowerCase();
    for (const [index, planned] of this.#planned.entries()) {
      const meant = planned.method === name || (planned.method === "*" && name !== "getupdates");
      if (!meant) continue;
      if (--planned.left <= 0) this.#planned.splice(index, 1);
      return planned.fault;
    }
    for (const rule of this.#rules) {
      const fault = rule(call);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
}

/** `Internal Server Error` and the like: the prefix that a description begins with. */
export function reasonOf(code: number): string {
  const reasons: Record<number, string> = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
  };
  return reasons[code] ?? `Error ${code}`;
}
