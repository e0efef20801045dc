import { badRequest, tooManyRequests } from "./errors.ts";
import type { Params } from "./params.ts";
import { checkAddress, readWebhookUrl } from "./webhook_url.ts";

/** The settings of a webhook. */
export interface WebhookSettings {
  /** As it was given to setWebhook. */
  given: string;
  url: URL;
  /** `Authorization` for the user info of the URL. */
  authorization: string | undefined;
  secretToken: string;
  maxConnections: number;
  ipAddress: string;
  certificate: boolean;
}

const largestCertificate = 3 * 2 ** 20;

/** What setWebhook does to the bot that calls it. */
export interface WebhookHost {
  readonly local: boolean;
  readonly settings: WebhookSettings | undefined;
  now(): number;
  /** Closes the webhook that is, if one is, and ends a long poll that waits. */
  eraseWebhook(): void;
  dropUpdates(): void;
  applyAllowedUpdates(params: Params): void;
  openWebhook(settings: WebhookSettings): void;
  /** Is there a server in this process under this origin? */
  serves(origin: string): boolean;
}

/**
 * setWebhook and deleteWebhook of one bot, with the order of the checks that Telegram keeps: the old
 * webhook is gone, and the queue emptied, before the new address is looked at.
 */
export class WebhookSetter {
  readonly #host: WebhookHost;
  #lastSet = -Infinity;

  constructor(host: WebhookHost) {
    this.#host = host;
  }

  /** @returns the `description` of the answer, whose result is `true` */
  set(params: Params, url: string): string {
    const host = this.#host;
    if (url !== "") {
      if (host.now() < this.#lastSet + 1) throw tooManyRequests(1);
      this.#lastSet = host.now();
    }
    const certificate = params.files.get("certificate") ??
      params.files.get(params.text("certificate").replace(/^attach:\/\//, ""));
    const drop = params.boolean("drop_pending_updates");
    const maxConnections = params.integer(
      "max_connections",
      host.local ? 100 : 40,
      1,
      host.local ? 100_000 : 100,
    );
    const ipAddress = params.text("ip_address");
    const secretToken = params.text("secret_token");
    host.applyAllowedUpdates(params);

    const old = host.settings;
    const same = (old?.given ?? "") === url && certificate === undefined && !drop &&
      (url === "" || (
        old?.maxConnections === maxConnections && old.secretToken === secretToken &&
        old.ipAddress === ipAddress && !old.certificate
      ));
    if (same) return url === "" ? "Webhook is already deleted" : "Webhook is already set";

    host.eraseWebhook();
    if (drop) host.dropUpdates();
    if (url === "") return "Webhook was deleted";

    const target = readWebhookUrl(url);
    if (target === undefined) throw badRequest("invalid webhook URL specified");
    if (secretToken.length > 256) throw badRequest("secret token is too long");
    if (!/^[A-Za-z0-9_-]*$/.test(secretToken)) {
      throw badRequest("secret token contains unallowed characters");
    }
    if (certificate !== undefined && certificate.bytes.length > largestCertificate) {
      throw badRequest(`certificate size is too big (${certificate.bytes.length} bytes)`);
    }
    const problem = checkAddress(target.url, ipAddress, {
      local: host.local,
      known: host.serves(target.url.origin),
    });
    if (problem !== undefined) throw badRequest(`bad webhook: ${problem}`);
    host.openWebhook({
      given: url,
      ...target,
      secretToken,
      maxConnections,
      ipAddress,
      certificate: certificate !== undefined,
    });
    return "Webhook was set";
  }
}
