const longest = 60;

/**
 * Says in a few words what a value is, for errors of the form "Cannot X: Y must be Z, given W".
 *
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(describe("abc"), '"abc"');
 * assert.equal(describe([1, 2]), "an array of 2");
 * ```
 */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return JSON.stringify(shorten(value));
  if (typeof value === "function") return value.name ? `the function ${value.name}` : "a function";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object") {
    const name = Object.getPrototypeOf(value)?.constructor?.name;
    if (name && name !== "Object") return `an instance of ${name}`;
    return `an object with the keys ${shorten(Object.keys(value).join(", ")) || "(none)"}`;
  }
  return `the ${typeof value} ${String(value)}`;
}

function shorten(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
