import type { WebhookInfo } from "../../api/types.ts";
import type { BotAccount } from "../bot_account.ts";
import { conflict } from "../errors.ts";
import { resolve } from "../webhook_url.ts";
import type { Call, Handlers } from "./call.ts";

/** How a bot receives its updates. */
export const updateMethods = {
  getUpdates({ account, params }) {
    if (account.settings !== undefined) {
      throw conflict(
        "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    }
    account.applyAllowedUpdates(params);
    const answer = account.polling.getUpdates(params);
    account.shared.changes.notify();
    return answer;
  },
  setWebhook: (call) => setWebhook(call, call.params.text("url")),
  deleteWebhook: (call) => setWebhook(call, ""),
  getWebhookInfo: ({ account }) => webhookInfo(account),
} satisfies Handlers;

function setWebhook(call: Call, url: string): true {
  call.description = call.account.webhook.set(call.params, url);
  return true;
}

function webhookInfo(account: BotAccount): WebhookInfo {
  const { settings, lastError, allowedUpdates } = account;
  const info: WebhookInfo = {
    url: settings?.given ?? "",
    has_custom_certificate: settings?.certificate ?? false,
    pending_update_count: account.queue.size,
  };
  if (settings !== undefined) {
    if (lastError !== undefined) {
      info.last_error_date = lastError.date;
      info.last_error_message = lastError.message;
    }
    info.max_connections = settings.maxConnections;
    info.ip_address = settings.ipAddress || resolve(settings.url.hostname, true) || "<unknown>";
  }
  if (allowedUpdates !== undefined) info.allowed_updates = allowedUpdates;
  return info;
}
