/** Something that a figure is to reach. */
export interface Target {
  readonly text: string;
  readonly reached: boolean;
  /** By how much it is missed. */
  readonly gap: string;
}

let reached = 0;
let missed = 0;

/** A figure that is to be as high as `bound`. */
export function atLeast(bound: number, figure: number, what: (figure: number) => string): Target {
  const gap = `${Math.round((1 - figure / bound) * 100)} % below`;
  return { text: `≥ ${what(bound)}`, reached: figure >= bound, gap };
}

/** A figure that is to be no higher than `bound`. */
export function atMost(bound: number, figure: number, what: (figure: number) => string): Target {
  const gap = `${Math.round((figure / bound - 1) * 100)} % above`;
  return { text: `≤ ${what(bound)}`, reached: figure <= bound, gap };
}

/** Whether a target is reached, in words for a table; it is counted, too. */
export function verdict(target: Target): string {
  if (target.reached) reached++;
  else missed++;
  return `${target.text} ${target.reached ? "reached" : `missed, ${target.gap}`}`;
}

/** How many of the targets that were looked at are reached. */
export function summary(): string {
  return `${reached} of ${reached + missed} targets reached`;
}
