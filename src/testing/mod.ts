/**
 * A simulator of Telegram's Bot API: test a bot without a token and without a network. And suites
 * that check a store or a lock of your own.
 *
 * @module
 */
export type { MessageTarget } from "./actions.ts";
export type { ApiCall } from "./calls.ts";
export type { CallbackAnswer, ChatEvent } from "./chat_state.ts";
export { type ChatPerson, VirtualChat } from "./chats.ts";
export type { AdvanceOptions, VirtualClock } from "./clock.ts";
export type { ContractCase, ContractOptions, ContractSkip } from "./contracts/case.ts";
export { lockContract, type LockUnderTest } from "./contracts/lock.ts";
export { storeContract } from "./contracts/store.ts";
export type { StoreUnderTest } from "./contracts/store/scene.ts";
export type { InvoiceTarget } from "./checkout.ts";
export type { UserContent } from "./content.ts";
export type { FetchHandler } from "./endpoints.ts";
export { type ErrorParameters, TelegramError } from "./errors.ts";
export type { Fault, FaultRule } from "./faults.ts";
export type { FloodLimits } from "./flood.ts";
export type { InlineAnswer } from "./inline_mode.ts";
export type { MediaKind } from "./files.ts";
export type { MediaDetails } from "./media.ts";
export type { MethodName } from "./methods/call.ts";
export type { MemberStatus } from "./members.ts";
export type {
  Arrived,
  ChatOptions,
  MethodResult,
  Payload,
  Responder,
  SimulatorOptions,
} from "./options.ts";
export type { UploadedFile } from "./params.ts";
export type { ChatPlace } from "./places.ts";
export type { ListenOptions, SimulatorServer } from "./server.ts";
export { SimulatedBot, type SimulatorClient } from "./simulated_bot.ts";
export type { WaitForOptions } from "./sight.ts";
export { Simulator } from "./simulator.ts";
export type { NewUpdate, UpdateKind } from "./update_kinds.ts";
export {
  type InlineQueryOptions,
  type UserFileOptions,
  type UserSendOptions,
  VirtualUser,
} from "./user.ts";
export type { DeliveryReport } from "./webhook_delivery.ts";
