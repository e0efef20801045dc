import { describe } from "../base/describe.ts";

/** The error for something that was registered as middleware and is none; `what` names it. */
export function notMiddleware(given: unknown, what: string): TypeError {
  return new TypeError(
    `Cannot register middleware: ${what} must be a function or an object with a middleware() ` +
      `method, given ${describe(given)}.${hintFor(given)}`,
  );
}

function hintFor(given: unknown): string {
  if (given === undefined) {
    return " Look for a missing return or export, or for modules that import each other.";
  }
  if (given instanceof Promise) return " Await it first, or pass the function without calling it.";
  return "";
}

/** Throws if what was passed as a function is none; `what` names it. */
export function requireFunction(given: unknown, what: string): void {
  if (typeof given === "function") return;
  throw new TypeError(
    `Cannot register middleware: ${what} must be a function, given ${describe(given)}.`,
  );
}
