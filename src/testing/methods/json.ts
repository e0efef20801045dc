import { badRequest } from "../errors.ts";
import type { Params } from "../params.ts";

/** A parameter as JSON; `undefined` if it is missing. */
export function readJson(params: Params, name: string, problem: string): unknown {
  return params.json(name, () => badRequest(problem));
}

/** Is this a JSON object? */
export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** A field as text: Telegram takes numbers for strings, and nothing else. */
export function textField(object: Record<string, unknown>, name: string): string | undefined {
  const value = object[name];
  if (value === undefined) return undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  throw badRequest(`field "${name}" must be of type String`);
}
