import { serve } from "srvx";

/** The token of these tests, whose second half must not be seen anywhere. */
export const token = "123456:SECRET-half_of-the-token";

/** A request as it arrived. */
export interface Received {
  /** The method in the path. */
  method: string;
  /** The path. */
  path: string;
  /** The parameters of a JSON body. */
  parameters: Record<string, unknown>;
  /** The form of a multipart body. */
  form: FormData | undefined;
}

export interface BotApi {
  /** To be given as `apiRoot`. */
  root: string;
  /** What arrived, in order. */
  received: Received[];
}

type Answer = unknown | Response;

/** Telegram's yes. */
export const yes = { ok: true, result: true };

/**
 * Runs `use` against a server that answers every request with `answer`: a `Response` as it is,
 * anything else as JSON.
 */
export function withBotApi(
  answer: (received: Received) => Answer | Promise<Answer>,
  use: (api: BotApi) => Promise<void>,
): Promise<void> {
  const received: Received[] = [];
  return withServer(async (request) => {
    const path = new URL(request.url).pathname;
    const isJson = request.headers.get("content-type")?.includes("json");
    const call: Received = {
      method: path.split("/").at(-1)!,
      path,
      parameters: isJson ? await request.json() : {},
      form: isJson ? undefined : await request.formData(),
    };
    received.push(call);
    const result = await answer(call);
    return result instanceof Response ? result : Response.json(result);
  }, (root) => use({ root, received }));
}

/** Runs `use` against an HTTP server; requests still open at the end are answered with 503. */
export async function withServer(
  fetch: (request: Request) => Response | Promise<Response>,
  use: (root: string) => Promise<void>,
): Promise<void> {
  const closing = Promise.withResolvers<void>();
  const server = serve({
    port: 0,
    hostname: "127.0.0.1",
    silent: true,
    gracefulShutdown: false,
    fetch: (request) =>
      Promise.race([
        fetch(request),
        closing.promise.then(() => new Response(null, { status: 503 })),
      ]),
  });
  await server.ready();
  try {
    await use(server.url!.replace(/\/$/, ""));
  } finally {
    closing.resolve();
    await server.close(true);
  }
}

/** What `work` rejects with. */
export async function rejection(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`rejected with ${typeof error}, not an Error`);
  }
  throw new Error("did not reject");
}
