/**
 * Copies plain data: primitives, functions, plain objects, arrays, `Date`, `Map` and `Set`, also
 * where one is contained twice or in itself. Returns `undefined` (a copy is in an object) if there
 * is anything else in it, such as an instance of a class or a getter: its copy would be another thing.
 */
export function copyOf<T>(value: T): { readonly copy: T } | undefined {
  try {
    return { copy: copy(value, new Map()) as T };
  } catch (error) {
    // A RangeError: nested deeper than the stack.
    if (error === notPlain || error instanceof RangeError) return undefined;
    throw error;
  }
}

const notPlain = Symbol("not plain");

function copy(value: unknown, copies: Map<object, object>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const made = emptyLike(value);
  copies.set(value, made);
  if (Array.isArray(value)) {
    for (const item of value) (made as unknown[]).push(copy(item, copies));
  } else if (value instanceof Map) {
    for (const [key, item] of value) {
      (made as typeof value).set(copy(key, copies), copy(item, copies));
    }
  } else if (value instanceof Set) {
    for (const item of value) (made as typeof value).add(copy(item, copies));
  } else if (!(value instanceof Date)) {
    for (const key of Reflect.ownKeys(value)) {
      const property = Object.getOwnPropertyDescriptor(value, key)!;
      if (!property.enumerable || !("value" in property) || typeof key === "symbol") throw notPlain;
      property.value = copy(property.value, copies);
      Object.defineProperty(made, key, property);
    }
  }
  return made;
}

function emptyLike(value: object): object {
  switch (Object.getPrototypeOf(value)) {
    case Object.prototype:
      return {};
    case Array.prototype:
      return [];
    case null:
      return Object.create(null);
    case Date.prototype:
      return new Date(value as Date);
    case Map.prototype:
      return new Map();
    case Set.prototype:
      return new Set();
    default:
      throw notPlain;
  }
}

/** Whether two values that {@linkcode copyOf} can copy are equal, contents and order included. */
export function equal(one: unknown, other: unknown): boolean {
  try {
    return same(one, other, new Map());
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function same(one: unknown, other: unknown, compared: Map<object, object>): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return Object.is(one, other);
  }
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  // Where they contain themselves: it is being compared already.
  if (compared.get(one) === other) return true;
  compared.set(one, other);
  const [some, others] = [contents(one), contents(other)];
  return some.length === others.length &&
    some.every((item, i) => same(item, others[i], compared));
}

/** What there is to compare, as one list. */
function contents(value: object): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Date) return [value.getTime()];
  if (value instanceof Map || value instanceof Set) return [...value.entries()].flat();
  return Object.entries(value).flat();
}
