import { within as inTime } from "../../base/within.ts";

/** Fails unless something is true. */
export function expect(what: string, isTrue: boolean): asserts isTrue {
  if (!isTrue) throw new Error(`Not so: ${what}.`);
}

/** Fails unless two values hold the same. A property that is `undefined` is none. */
export function expectSame(what: string, actual: unknown, expected: unknown): void {
  if (isSame(actual, expected)) return;
  throw new Error(
    `${what}\n  should be ${show(expected)}\n  but is    ${show(actual)}`,
  );
}

/** Fails unless a number lies between two others, themselves included. */
export function expectBetween(
  what: string,
  actual: number | undefined,
  low: number,
  high: number,
): void {
  if (actual !== undefined && actual >= low && actual <= high) return;
  throw new Error(`${what}\n  should be between ${low} and ${high}\n  but is ${actual}`);
}

/** Rejects if a promise takes longer than real seconds; generous, for it only ends a hopeless wait. */
export function within<T>(what: string, promise: Promise<T>, seconds = 30): Promise<T> {
  return inTime(seconds, promise, `Not within ${seconds} seconds: ${what}.`);
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && a.length !== (b as unknown[]).length) return false;
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return Object.keys({ ...one, ...other }).every((key) => isSame(one[key], other[key]));
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, inner) => inner === undefined ? "undefined" : inner) ??
    String(value);
}
