import type {
  InputContactMessageContent,
  InputInvoiceMessageContent,
  InputLocationMessageContent,
  InputMessageContent,
  InputRichMessageContent,
  InputRichMessageWithoutUpload,
  InputTextMessageContent,
  InputVenueMessageContent,
  LabeledPrice,
} from "../../api/types.ts";
import { describe } from "../../base/describe.ts";
import { checkBytes } from "./limits.ts";

/** The optional fields of a type. */
export type OptionalFields<T> = {
  [K in keyof T as undefined extends T[K] ? K : never]: T[K];
};

/**
 * Says what message is sent when the user picks a result of an inline query. Each method returns
 * the finished result.
 */
export interface MessageContentMethods<Result> {
  /**
   * Sends a text.
   *
   * @param message_text The text, 1 to 4096 characters after parsing
   * @param options Parse mode, entities, link preview
   */
  text(message_text: string, options?: OptionalFields<InputTextMessageContent>): Result;
  /**
   * Sends a rich message.
   *
   * @param rich_message The message; it can only use files that Telegram has already
   * @param options More fields of `InputRichMessageContent`
   */
  rich(
    rich_message: InputRichMessageWithoutUpload,
    options?: OptionalFields<InputRichMessageContent>,
  ): Result;
  /**
   * Sends a location.
   *
   * @param latitude Latitude in degrees
   * @param longitude Longitude in degrees
   * @param options Accuracy, live period and the like
   */
  location(
    latitude: number,
    longitude: number,
    options?: OptionalFields<InputLocationMessageContent>,
  ): Result;
  /**
   * Sends a venue.
   *
   * @param title Name of the venue
   * @param latitude Latitude in degrees
   * @param longitude Longitude in degrees
   * @param address Address of the venue
   * @param options Identifiers of the venue at Foursquare or Google
   */
  venue(
    title: string,
    latitude: number,
    longitude: number,
    address: string,
    options?: OptionalFields<InputVenueMessageContent>,
  ): Result;
  /**
   * Sends a contact.
   *
   * @param first_name First name of the contact
   * @param phone_number Phone number of the contact
   * @param options Last name, vCard
   */
  contact(
    first_name: string,
    phone_number: string,
    options?: OptionalFields<InputContactMessageContent>,
  ): Result;
  /**
   * Sends an invoice.
   *
   * @param title Name of the product, 1 to 32 characters
   * @param description Description of the product, 1 to 255 characters
   * @param payload The bot's own name for the invoice, 1 to 128 bytes; users never see it
   * @param provider_token Token of the payment provider; empty for Telegram Stars
   * @param currency ISO 4217 code; `XTR` for Telegram Stars
   * @param prices What the price is made of; exactly one part for Telegram Stars
   * @param options Tips, photo, what to ask of the user
   * @throws {RangeError} If the payload is empty or longer than 128 bytes of UTF-8
   */
  invoice(
    title: string,
    description: string,
    payload: string,
    provider_token: string,
    currency: string,
    prices: LabeledPrice[],
    options?: OptionalFields<InputInvoiceMessageContent>,
  ): Result;
}

/** The methods that give a result its message; `finish` puts the content into the result. */
export function messageContentMethods<Result>(
  finish: (input_message_content: InputMessageContent) => Result,
): MessageContentMethods<Result> {
  return {
    text: (message_text, options) => finish({ message_text, ...options }),
    rich: (rich_message, options) => finish({ rich_message, ...options }),
    location: (latitude, longitude, options) => finish({ latitude, longitude, ...options }),
    venue: (title, latitude, longitude, address, options) =>
      finish({ title, latitude, longitude, address, ...options }),
    contact: (first_name, phone_number, options) =>
      finish({ first_name, phone_number, ...options }),
    invoice: (title, description, payload, provider_token, currency, prices, options) => {
      checkBytes(`the invoice ${describe(title)}`, "payload", payload, 128);
      return finish({
        title,
        description,
        payload,
        provider_token,
        currency,
        prices,
        ...options,
      });
    },
  };
}
