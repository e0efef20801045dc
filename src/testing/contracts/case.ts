/** A sentence about what an implementation of a contract does, with what checks it. */
export interface ContractCase {
  /** The sentence. */
  readonly name: string;
  /** Why it is not checked; `undefined` if it is. */
  readonly skip: string | undefined;
  /** Checks it; rejects with an `Error` that says what is wrong. Does nothing if it is skipped. */
  run(): Promise<void>;
}

/** Cases that are not to be checked. */
export interface ContractSkip {
  /** Why. */
  readonly reason: string;
  /** The names of the cases. */
  readonly cases: readonly string[];
}

/** Options of a contract suite. */
export interface ContractOptions {
  /** What is not to be checked. Default: nothing. */
  readonly skip?: readonly ContractSkip[];
}

/** Checks, by the sentence that each proves. */
export type Checks<Scene> = Record<string, (scene: Scene) => Promise<void>>;

/** Makes cases of checks: each with a scene of its own. */
export function casesOf<Scene>(
  groups: readonly Checks<Scene>[],
  onScene: (check: (scene: Scene) => Promise<void>) => Promise<void>,
  { skip = [] }: ContractOptions,
): ContractCase[] {
  const checks = groups.flatMap((group) => Object.entries(group));
  const reasons = new Map<string, string>();
  for (const { reason, cases } of skip) for (const name of cases) reasons.set(name, reason);
  for (const name of reasons.keys()) {
    if (checks.some(([known]) => known === name)) continue;
    throw new Error(
      `Cannot skip the case ${JSON.stringify(name)}: there is none of this name. ` +
        "Take names from the `name` of the cases.",
    );
  }
  return checks.map(([name, check]) => {
    const reason = reasons.get(name);
    return { name, skip: reason, run: async () => reason ?? await onScene(check) } as ContractCase;
  });
}
