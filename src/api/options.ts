/** How a webhook's answer carries an API call; see `canUseWebhookReply`. */
export interface WebhookReplyEnvelope {
  /** Sends the payload (JSON that names its method) as the answer to the webhook request. */
  send?: (payload: string) => void | Promise<void>;
}

/** Options of the client that makes the requests to the Bot API server. */
export interface ApiClientOptions {
  /** Root URL of the Bot API server. Default: `https://api.telegram.org`. */
  apiRoot?: string;
  /**
   * `"test"` uses Telegram's
   * [test environment](https://core.telegram.org/bots/features#testing-your-bot), which shares
   * nothing with the real one. Default: `"prod"`.
   */
  environment?: "prod" | "test";
  /**
   * Builds the URL of a call, for servers that lay out their paths in another way. Default:
   * `<root>/bot<token>/<method>`, and `<root>/bot<token>/test/<method>` in the test environment.
   */
  buildUrl?: (
    root: string,
    token: string,
    method: string,
    env: "prod" | "test",
  ) => string | URL;
  /**
   * Seconds that a call may take before it is aborted. Default: 500, which is what Telegram's own
   * server allows. A call of `getUpdates` may take its own `timeout` and some seconds more.
   */
  timeoutSeconds?: number;
  /**
   * Says which methods may be called in the answer to a webhook request, which saves a request.
   * Such a call has no result (it resolves with `true`), its errors are lost, and it cannot be
   * aborted. At most one call per update is made in this way; not asked again once it has returned
   * `true`, nor for uploads. Default: none.
   */
  canUseWebhookReply?: (method: string) => boolean;
  /** Added to every call of `fetch`. */
  baseFetchConfig?: Omit<RequestInit, "method" | "headers" | "body">;
  /** Makes the requests. Default: the runtime's `fetch`. */
  fetch?: typeof fetch;
  /**
   * Leaves the bot's token in the text of network errors. Whoever has the token has the bot, so
   * only for logs that nobody else sees. Default: `false`.
   */
  sensitiveLogs?: boolean;
}

/** What a fork of an `Api` ties its calls to. */
export interface ApiForkOptions {
  /** Takes one call as the answer to a webhook request. */
  envelope?: WebhookReplyEnvelope;
  /** Runs right before each request; what it throws refuses the call and reaches the caller as it is. */
  beforeCall?: () => void | Promise<void>;
  /** Aborts the calls, beside the signal that each may have. */
  signal?: AbortSignal;
}
