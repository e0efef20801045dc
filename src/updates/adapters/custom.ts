import type { Update } from "../../api/types.ts";
import type { Webhook } from "../webhook.ts";

/** One request of a web framework, as a custom adapter describes it. */
export interface ReqResHandler<T = void> {
  /** The update in the body. */
  update: Update | Promise<Update>;
  /** The header `X-Telegram-Bot-Api-Secret-Token`, if the request has it. */
  header?: string;
  /** Answers with status 200 and no body. */
  end?: () => void;
  /** Answers with status 200 and a JSON body: a call of the Bot API that Telegram performs. */
  respond: (json: string) => unknown | Promise<unknown>;
  /** Answers with status 401. */
  unauthorized: () => unknown | Promise<unknown>;
  /** What the framework's handler returns, if it has to return something. */
  handlerReturn?: Promise<T>;
}

/** Describes a request of a web framework from the arguments of the framework's handler. */
export type FrameworkAdapter = (...args: never[]) => ReqResHandler<unknown>;

/**
 * Bridges a framework through a function of the user. Such a function knows no other answers than
 * those of {@linkcode ReqResHandler}: for all others the handler rejects, and the framework answers
 * with an error, as it does for any handler that fails.
 */
export function customBridge(
  webhook: Webhook,
  adapter: FrameworkAdapter,
): (...args: never[]) => Promise<unknown> {
  return async (...args) => {
    const request = adapter(...args);
    if (webhook.refuse("POST", request.header) !== undefined) {
      await request.unauthorized();
    } else {
      const answer = await webhook.take(await request.update, args);
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body.trim()}`);
      if (answer.body !== "") await request.respond(answer.body);
      else request.end?.();
    }
    return await request.handlerReturn;
  };
}
