import type { InlineKeyboardMarkup, LabeledPrice, Message } from "../../api/types.ts";
import { badRequest } from "../errors.ts";
import type { InvoiceState } from "../world.ts";
import type { Call, Handlers } from "./call.ts";
import { isObject, readJson } from "./json.ts";
import { readSendOptions, send } from "./send.ts";

/** Invoices, and money that has come in. */
export const paymentMethods = {
  sendInvoice(call): Message {
    const { world, params } = call;
    const invoice = readInvoice(call);
    const options = readSendOptions(call);
    if (options.markup.type === "none") {
      // Without a keyboard of its own an invoice gets one with the button to pay.
      const { currency, amount } = invoice;
      const price = currency === "XTR" ? `⭐️${amount}` : `${(amount / 100).toFixed(2)} ${currency}`;
      const markup: InlineKeyboardMarkup = {
        inline_keyboard: [[{ text: `Pay ${price}`, pay: true }]],
      };
      options.markup = { type: "inline", markup };
    }
    const content: Partial<Message> = {
      invoice: {
        title: params.text("title"),
        description: params.text("description"),
        start_parameter: params.text("start_parameter"),
        currency: invoice.currency,
        total_amount: invoice.amount,
      },
    };
    const message = send(call, content, "invoices", options);
    world.invoices.set(`${message.chat.id} ${message.message_id}`, invoice);
    return message;
  },
  createInvoiceLink(call) {
    const invoice = readInvoice(call);
    const link = `https://t.me/$${call.world.random.text(16)}`;
    call.world.invoices.set(link, invoice);
    return link;
  },
  refundStarPayment({ world, account, params }) {
    const payment = world.payments.get(params.text("telegram_payment_charge_id"));
    if (payment?.userId !== params.integer("user_id", 0, 0, Number.MAX_SAFE_INTEGER)) {
      throw badRequest("CHARGE_ID_INVALID");
    }
    if (payment.botId !== account.id || payment.invoice.currency !== "XTR") {
      throw badRequest("CHARGE_ID_INVALID");
    }
    if (payment.refunded) throw badRequest("CHARGE_ALREADY_REFUNDED");
    payment.refunded = true;
    return true;
  },
  getMyStarBalance({ world, account }) {
    let amount = 0;
    for (const { botId, invoice, refunded } of world.payments.values()) {
      if (botId === account.id && invoice.currency === "XTR" && !refunded) amount += invoice.amount;
    }
    return { amount };
  },
} satisfies Handlers;

function readInvoice(call: Call): InvoiceState {
  const { account, params } = call;
  const title = params.text("title");
  if (title === "") throw badRequest("title is empty");
  if (title.length > 32) throw badRequest("INVOICE_TITLE_TOO_LONG");
  if (params.text("description") === "") throw badRequest("description is empty");
  const payload = params.text("payload");
  if (payload === "") throw badRequest("INVOICE_PAYLOAD_EMPTY");
  if (new TextEncoder().encode(payload).length > 128) throw badRequest("INVOICE_PAYLOAD_INVALID");
  const currency = params.text("currency");
  if (!/^[A-Z]{3}$/.test(currency)) throw badRequest("CURRENCY_INVALID");
  const prices = readJson(params, "prices", "can't parse prices JSON object");
  if (!Array.isArray(prices) || prices.length === 0 || !prices.every(isObject)) {
    throw badRequest("expected an Array of LabeledPrice");
  }
  if (currency === "XTR" && prices.length !== 1) throw badRequest("STARS_INVOICE_INVALID");
  if (currency !== "XTR" && params.text("provider_token") === "") {
    throw badRequest("PAYMENT_PROVIDER_INVALID");
  }
  const amount = (prices as unknown as LabeledPrice[])
    .reduce((sum, price) => sum + Number(price.amount), 0);
  const is_flexible = params.boolean("is_flexible");
  return { botId: account.id, payload, currency, amount, is_flexible };
}
