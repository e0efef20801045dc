import { describe } from "../base/describe.ts";

/**
 * Refuses what cannot be a bot's token.
 *
 * @throws {TypeError} That says what is wrong with it, and does not show it.
 */
export function checkToken(token: unknown): void {
  if (typeof token === "string" && /^[0-9]+:[\w-]+$/.test(token)) return;
  // The token itself is not shown, not even a wrong one: it is often nearly right.
  const given = typeof token !== "string"
    ? describe(token)
    : token === ""
    ? "an empty string"
    : /\s/.test(token)
    ? "a text with white space in it"
    : `a text of ${token.length} characters that is not of this form`;
  throw new TypeError(
    `Cannot create a bot: the token must be like 123456:ABC-DEF, given ${given}. ` +
      "Get one from @BotFather, and check the environment variable or file that it is read from.",
  );
}
