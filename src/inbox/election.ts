import { logger } from "../base/log.ts";
import { sleep } from "../base/sleep.ts";
import { within } from "../base/within.ts";
import type { Store, WorkerId } from "../store/store.ts";

const log = logger("inbox");

/** Options of {@linkcode whileElected}. */
export interface ElectionConfig {
  readonly store: Store;
  /** What only one worker may do at a time. */
  readonly role: string;
  /** Who we are, at present. */
  readonly worker: () => WorkerId | undefined;
  /** For how long the role is ours without being renewed. Default: 8; it is renewed in a quarter of that. */
  readonly leaseSeconds?: number;
}

/**
 * Does something whenever this worker has a role, until `signal` is aborted. If the role is lost, the
 * signal given to `work` is aborted and another worker may do the same; the next try is a renewal
 * later.
 *
 * @throws What `work` throws while the role is ours
 */
export async function whileElected(
  { store, role, worker, leaseSeconds = 8 }: ElectionConfig,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const pause = leaseSeconds / 4;
  let told = false;
  while (!signal.aborted) {
    const answer = await elected();
    if (answer) {
      log.debug("This worker has the role {role}.", { role });
      told = false;
      await hold();
    } else if (answer === false && !told) {
      log.info("Another worker has the role {role}; this one waits, and handles updates.", {
        role,
      });
      told = true;
    }
    await sleep(pause, signal);
  }

  /** `undefined` if the store does not tell. */
  async function elected(): Promise<boolean | undefined> {
    const me = worker();
    if (me === undefined) return false;
    try {
      return await answered(store.elect(role, me, { leaseSeconds }));
    } catch (error) {
      log.warn("Cannot ask the store for the role {role}: {error}", { role, error });
      return undefined;
    }
  }

  async function hold(): Promise<void> {
    const controller = new AbortController();
    const inner = AbortSignal.any([signal, controller.signal]);
    const renewing = renew(inner).finally(() => controller.abort());
    try {
      await work(inner);
    } catch (error) {
      if (!inner.aborted) throw error;
    } finally {
      controller.abort();
      await renewing;
      await resign();
    }
  }

  /** Lets another worker begin at once. */
  async function resign(): Promise<void> {
    const me = worker();
    if (me === undefined) return;
    try {
      await answered(store.resign(role, me));
    } catch (error) {
      log.warn("Cannot give up the role {role}, it has to run out: {error}", { role, error });
    }
  }

  /** While nobody answers, the role runs out all the same. */
  function answered<T>(answer: Promise<T>): Promise<T> {
    return within(pause, answer, "the store does not answer");
  }

  /** Resolves when the role is lost, or nobody can tell any more that it is ours. */
  async function renew(inner: AbortSignal): Promise<void> {
    let goodUntil = performance.now() + leaseSeconds * 1000;
    for (;;) {
      await sleep(pause, inner);
      if (inner.aborted) return;
      const began = performance.now();
      const answer = await elected();
      if (answer === false) return;
      if (answer) goodUntil = began + leaseSeconds * 1000;
      // Given up before somebody else can have it.
      else if (performance.now() >= goodUntil - pause * 1000) return;
    }
  }
}
