/** What went wrong, as far as one can do something about it. */
export type SqliteTrouble =
  | "busy"
  | "full"
  | "readonly"
  | "corrupt"
  | "not a database"
  | "cannot open"
  | "input or output"
  | "closed"
  | "other";

/** SQLite's primary result codes: https://www.sqlite.org/rescode.html */
const byNumber = new Map<number, SqliteTrouble>([
  [5, "busy"],
  [6, "busy"],
  [8, "readonly"],
  [10, "input or output"],
  [11, "corrupt"],
  [13, "full"],
  [14, "cannot open"],
  [26, "not a database"],
]);
/** The same as better-sqlite3 names them; extended codes begin with them. */
const byName: readonly (readonly [string, SqliteTrouble])[] = [
  ["SQLITE_BUSY", "busy"],
  ["SQLITE_LOCKED", "busy"],
  ["SQLITE_READONLY", "readonly"],
  ["SQLITE_IOERR", "input or output"],
  ["SQLITE_CORRUPT", "corrupt"],
  ["SQLITE_FULL", "full"],
  ["SQLITE_CANTOPEN", "cannot open"],
  ["SQLITE_NOTADB", "not a database"],
];

/** Tells what went wrong by the error of any of the handles. */
export function troubleOf(error: unknown): SqliteTrouble {
  const { errcode, code, message } = error as {
    errcode?: unknown;
    code?: unknown;
    message?: unknown;
  };
  if (typeof errcode === "number") return byNumber.get(errcode & 0xff) ?? "other";
  const known = byName.find(([name]) => typeof code === "string" && code.startsWith(name));
  if (known) return known[1];
  if (typeof message === "string") {
    if (/database is locked/i.test(message)) return "busy";
    if (/database (connection )?is not open/i.test(message)) return "closed";
  }
  return "other";
}

/** An error that says what is wrong with a store, and what to do. */
export function storeError(doing: string, file: string, cause: unknown): Error {
  return new Error(`Cannot ${doing} the SQLite store ${file}: ${advice(cause)}`, { cause });
}

function advice(cause: unknown): string {
  const said = cause instanceof Error ? cause.message : String(cause);
  switch (troubleOf(cause)) {
    case "busy":
      return "another program holds its lock. Find out which (`fuser FILE` tells), or raise " +
        "`busySeconds`. Nothing was written.";
    case "full":
      return "the disk, or the database's size limit, is full. Nothing of this call was written " +
        "or acknowledged. Make room: the store goes on by itself.";
    case "readonly":
      return "it cannot be written. The process needs the right to write the file, and to create " +
        "files beside it (FILE-wal, FILE-shm).";
    case "corrupt":
      return "the file is damaged. Restore it from a backup, or move it away to begin anew; " +
        "`sqlite3 FILE .recover` saves what can be read.";
    case "not a database":
      return "the file is not an SQLite database. Name another file, or move this one away.";
    case "cannot open":
      return "the file cannot be opened or created. The process needs the right to read and write " +
        "it, and its directory.";
    case "input or output":
      return `the disk reports an error (${said}). Nothing of this call was acknowledged.`;
    case "closed":
      return "its database handle was closed. Close the store instead, after the bot has stopped.";
    case "other":
      return said;
  }
}
