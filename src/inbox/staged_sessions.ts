import type { Update } from "../api/types.ts";
import { describe } from "../base/describe.ts";
import { logger } from "../base/log.ts";
import { sleep } from "../base/sleep.ts";
import type { UnitSessions } from "../context/unit_of_work.ts";
import type { BotId, SessionWrite, Store, StoredSession } from "../store/store.ts";
import { storeBackoff } from "./failure.ts";
import {
  isMoveKey,
  mayHaveMoved,
  moveKey,
  type Upgrade,
  upgradedKey,
  upgradeIn,
} from "./supergroup.ts";

const log = logger("inbox");

const none: readonly SessionWrite[] = [];

/** Where sessions are, and whose they are. */
export interface StagedSessionsConfig {
  readonly store: Pick<Store, "readSessions">;
  readonly bot: BotId;
}

/** For whom sessions are staged. */
export interface Stager {
  readonly update: Update;
  /** Throws if it is over: what it writes would be too late. */
  refuseLate(): void;
}

/**
 * The sessions that one attempt at an update has read and wants written: they are written together
 * with "this update is done", or not at all.
 */
export class StagedSessions implements UnitSessions {
  readonly #config: StagedSessionsConfig;
  readonly #stager: Stager;
  /** A group that becomes a supergroup with this update, and takes its sessions along. */
  readonly #upgrade: Upgrade | undefined;
  /** One for each key. Nearly always there is one, and a map would cost more than all the rest. */
  readonly #entries: Entry[] = [];

  constructor(config: StagedSessionsConfig, stager: Stager) {
    this.#config = config;
    this.#stager = stager;
    this.#upgrade = upgradeIn(stager.update);
  }

  /** Adds what is known to be stored under a key. */
  add(key: string, stored: StoredSession): void {
    this.#at(key).stored = stored;
  }

  /** The value under a key, as the attempt has written it or the store has it. */
  read(key: string): unknown | Promise<unknown> {
    if (this.#upgrade !== undefined) return this.#readUpgraded(key, this.#upgrade);
    const entry = this.#placeAt(key);
    if (entry.isStaged) return parse(key, entry.staged);
    if (entry.isKnown) return parse(key, entry.stored!.data);
    return this.#readLater(entry);
  }

  /** Stages a value for the commit; `undefined` deletes. */
  write(key: string, value: unknown): void {
    this.#stager.refuseLate();
    this.#placeAt(key).stage(value === undefined ? undefined : toJson(key, value));
  }

  /** Keeps a key for one user of it; `false` if another has it. */
  reserve(key: string, user: object): boolean {
    return (this.#at(key).user ??= user) === user;
  }

  /** What has to be written: only what differs from what is stored. */
  writes(): readonly SessionWrite[] | Promise<readonly SessionWrite[]> {
    const isKnown = this.#entries.every((entry) => !entry.isStaged || entry.isKnown);
    if (this.#upgrade !== undefined || !isKnown) return this.#collect();
    return this.#changed();
  }

  /** What is stored under a key once its write is committed; `undefined`: not known. */
  committed(key: string): StoredSession | undefined {
    return this.#entries.find((entry) => entry.key === key)?.committed;
  }

  /** Leaves all as it is. */
  drop(): void {
    for (const entry of this.#entries) entry.isStaged = false;
  }

  #at(key: string): Entry {
    for (const entry of this.#entries) if (entry.key === key) return entry;
    const entry = new Entry(key);
    this.#entries.push(entry);
    return entry;
  }

  /** Where the session of a key is, as far as that was looked up. */
  #placeAt(key: string): Entry {
    const entry = this.#at(key);
    return entry.place ?? entry;
  }

  #changed(): readonly SessionWrite[] {
    let writes: SessionWrite[] | undefined;
    for (const entry of this.#entries) {
      if (!entry.isChanged) continue;
      const { key, stored, staged } = entry;
      (writes ??= []).push({ key, version: stored!.version, data: staged });
    }
    return writes ?? none;
  }

  async #collect(): Promise<readonly SessionWrite[]> {
    const upgrade = this.#upgrade;
    if (upgrade !== undefined) {
      this.#at(upgrade.from);
      for (const { key } of [...this.#entries]) await this.#move(key, upgrade);
    }
    for (const entry of [...this.#entries]) {
      // Written without having been read, as a lazy session may be: it replaces what is there now.
      if (entry.isStaged && !entry.isKnown) await this.#putInPlace(entry);
    }
    return this.#changed();
  }

  async #putInPlace(entry: Entry): Promise<void> {
    const place = await this.#placeOf(entry);
    if (place === entry) return;
    await this.#present(place.key);
    place.stage(entry.staged);
    entry.isStaged = false;
  }

  async #readLater(entry: Entry): Promise<unknown> {
    const { key } = await this.#placeOf(entry);
    return parse(key, await this.#present(key));
  }

  /** Where a session is: elsewhere if its group has become a supergroup meanwhile. */
  async #placeOf(entry: Entry): Promise<Entry> {
    if (entry.stored === undefined) await this.#stored(entry);
    if (entry.isKnown) return entry.place ?? entry;
    const target = await this.#present(moveKey(entry.key));
    return entry.place = target === undefined ? entry : this.#at(JSON.parse(target));
  }

  async #readUpgraded(key: string, upgrade: Upgrade): Promise<unknown> {
    const { from, to } = upgrade;
    if (key.endsWith(to)) await this.#move(key.slice(0, -to.length) + from, upgrade);
    const entry = this.#placeAt(key);
    return entry.isStaged ? parse(key, entry.staged) : await this.#readLater(entry);
  }

  /**
   * Stages a group's session as the supergroup's, unless that has one already; and where it has gone,
   * for updates of the group that are handled after this one: the two chats are two lanes.
   */
  async #move(key: string, upgrade: Upgrade): Promise<void> {
    const target = upgradedKey(key, upgrade);
    if (target === undefined || isMoveKey(key)) return;
    if (await this.#present(moveKey(key)) !== undefined) return;
    const [data, present] = [await this.#present(key), await this.#present(target)];
    if (data !== undefined && present !== undefined) return;
    const [entry, other] = [this.#at(key), this.#at(target)];
    // Nobody has sessions here.
    if (data === undefined && entry.user === undefined && other.user === undefined) return;
    if (data !== undefined) other.stage(data);
    // Also if there is none: who has read that there is none must not write one.
    entry.stage(undefined, true);
    this.#at(moveKey(key)).stage(JSON.stringify(target));
  }

  async #present(key: string): Promise<string | undefined> {
    const entry = this.#at(key);
    if (entry.isStaged) return entry.staged;
    return (entry.stored ?? await this.#stored(entry)).data;
  }

  async #stored(entry: Entry): Promise<StoredSession> {
    const { store, bot } = this.#config;
    const { key } = entry;
    const backoff = storeBackoff();
    for (;;) {
      try {
        const [session] = await store.readSessions(bot, [key]);
        return entry.stored = session!;
      } catch (error) {
        // It is not the update's fault, and must not count as its failure.
        if (backoff.failures === 0) {
          log.error("Cannot read the session {key}, trying on: {error}", { key, error });
        }
      }
      this.#stager.refuseLate();
      await sleep(backoff.next());
      this.#stager.refuseLate();
    }
  }
}

/** What an attempt knows of one key. */
class Entry {
  readonly key: string;
  /** What the store has, if that is known. */
  stored: StoredSession | undefined = undefined;
  /** Whether the attempt wants something else there, and what; `undefined`: nothing. */
  isStaged = false;
  staged: string | undefined = undefined;
  /** Whether it is written also if it is as it was, so that its version rises. */
  isForced = false;
  user: object | undefined = undefined;
  /** Where it is read and written, once that was looked up; nearly always here. */
  place: Entry | undefined = undefined;

  constructor(key: string) {
    this.key = key;
  }

  stage(data: string | undefined, isForced = false): void {
    this.isStaged = true;
    this.staged = data;
    this.isForced = isForced;
  }

  /** Whether it is known what the store has, and that it is the place to look. */
  get isKnown(): boolean {
    if (this.stored === undefined) return false;
    return this.place !== undefined || this.isForced || !mayHaveMoved(this.key, this.stored);
  }

  get isChanged(): boolean {
    return this.isStaged && (this.isForced || this.staged !== this.stored!.data);
  }

  get committed(): StoredSession | undefined {
    if (this.stored === undefined || !this.isChanged) return this.stored;
    return { version: this.stored.version + 1, data: this.staged };
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
