import { describe } from "../base/describe.ts";
import { FileAsJsonError } from "./input_file.ts";

/** The payload of a call. */
export type Args = Record<string, unknown>;

/**
 * The payload without the parameters that are `null`, which Telegram would take for the text "null".
 *
 * @throws {TypeError} if a parameter is of a kind that cannot be sent, which JSON would turn into
 * something else without a word
 */
export function checkPayload(method: string, payload: unknown): Args {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    throw new TypeError(
      `Cannot call '${method}': its parameters must be in an object, given ${describe(payload)}.`,
    );
  }
  let result = payload as Args;
  for (const key in result) {
    const value = result[key];
    if (typeof value === "string" || typeof value === "boolean" || value === undefined) continue;
    if (value === null) {
      if (result === payload) result = { ...payload };
      delete result[key];
    } else if (!isSendable(value)) {
      throw new TypeError(
        `Cannot call '${method}': the parameter ${key} must be a text, a number, a boolean, an ` +
          `object, an array or an InputFile, given ${describe(value)}.${hintFor(value)}`,
      );
    }
  }
  return result;
}

/** The payload as JSON; `undefined` if there is a file in it, so that it has to be uploaded. */
export function toJson(method: string, payload: Args): string | undefined {
  try {
    return JSON.stringify(payload);
  } catch (cause) {
    if (cause instanceof FileAsJsonError) return undefined;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(
      `Cannot call '${method}': its parameters cannot be written as JSON. ${reason}`,
      { cause },
    );
  }
}

/** What JSON would turn into `{}`, into the text of a date that Telegram does not know, or drop. */
const unsendable =
  /^\[object (Promise|Date|Map|Set|\w+Array|DataView|ArrayBuffer|Blob|File|Response|ReadableStream)\]$/;

function isSendable(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value === "object" && !unsendable.test(Object.prototype.toString.call(value));
}

function hintFor(value: unknown): string {
  if (value instanceof Promise) return " Await it.";
  if (value instanceof Date) return " Times are in seconds: Math.floor(date.getTime() / 1000).";
  if (value instanceof Map || value instanceof Set) return " Spread it into an array.";
  return typeof value === "object" ? " Wrap it: new InputFile(…)." : "";
}
