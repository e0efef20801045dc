import { describe } from "../../base/describe.ts";

const utf8 = new TextEncoder();

/**
 * Refuses a value that is not 1 to `limit` bytes long. Telegram counts callback data and result
 * identifiers in bytes of UTF-8, so that 64 letters of Cyrillic are already twice too many.
 */
export function checkBytes(subject: string, what: string, value: string, limit: number): void {
  const bytes = utf8.encode(value).length;
  if (bytes >= 1 && bytes <= limit) return;
  throw new RangeError(
    `Cannot build ${subject}: its ${what} must be 1 to ${limit} bytes of UTF-8, ` +
      `given ${bytes} bytes: ${describe(value)}.${
        bytes > 0 ? " Store the long value and put a short key for it here." : ""
      }`,
  );
}

/**
 * Refuses a value of more than `limit` characters. They are counted as code points: Telegram's
 * server does so, and it is the most lenient count, so nothing that it accepts is refused.
 */
export function checkCharacters(
  subject: string,
  what: string,
  value: string,
  limit: number,
): void {
  let characters = 0;
  for (const _ of value) characters++;
  if (characters <= limit) return;
  throw new RangeError(
    `Cannot build ${subject}: its ${what} must be at most ${limit} characters, ` +
      `given ${characters}: ${describe(value)}. Shorten it.`,
  );
}

/** Refuses the label of a button that Telegram would refuse: one without any text. */
export function checkLabel(text: string | undefined): void {
  if (text) return;
  throw new TypeError(
    `Cannot build a button: its text must be a non-empty string, given ${describe(text)}.`,
  );
}

/** Refuses what is not rows of buttons. */
export function checkRows(subject: string, source: unknown): void {
  if (Array.isArray(source) && source.every(Array.isArray)) return;
  throw new TypeError(
    `Cannot make ${subject}: the source must be an array of rows, each an array of buttons, ` +
      `given ${describe(source)}.`,
  );
}

/**
 * Refuses a request identifier that is no signed 32-bit integer. `Date.now()`, for one, is too
 * large, and Telegram would refuse the whole message.
 */
export function checkedRequestId(label: string, id: number): number {
  if ((id | 0) === Number(id)) return id;
  throw new RangeError(
    `Cannot build the button ${describe(label)}: its request identifier must be a signed 32-bit ` +
      `integer, given ${describe(id)}.`,
  );
}
