/** What a webhook answers, before it becomes the response of some web framework. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The update is safe. */
export const handled: Answer = { status: 200, headers: {}, body: "" };

export const notAuthorized: Answer = text(
  401,
  "The header X-Telegram-Bot-Api-Secret-Token does not hold the secret token of this webhook.",
);

export const notPosted: Answer = text(
  405,
  "This is a webhook of a Telegram bot. It takes updates by POST.",
  { allow: "POST" },
);

export const notAnUpdate: Answer = text(
  400,
  "The body must be an update: a JSON object with an integer update_id.",
);

// The rest of the body is not read, so the connection cannot serve another request.
export const tooLarge: Answer = text(413, "The body must be at most 1 MiB.", {
  connection: "close",
});

export const failed: Answer = text(500, "The update was not handled. Deliver it again.");

export const tooSlow: Answer = text(
  500,
  "The update is still being handled. Deliver it again to wait for the outcome.",
);

// Two seconds: after a failure Telegram opens at most one connection per 2 s anyway, and a long wait
// would drop what is short-lived (an inline query lives 30 s).
export const draining: Answer = text(503, "The bot is stopping. Deliver the update again.", {
  "retry-after": "2",
});

/** Answers with a call of the Bot API, which Telegram performs. */
export function reply(payload: string): Answer {
  return { status: 200, headers: { "content-type": "application/json" }, body: payload };
}

/** The answer as a Web-standard response. */
export function toResponse(answer: Answer): Response {
  // The common case is kept bare: it is on the path of every update.
  return answer === handled ? new Response() : new Response(answer.body, answer);
}

function text(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
    body: `${body}\n`,
  };
}
