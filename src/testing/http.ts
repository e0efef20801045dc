import { ProtocolError, type RawBody, readParams } from "./body.ts";
import type { BotAccount } from "./bot_account.ts";
import { type Answer, carryOut, errorAnswer } from "./carry_out.ts";
import { TelegramError, unauthorized } from "./errors.ts";
import type { World } from "./world.ts";

/** A request before anything of it was understood. */
export interface RawRequest extends Omit<RawBody, "query"> {
  verb: string;
  /** Path and query, as in the request line. */
  target: string;
}

/** Largest upload that Telegram's own servers take; a local server takes 2000 MB. */
const largestUpload = 50 * 2 ** 20;
const largestLocalUpload = 2000 * 2 ** 20;

/** Answers one request as the Bot API server does. */
export async function handle(world: World, request: RawRequest): Promise<Answer> {
  if (request.verb !== "GET" && request.verb !== "POST") return withoutBody(501);
  try {
    return await route(world, request);
  } catch (error) {
    if (error instanceof ProtocolError) return withoutBody(error.status);
    if (error instanceof TelegramError) return errorAnswer(error);
    throw error;
  }
}

/** Protocol failures have no JSON body, and the connection closes. */
function withoutBody(status: number): Answer {
  return { status, body: "", contentType: "" };
}

async function route(world: World, request: RawRequest): Promise<Answer> {
  const { target } = request;
  if (!target.startsWith("/")) {
    throw new TelegramError(404, "Not Found: absolute URI is specified in the Request-Line");
  }
  const mark = target.indexOf("?");
  const query = mark < 0 ? "" : target.slice(mark + 1);
  const path = decode(mark < 0 ? target : target.slice(0, mark));
  if (path.startsWith("/file/bot")) return download(world, path.slice("/file/bot".length));
  const slash = path.indexOf("/", 1);
  if (!path.startsWith("/bot") || slash < 0) throw new TelegramError(404, "Not Found");

  const test = path.startsWith("/test/", slash);
  const account = findAccount(world, path.slice("/bot".length, slash), test ? "test" : "prod");
  const params = await readParams({ ...request, query });
  const limit = world.local ? largestLocalUpload : largestUpload;
  for (const file of params.files.values()) {
    if (file.bytes.length > limit) throw new TelegramError(413, "Request Entity Too Large");
  }
  const name = path.slice(slash + (test ? "/test/".length : 1)) || params.text("method");
  return await carryOut(world, account, name, params, "request");
}

function decode(path: string): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function findAccount(world: World, token: string, environment: "prod" | "test"): BotAccount {
  const [id = "", secret] = token.split(":");
  if (secret === undefined || id === "" || token.length > 80 || token.startsWith("0")) {
    throw new TelegramError(401, "Unauthorized: invalid token specified");
  }
  if (!/^\d+$/.test(id)) {
    throw new TelegramError(421, "Misdirected Request: unallowed token specified");
  }
  const account = world.bots.get(Number(id));
  if (account?.token !== token || account.environment !== environment) throw unauthorized();
  if (account.loggedOut) throw new TelegramError(400, "Logged out");
  return account;
}

/** The file of `<token>/<path>`. */
function download(world: World, rest: string): Answer {
  const slash = rest.indexOf("/");
  const token = rest.slice(0, Math.max(0, slash));
  const account = world.bots.get(Number(token.split(":")[0]));
  if (account?.token !== token) throw new TelegramError(404, "Not Found");
  const file = world.files.at(rest.slice(slash + 1));
  if (file === undefined) throw new TelegramError(404, "Not Found");
  return { status: 200, body: file.bytes, contentType: "application/octet-stream" };
}
