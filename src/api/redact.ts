import { InputFile } from "./input_file.ts";

const placeholder = "<token>";

/**
 * Makes what is thrown fit to be printed: without the bot's token, since whoever reads it has the
 * bot, and without the contents of files.
 *
 * `fetch` puts the URL, and with it the token, into its errors: Deno into the message of a cause,
 * Bun into a property, and libraries around `fetch` into properties of their own.
 */
export class Redactor {
  readonly #forms: string[];

  /** @param token What to remove; `undefined`: nothing */
  constructor(token: string | undefined) {
    this.#forms = token === undefined ? [] : [...new Set([token, encodeURIComponent(token)])];
  }

  /** The text without the token. */
  text(text: string): string {
    return this.#forms.reduce((text, form) => text.replaceAll(form, placeholder), text);
  }

  /**
   * The value without the token. Errors are changed in place, so that they stay what they are for
   * `instanceof`; of data that holds the token there is a copy, with
   * the names of files in place of the files.
   */
  value<T>(value: T): T {
    return this.#clean(value, new Map()) as T;
  }

  #clean(value: unknown, seen: Map<unknown, unknown>): unknown {
    if (typeof value === "string") return this.text(value);
    if (typeof value !== "object" || value === null) return value;
    if (seen.has(value)) return seen.get(value);
    if (value instanceof Error) return this.#cleanError(value, seen);
    if (Array.isArray(value) || isPlain(value)) return this.#cleanData(value, seen);
    if (value instanceof InputFile) return `[InputFile ${this.text(value.filename ?? "")}]`;
    // A URL, a Request or a Response: its address cannot be changed, but it can be told instead.
    const { href, url = href } = value as { href?: unknown; url?: unknown };
    return typeof url === "string" && this.text(url) !== url ? this.text(url) : value;
  }

  #cleanData(data: object, seen: Map<unknown, unknown>): unknown {
    seen.set(data, "[Circular]");
    const entries = Object.entries(data);
    const clean = entries.map(([key, item]) => [key, this.#clean(item, seen)] as const);
    let result = data;
    if (clean.some(([, item], index) => item !== entries[index]![1])) {
      result = Array.isArray(data) ? clean.map(([, item]) => item) : Object.fromEntries(clean);
    }
    seen.set(data, result);
    return result;
  }

  #cleanError(error: Error, seen: Map<unknown, unknown>): Error {
    seen.set(error, error);
    try {
      // `message` and `stack` by name: on a DOMException they are not own properties.
      for (const key of new Set([...Reflect.ownKeys(error), "message", "stack"])) {
        const value: unknown = error[key as never];
        const clean = this.#clean(value, seen);
        if (clean !== value) replace(error, key, clean);
      }
      return error;
    } catch {
      // A frozen error, or one with fields that cannot be read: its text has to do.
      const copy = new Error(this.text(error.message));
      copy.stack = this.text(error.stack ?? "");
      return copy;
    }
  }
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function replace(target: object, key: PropertyKey, value: unknown): void {
  const enumerable = Object.getOwnPropertyDescriptor(target, key)?.enumerable ?? false;
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}
