/**
 * The schema, step by step: the first entry makes version 1, the next makes version 2 of it. An
 * entry that was released is never changed. Each is done in the transaction that raises the version.
 *
 * Sessions are columns of their lane's row, because nearly every update writes both. Rows that are
 * changed together and found by their key need no index of their own: `WITHOUT ROWID`.
 */
export const migrations: readonly string[] = [
  `
  -- Its ids are fencing tokens: AUTOINCREMENT never gives one twice.
  CREATE TABLE tramline_worker (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    until INTEGER NOT NULL,
    lease INTEGER NOT NULL
  );
  CREATE TABLE tramline_role (
    name TEXT PRIMARY KEY,
    worker INTEGER NOT NULL,
    until INTEGER NOT NULL
  ) WITHOUT ROWID;
  -- owner: NULL idle, 0 ready, -1 ready with a suspect head, else the worker.
  -- due: when it is or was ready; of an idle lane, when it was last used.
  CREATE TABLE tramline_lane (
    id INTEGER PRIMARY KEY,
    bot INTEGER NOT NULL,
    key TEXT NOT NULL,
    owner INTEGER,
    due INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 0,
    data TEXT,
    UNIQUE (bot, key)
  );
  CREATE INDEX tramline_lane_busy ON tramline_lane (owner, bot, due) WHERE owner IS NOT NULL;
  CREATE TABLE tramline_inbox (
    lane INTEGER NOT NULL,
    id INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    deaths INTEGER NOT NULL DEFAULT 0,
    payload TEXT NOT NULL,
    PRIMARY KEY (lane, id)
  ) WITHOUT ROWID;
  CREATE TABLE tramline_seen (
    bot INTEGER NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (bot, id)
  ) WITHOUT ROWID;
  CREATE TABLE tramline_seen_before (
    bot INTEGER NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (bot, id)
  ) WITHOUT ROWID;
  CREATE TABLE tramline_rotation (
    at INTEGER NOT NULL
  );
  CREATE TABLE tramline_dead (
    bot INTEGER NOT NULL,
    id INTEGER NOT NULL,
    key TEXT NOT NULL,
    payload TEXT NOT NULL,
    error TEXT NOT NULL,
    failures INTEGER NOT NULL,
    deaths INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (bot, id)
  );
  `,
];
