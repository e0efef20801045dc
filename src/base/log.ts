import { getConfig, getLogger } from "@logtape/logtape";

/** How grave a log line is, lowest first. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Writes log lines under one category, for example `tramline·polling`. */
export type Logger = Record<LogLevel, (message: string, details?: Record<string, unknown>) => void>;

/**
 * A logger for one part of the library.
 *
 * LogTape is silent until the application configures it, as a library's logger should be. But a
 * warning that nobody sees ("another process polls with this token") costs its reader hours, so
 * warnings and errors go to the console until the application has configured LogTape.
 */
export function logger(part: string): Logger {
  const target = getLogger(["tramline", part]);
  const line = (level: LogLevel) => (message: string, details?: Record<string, unknown>): void => {
    if (getConfig() === null) {
      if (level === "warn" || level === "error") toConsole(level, part, message, details);
      return;
    }
    target[level](message, details);
  };
  return { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
}

function toConsole(
  level: "warn" | "error",
  part: string,
  message: string,
  details: Record<string, unknown> = {},
): void {
  const filled = message.replaceAll(/\{(\w+)\}/g, (whole, name) => {
    const value = details[name];
    if (value instanceof Error) return value.message;
    return value === undefined ? whole : String(value);
  });
  const cause = Object.values(details).filter((value) => value instanceof Error);
  console[level](`[tramline ${part}] ${filled}`, ...cause);
}
