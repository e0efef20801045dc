import { describe } from "../base/describe.ts";
import { logger } from "../base/log.ts";
import { sleep } from "../base/sleep.ts";
import type { UnitSessions } from "../context/unit_of_work.ts";
import type { BotId, SessionWrite, Store, StoredSession } from "../store/store.ts";
import { storeBackoff } from "./failure.ts";
import { type Upgrade, upgradedKey } from "./supergroup.ts";

const log = logger("inbox");

/** Options of {@linkcode StagedSessions}. */
export interface StagedSessionsConfig {
  /** Where sessions are. */
  readonly store: Pick<Store, "readSessions">;
  /** Whose they are. */
  readonly bot: BotId;
  /** The lane's key, and the session under it, which came with the claim if it is known. */
  readonly lane: { readonly key: string; readonly session: StoredSession | undefined };
  /** A group that becomes a supergroup with this update, and takes its sessions along. */
  readonly upgrade: Upgrade | undefined;
  /** Throws if the attempt is over. */
  readonly refuseLate: () => void;
}

/**
 * The sessions that one attempt at an update has read and wants written: they are written together
 * with "this update is done", or not at all.
 */
export class StagedSessions implements UnitSessions {
  readonly #config: StagedSessionsConfig;
  /** What was read, by key. */
  readonly #read = new Map<string, StoredSession>();
  /** What is to be written, by key. */
  readonly #staged = new Map<string, string | undefined>();

  constructor(config: StagedSessionsConfig) {
    this.#config = config;
    const { key, session } = config.lane;
    if (session !== undefined) this.#read.set(key, session);
  }

  /** The value under a key, as the attempt has written it or the store has it. */
  read(key: string): unknown | Promise<unknown> {
    if (this.#config.upgrade !== undefined) return this.#readUpgraded(key, this.#config.upgrade);
    if (this.#staged.has(key)) return parse(key, this.#staged.get(key));
    const known = this.#read.get(key);
    if (known !== undefined) return parse(key, known.data);
    return this.#stored(key).then(({ data }) => parse(key, data));
  }

  /** Stages a value for the commit; `undefined` deletes. */
  write(key: string, value: unknown): void {
    this.#config.refuseLate();
    this.#staged.set(key, value === undefined ? undefined : toJson(key, value));
  }

  /** What has to be written: only what differs from what is stored. */
  writes(): readonly SessionWrite[] | Promise<readonly SessionWrite[]> {
    if (this.#staged.size === 0 && this.#config.upgrade === undefined) return [];
    return this.#collect();
  }

  /** Leaves all as it is. */
  drop(): void {
    this.#staged.clear();
  }

  async #collect(): Promise<SessionWrite[]> {
    const { upgrade } = this.#config;
    if (upgrade !== undefined) {
      const keys = new Set([upgrade.from, ...this.#read.keys(), ...this.#staged.keys()]);
      for (const key of keys) await this.#move(key, upgrade);
    }
    const writes: SessionWrite[] = [];
    for (const [key, data] of this.#staged) {
      // Written without having been read, as a lazy session may be: it replaces what is there now.
      const { version, data: stored } = this.#read.get(key) ?? await this.#stored(key);
      if (data !== stored) writes.push({ key, version, data });
    }
    return writes;
  }

  async #readUpgraded(key: string, upgrade: Upgrade): Promise<unknown> {
    const { from, to } = upgrade;
    if (key.endsWith(to)) await this.#move(key.slice(0, -to.length) + from, upgrade);
    return parse(key, await this.#present(key));
  }

  /** Stages a group's session as the supergroup's, unless that has one already. */
  async #move(key: string, upgrade: Upgrade): Promise<void> {
    const target = upgradedKey(key, upgrade);
    if (target === undefined || await this.#present(target) !== undefined) return;
    const data = await this.#present(key);
    if (data === undefined) return;
    this.#staged.set(target, data);
    this.#staged.set(key, undefined);
  }

  async #present(key: string): Promise<string | undefined> {
    if (this.#staged.has(key)) return this.#staged.get(key);
    return (this.#read.get(key) ?? await this.#stored(key)).data;
  }

  async #stored(key: string): Promise<StoredSession> {
    const { store, bot, refuseLate } = this.#config;
    const backoff = storeBackoff();
    for (;;) {
      try {
        const [session] = await store.readSessions(bot, [key]);
        this.#read.set(key, session!);
        return session!;
      } catch (error) {
        // It is not the update's fault, and must not count as its failure.
        if (backoff.failures === 0) {
          log.error("Cannot read the session {key}, trying on: {error}", { key, error });
        }
      }
      refuseLate();
      await sleep(backoff.next());
      refuseLate();
    }
  }
}

function parse(key: string, data: string | undefined): unknown {
  if (data === undefined) return undefined;
  try {
    return JSON.parse(data);
  } catch (error) {
    throw new Error(
      `Cannot read the session ${describe(key)}: what the store has under this key is not JSON. ` +
        "Was it written by another program?",
      { cause: error },
    );
  }
}

function toJson(key: string, value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined) {
    throw new TypeError(
      `Cannot write the session ${describe(key)}: it must be something that JSON can hold, given ` +
        `${describe(value)}.`,
    );
  }
  return text;
}
