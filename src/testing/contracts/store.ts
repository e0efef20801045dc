import { casesOf, type ContractCase, type ContractOptions } from "./case.ts";
import { appendChecks } from "./store/append.ts";
import { batchChecks } from "./store/batches.ts";
import { botChecks } from "./store/bots.ts";
import { claimChecks } from "./store/claim.ts";
import { completeChecks } from "./store/complete.ts";
import { deadLetterChecks } from "./store/dead_letters.ts";
import { deathChecks } from "./store/deaths.ts";
import { failureChecks } from "./store/failures.ts";
import { leaseChecks } from "./store/leases.ts";
import { releaseChecks } from "./store/release.ts";
import { roleChecks } from "./store/roles.ts";
import { onStore, type StoreUnderTest } from "./store/scene.ts";
import { seenChecks } from "./store/seen.ts";
import { sessionChecks } from "./store/sessions.ts";
import { textChecks } from "./store/texts.ts";
import { watchChecks } from "./store/watch.ts";

/**
 * What every `Store` does, as cases for any test runner.
 *
 * ```ts
 * import { MemoryStore } from "@tramline/tramline";
 * import { storeContract } from "@tramline/tramline/testing";
 * import { test } from "node:test";
 *
 * const cases = storeContract(() => {
 *   let ahead = 0;
 *   return {
 *     store: new MemoryStore({ now: () => Date.now() + ahead }),
 *     advance: (seconds) => void (ahead += seconds * 1000),
 *   };
 * });
 * for (const { name, skip, run } of cases) test(name, { skip: skip ?? false }, run);
 * ```
 *
 * @param make Makes an empty store, for each case a new one
 * @param options Cases to skip
 * @throws {Error} If a case to skip is unknown
 */
export function storeContract(
  make: () => StoreUnderTest | Promise<StoreUnderTest>,
  options: ContractOptions = {},
): ContractCase[] {
  const groups = [
    appendChecks,
    claimChecks,
    completeChecks,
    failureChecks,
    deadLetterChecks,
    deathChecks,
    leaseChecks,
    releaseChecks,
    roleChecks,
    sessionChecks,
    watchChecks,
    botChecks,
    textChecks,
    seenChecks,
    batchChecks,
  ];
  return casesOf(groups, (check) => onStore(make, check), options);
}
