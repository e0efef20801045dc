import { badRequest } from "./errors.ts";

/** A file that a bot has uploaded. */
export interface UploadedFile {
  /** The file's name, as the upload gave it. */
  name: string;
  /** The media type of the upload; empty if it gave none. */
  type: string;
  /** The content. */
  bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The parameters of a call, read as leniently as Telegram reads them. A value is a string, or what
 * stood in a JSON body as something else than a string.
 */
export class Params {
  readonly fields: ReadonlyMap<string, unknown>;
  readonly files: ReadonlyMap<string, UploadedFile>;

  constructor(
    fields: ReadonlyMap<string, unknown> = new Map(),
    files: ReadonlyMap<string, UploadedFile> = new Map(),
  ) {
    this.fields = fields;
    this.files = files;
  }

  /** Is there a parameter of this name? */
  has(name: string): boolean {
    return this.fields.has(name);
  }

  /** The value as text; empty if there is none. What was not a string in JSON is its JSON text. */
  text(name: string): string {
    const value = this.fields.get(name);
    if (typeof value === "string") return value;
    return value === undefined ? "" : JSON.stringify(value);
  }

  /** The value as text; {@linkcode badRequest} names it if it is missing or empty. */
  required(name: string): string {
    const text = this.text(name);
    if (text === "") throw badRequest(`parameter "${name}" is required`);
    return text;
  }

  /** Leading digits count, garbage is 0, and what is out of range is moved into it. */
  integer(name: string, fallback = 0, low = -(2 ** 31), high = 2 ** 31 - 1): number {
    if (!this.fields.has(name)) return fallback;
    const digits = /^\s*([-+]?\d+)/.exec(this.text(name));
    const value = digits === null ? 0 : Number(digits[1]);
    return Math.min(high, Math.max(low, value));
  }

  /** A number with fractions; garbage is 0. */
  float(name: string): number {
    const value = Number.parseFloat(this.text(name));
    return Number.isFinite(value) ? value : 0;
  }

  /** `true`, `yes` and `1` are true in any case, everything else is false. */
  boolean(name: string): boolean {
    const value = this.fields.get(name);
    if (typeof value === "boolean") return value;
    return /^\s*(true|yes|1)\s*$/i.test(this.text(name));
  }

  /**
   * The value as JSON, native or as text; `undefined` if it is missing or empty.
   *
   * @param problem What to throw if it is not JSON
   */
  json(name: string, problem: () => Error): unknown {
    const value = this.fields.get(name);
    if (typeof value !== "string") return value;
    if (value.trim() === "") return undefined;
    try {
      return JSON.parse(value);
    } catch {
      throw problem();
    }
  }

  /** The value as JSON; `undefined` if it is missing or is none. */
  jsonOrNothing(name: string): unknown {
    const value = this.fields.get(name);
    return typeof value === "string" ? tryJson(value) : value;
  }

  /** Everything as one object, for `sim.calls` and responders: files under their names. */
  toObject(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (const [name, value] of this.fields) {
      object[name] = typeof value === "string" && /^[[{]/.test(value) ? tryJson(value) : value;
    }
    for (const [name, file] of this.files) object[name] = file;
    return object;
  }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
