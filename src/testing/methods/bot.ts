import type { BotCommand, ChatAdministratorRights, MenuButton } from "../../api/types.ts";
import { badRequest, TelegramError, tooManyRequests } from "../errors.ts";
import { adminRights } from "../members.ts";
import type { Call, Handlers } from "./call.ts";
import { isObject, readJson, textField } from "./json.ts";

const mostCommands = 100;
/** A session this young cannot be closed. */
const youngSeconds = 600;

/** The bot itself: who it is, its commands, its session. */
export const botMethods = {
  getMe: ({ account }) => account.info,
  close({ world, account }) {
    const age = world.clock.now() - account.sessionBegan;
    // A server of one's own makes an exception for sessions as old as itself.
    if (!world.local && age < youngSeconds) throw tooManyRequests(Math.ceil(youngSeconds - age));
    account.polling.release();
    account.sessionBegan = world.clock.now();
    return true;
  },
  logOut({ account }) {
    account.eraseWebhook();
    account.dropUpdates();
    account.loggedOut = true;
    return true;
  },
  setMyCommands(call) {
    const value = readJson(call.params, "commands", "can't parse commands JSON object");
    if (!Array.isArray(value)) throw badRequest("expected an Array of BotCommand");
    if (value.length > mostCommands) throw badRequest("BOT_COMMANDS_TOO_MUCH");
    call.account.commands.set(scopeOf(call), value.map(readCommand));
    return true;
  },
  deleteMyCommands(call) {
    call.account.commands.delete(scopeOf(call));
    return true;
  },
  getMyCommands: (call) => call.account.commands.get(scopeOf(call)) ?? [],
  setMyName: (call) => setText(call, "name", 64),
  getMyName: (call) => ({ name: getText(call, "name") ?? call.account.info.first_name }),
  setMyDescription: (call) => setText(call, "description", 512),
  getMyDescription: (call) => ({ description: getText(call, "description") ?? "" }),
  setMyShortDescription: (call) => setText(call, "short_description", 120),
  getMyShortDescription: (call) => ({
    short_description: getText(call, "short_description") ?? "",
  }),
  setChatMenuButton({ account, params }) {
    const button = readJson(params, "menu_button", "can't parse menu button JSON object");
    if (button !== undefined && !isObject(button)) throw badRequest("MenuButton must be an Object");
    const chat = params.integer("chat_id", 0, 0, Number.MAX_SAFE_INTEGER);
    account.menuButtons.set(chat, (button ?? { type: "default" }) as unknown as MenuButton);
    return true;
  },
  getChatMenuButton({ account, params }): MenuButton {
    const chat = params.integer("chat_id", 0, 0, Number.MAX_SAFE_INTEGER);
    return account.menuButtons.get(chat) ?? account.menuButtons.get(0) ?? { type: "commands" };
  },
  setMyDefaultAdministratorRights({ account, params }) {
    const rights = readJson(params, "rights", "can't parse rights JSON object");
    account.adminRights.set(
      String(params.boolean("for_channels")),
      (isObject(rights) ? rights : noRights) as ChatAdministratorRights,
    );
    return true;
  },
  getMyDefaultAdministratorRights: ({ account, params }) =>
    account.adminRights.get(String(params.boolean("for_channels"))) ?? noRights,
} satisfies Handlers;

const noRights = Object.fromEntries(
  Object.keys(adminRights).map((right) => [right, false]),
) as unknown as ChatAdministratorRights;

function readCommand(value: unknown): BotCommand {
  if (!isObject(value)) throw badRequest("expected an Object as BotCommand");
  const command = (textField(value, "command") ?? "").replace(/^\//, "");
  const description = (textField(value, "description") ?? "").trim();
  if (command === "") throw badRequest("command must be non-empty");
  if (command.length > 32) throw badRequest("command length must not exceed 32");
  if (!/^[a-z0-9_]+$/.test(command)) throw badRequest("BOT_COMMAND_INVALID");
  if (description === "") throw badRequest("command description must be non-empty");
  if ([...description].length > 256) {
    throw badRequest("command description length must not exceed 256");
  }
  return { command, description };
}

/** Commands are kept for each scope and language. */
function scopeOf({ params }: Call): string {
  const scope = readJson(params, "scope", "can't parse BotCommandScope JSON object");
  const { type = "default", chat_id = "", user_id = "" } = isObject(scope) ? scope : {};
  return [type, chat_id, user_id, params.text("language_code")].join(" ");
}

function setText({ account, params }: Call, name: string, longest: number): true {
  const text = params.text(name);
  if ([...text].length > longest) throw new TelegramError(400, `Bad Request: ${name} is too long`);
  account.texts.set(`${name} ${params.text("language_code")}`, text);
  return true;
}

function getText({ account, params }: Call, name: string): string | undefined {
  return account.texts.get(`${name} ${params.text("language_code")}`) ||
    account.texts.get(`${name} `) || undefined;
}
