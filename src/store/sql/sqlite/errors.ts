/** What went wrong, as far as one can do something about it. */
export type SqliteTrouble =
  | "busy"
  | "full"
  | "read-only"
  | "corrupt"
  | "not a database"
  | "cannot open"
  | "disk"
  | "closed"
  | "other";

/**
 * By SQLite's own texts (https://www.sqlite.org/rescode.html): they are the same in every handle,
 * while the codes are in different properties, and on Deno sometimes in none.
 */
const troubles: readonly (readonly [text: RegExp, trouble: SqliteTrouble])[] = [
  [/database (table |schema )?is locked/, "busy"],
  [/database or disk is full/, "full"],
  [/attempt to write a readonly database/, "read-only"],
  [/database disk image is malformed|malformed database schema/, "corrupt"],
  [/file is not a database/, "not a database"],
  [/unable to open database file/, "cannot open"],
  [/disk I\/O error/, "disk"],
  [/database (connection )?is not open|statement has been finalized/, "closed"],
];

/** Tells what went wrong by the error of any handle. */
export function troubleOf(error: unknown): SqliteTrouble {
  const text = error instanceof Error ? error.message : String(error);
  return troubles.find(([pattern]) => pattern.test(text))?.[1] ?? "other";
}

/** An error that says what is wrong with a store, and what to do. */
export function storeError(doing: string, name: string, cause: unknown): Error {
  return new Error(`Cannot ${doing} the SQLite store ${name}: ${advice(name, cause)}`, { cause });
}

function advice(name: string, cause: unknown): string {
  switch (troubleOf(cause)) {
    case "busy":
      return "another program holds its lock, longer than `busySeconds`. Nothing was written. " +
        `End its transaction; \`fuser ${name}\` tells which program it is.`;
    case "full":
      return "the disk, or the database's size limit, is full. Nothing of this call was written, " +
        "and nothing was acknowledged. Make room, and the store works again.";
    case "read-only":
      return "it must be writable. Allow the process to write the file, and to create files " +
        "beside it.";
    case "corrupt":
      return "the file is damaged. Restore a backup, or move the file away to begin anew; " +
        `\`sqlite3 ${name} .recover\` saves what can be read.`;
    case "not a database":
      return "the file is something else, or damaged. Name another file, or move this one away.";
    case "cannot open":
      return "the file cannot be opened or created. Allow the process to read and write it and " +
        "its directory.";
    case "disk":
      return "the disk reports an error. Nothing of this call was acknowledged. Check the disk " +
        "and its system's log.";
    case "closed":
      return "its database was closed by somebody else. Leave that to the store's `close()`.";
    case "other":
      return cause instanceof Error ? cause.message : String(cause);
  }
}
