/** The header in which Telegram sends the secret token of a webhook. */
export const secretHeader = "x-telegram-bot-api-secret-token";

/** The `secret_token` that was given to `setWebhook`. */
export class SecretToken {
  readonly #expected: string;

  /** Throws unless `token` is one that Telegram takes: 1 to 256 of `A-Z a-z 0-9 _ -`. */
  constructor(token: string) {
    if (typeof token !== "string" || !/^[\w-]{1,256}$/.test(token)) {
      throw new TypeError(
        "Cannot check the secret token of webhooks: it must be 1 to 256 characters out of " +
          `A-Z a-z 0-9 _ -, given ${kindOf(token)}. Leave it out to believe every request.`,
      );
    }
    this.#expected = token;
  }

  /**
   * Whether `given` is the secret. It compares to the end whatever differs, so that the time it takes
   * tells nothing about how much was right.
   */
  equals(given: string): boolean {
    const expected = this.#expected;
    let difference = expected.length ^ given.length;
    for (let at = 0; at < expected.length; at++) {
      // Past the end of `given`, charCodeAt is NaN, which counts as 0.
      difference |= expected.charCodeAt(at) ^ given.charCodeAt(at);
    }
    return difference === 0;
  }
}

/** What was given in place of a secret token, without telling the secret. */
function kindOf(token: unknown): string {
  if (typeof token !== "string") return `a value of type ${typeof token}`;
  return token === "" ? "an empty string" : `a string of ${token.length} characters`;
}
