import type { Message, ShippingAddress, ShippingOption, User } from "../api/types.ts";
import type { BotAccount } from "./bot_account.ts";
import { ask } from "./queries.ts";
import { nameOf } from "./transcript.ts";
import type { InvoiceState, World } from "./world.ts";

/** An invoice: the message that shows it, or its link. */
export type InvoiceTarget = Pick<Message, "message_id" | "chat"> | string;

/** Pays an invoice: the bot is asked, and if it agrees, the fields of the message about the payment. */
export async function pay(
  world: World,
  user: User,
  target: InvoiceTarget,
  timeoutSeconds: number,
): Promise<Partial<Message>> {
  const { invoice, account } = find(world, target);
  const { currency, amount: total_amount, payload: invoice_payload } = invoice;
  const order = { currency, total_amount, invoice_payload };
  const { answer } = await ask(world, user, account, "pre_checkout", timeoutSeconds, (id) => ({
    pre_checkout_query: { id, from: user, ...order },
  }));
  if (answer.ok !== true) {
    throw new Error(`${nameOf(user)} could not pay: the bot said "${answer.error_message}".`);
  }
  const charge = world.random.text(24);
  world.payments.set(charge, {
    botId: account.id,
    userId: user.id,
    invoice,
    refunded: false,
  });
  return {
    successful_payment: {
      ...order,
      telegram_payment_charge_id: charge,
      provider_payment_charge_id: currency === "XTR" ? "" : world.random.text(16),
    },
  };
}

/** Asks a bot what it costs to ship to an address. */
export async function askShipping(
  world: World,
  user: User,
  target: InvoiceTarget,
  shipping_address: ShippingAddress,
  timeoutSeconds: number,
): Promise<ShippingOption[]> {
  const { invoice, account } = find(world, target);
  const { answer } = await ask(world, user, account, "shipping", timeoutSeconds, (id) => ({
    shipping_query: { id, from: user, invoice_payload: invoice.payload, shipping_address },
  }));
  if (answer.ok === true) return answer.shipping_options as ShippingOption[];
  throw new Error(`The bot does not ship to ${nameOf(user)}: it said "${answer.error_message}".`);
}

function find(
  world: World,
  target: InvoiceTarget,
): { invoice: InvoiceState; account: BotAccount } {
  const key = typeof target === "string" ? target : `${target.chat.id} ${target.message_id}`;
  const invoice = world.invoices.get(key);
  const account = invoice && world.bots.get(invoice.botId);
  if (invoice !== undefined && account !== undefined) return { invoice, account };
  throw new Error("Cannot pay: the message or link must be an invoice of a bot.");
}
