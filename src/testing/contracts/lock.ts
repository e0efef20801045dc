import type { Release, UserLock } from "../../lanes/user_lock.ts";
import { casesOf, type Checks, type ContractCase, type ContractOptions } from "./case.ts";
import { expect, expectSame, within } from "./expect.ts";

/** A lock for one case of {@linkcode lockContract}. */
export interface LockUnderTest {
  /** The lock, with no key held. */
  readonly lock: UserLock;
  /** The same lock as another process has it. Without it, the one lock is used for both. */
  reopen?(): UserLock | Promise<UserLock>;
  /** Removes what the case has left behind; closes what `reopen` has opened, too. */
  dispose?(): void | Promise<void>;
}

/**
 * What every `UserLock` does, as cases for any test runner.
 *
 * ```ts
 * import { MemoryUserLock } from "@tramline/tramline";
 * import { lockContract } from "@tramline/tramline/testing";
 * import { test } from "node:test";
 *
 * for (const { name, skip, run } of lockContract(() => ({ lock: new MemoryUserLock() }))) {
 *   test(name, { skip: skip ?? false }, run);
 * }
 * ```
 *
 * @param make Makes a lock, for each case a new one
 * @param options Cases to skip
 * @throws {Error} If a case to skip is unknown
 */
export function lockContract(
  make: () => LockUnderTest | Promise<LockUnderTest>,
  options: ContractOptions = {},
): ContractCase[] {
  const onLock = async (check: (scene: LockScene) => Promise<void>): Promise<void> => {
    const made = await make();
    try {
      await check(new LockScene(made.lock, await made.reopen?.() ?? made.lock));
    } finally {
      await made.dispose?.();
    }
  };
  return casesOf([holdingChecks, cancellingChecks], onLock, options);
}

/** Who waits for a lock: its promise, and whether it has settled. */
interface Attempt {
  readonly release: Promise<Release>;
  isSettled: boolean;
  readonly abort: AbortController;
}

class LockScene {
  readonly lock: UserLock;
  /** The same, in another process. */
  readonly other: UserLock;

  constructor(lock: UserLock, other: UserLock) {
    this.lock = lock;
    this.other = other;
  }

  attempt(key: string, lock: UserLock = this.lock): Attempt {
    const abort = new AbortController();
    const release = lock.acquire(key, { signal: abort.signal });
    const attempt: Attempt = { release, isSettled: false, abort };
    const settle = () => void (attempt.isSettled = true);
    release.then(settle, settle);
    return attempt;
  }

  /** Takes a lock that is free, or becomes so by itself. */
  acquire(key: string, lock?: UserLock): Promise<Release> {
    return within(`the lock ${key} is had`, this.attempt(key, lock).release);
  }

  /** Expects attempts to be waiting still, after as much traffic as would have let them have it. */
  async stillWait(...attempts: readonly Attempt[]): Promise<void> {
    for (let round = 0; round < 5; round++) {
      for (const lock of [this.lock, this.other]) await (await this.acquire("traffic", lock))();
    }
    for (const { isSettled } of attempts) expect("who waits for a held lock waits", !isSettled);
  }
}

/** Aborts an attempt, and returns why it was rejected. */
function abort(attempt: Attempt, reason: unknown): Promise<unknown> {
  attempt.abort.abort(reason);
  return within(
    "an aborted attempt is rejected",
    attempt.release.then(() => "it was not rejected", (error: unknown) => error),
  );
}

const holdingChecks: Checks<LockScene> = {
  "a lock that is free is had at once, again and again": async (scene) => {
    for (let round = 0; round < 3; round++) await (await scene.acquire("a"))();
  },

  "a lock that is held is had when it is given back, and not before": async (scene) => {
    const release = await scene.acquire("a");
    const second = scene.attempt("a");
    await scene.stillWait(second);
    await release();
    await (await within("the second has the lock", second.release))();
  },

  "a lock that another process holds is had when it gives it back": async (scene) => {
    const release = await scene.acquire("a", scene.other);
    const second = scene.attempt("a");
    await scene.stillWait(second);
    await release();
    await (await within("the second has the lock", second.release))();
    await (await scene.acquire("a", scene.other))();
  },

  "keys are independent of each other": async (scene) => {
    const keys = ["", "a", "A", "a b", "a:b", "{a}", "ä", "👍", "-1001234567890", "x".repeat(300)];
    const releases: Release[] = [];
    for (const key of keys) releases.push(await scene.acquire(key));
    const again = keys.map((key) => scene.attempt(key));
    await scene.stillWait(...again);
    for (const release of releases) await release();
    for (const attempt of again) await (await within("it is had again", attempt.release))();
  },

  "those who wait have the lock in the order they came": async (scene) => {
    const release = await scene.acquire("a");
    const order: number[] = [];
    const attempts = Array.from({ length: 20 }, async (_, index) => {
      const release = await scene.attempt("a").release;
      order.push(index);
      await release();
    });
    await scene.stillWait();
    await release();
    await within("all have had the lock", Promise.all(attempts));
    expectSame("order", order, attempts.map((_, index) => index));
  },

  "one at a time holds a lock, in whatever process": async (scene) => {
    let holders = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const release = await scene.acquire("a", index % 2 ? scene.lock : scene.other);
        most = Math.max(most, ++holders);
        await (await scene.acquire(`traffic ${index}`))();
        holders--;
        await release();
      }),
    );
    expectSame("most holders at a time", most, 1);
  },

  "a lock that is given back twice is not taken from the next": async (scene) => {
    const release = await scene.acquire("a");
    const second = scene.attempt("a");
    await release();
    const releaseSecond = await within("the second has the lock", second.release);
    const third = scene.attempt("a");
    await release();
    await scene.stillWait(third);
    await releaseSecond();
    await (await within("the third has the lock", third.release))();
  },
};

const cancellingChecks: Checks<LockScene> = {
  "who comes with an aborted signal is rejected with its reason, and takes nothing": async (
    scene,
  ) => {
    for (const isHeld of [false, true]) {
      const release = isHeld ? await scene.acquire("a") : () => {};
      const reason = new Error("too late");
      const signal = AbortSignal.abort(reason);
      const error = await scene.lock.acquire("a", { signal }).catch((error) => error);
      expect("it is rejected with the signal's reason", error === reason);
      await release();
      await (await scene.acquire("a"))();
    }
  },

  "who is aborted while it waits is rejected with the reason, and holds up nobody": async (
    scene,
  ) => {
    const release = await scene.acquire("a");
    const [second, third, fourth] = [scene.attempt("a"), scene.attempt("a"), scene.attempt("a")];
    await scene.stillWait(second, third, fourth);
    const reason = { any: "value" };
    expect("it is rejected with the signal's reason", await abort(third, reason) === reason);
    expect("and so is the first that waits", await abort(second, reason) === reason);
    await scene.stillWait(fourth);
    await release();
    await (await within("the next has the lock", fourth.release))();
  },

  "the last that waits can be aborted, and the lock is free afterwards": async (scene) => {
    const release = await scene.acquire("a");
    const second = scene.attempt("a");
    await abort(second, "enough");
    await release();
    await (await scene.acquire("a", scene.other))();
  },

  "who is aborted at once leaves nothing behind": async (scene) => {
    const reasons = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const attempt = scene.attempt("a");
        attempt.abort.abort(index);
        // It may have had the lock before the signal came.
        return attempt.release.then((release) => release(), (reason) => reason);
      }),
    );
    for (const [index, reason] of reasons.entries()) {
      expect(`it is had, or rejected with its own reason`, [undefined, index].includes(reason));
    }
    await (await scene.acquire("a"))();
    await (await scene.acquire("a", scene.other))();
  },

  "a signal that aborts once the lock is held means nothing": async (scene) => {
    const first = scene.attempt("a");
    const release = await within("it is had", first.release);
    first.abort.abort();
    const second = scene.attempt("a");
    await scene.stillWait(second);
    await release();
    await (await within("the second has the lock", second.release))();
  },
};
