import { type Target, verdict } from "./targets.ts";

/** The figures that one subject reached in the rounds of a measurement. */
export type Samples = Map<string, number[]>;

/** The middle one of some figures. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Adds one round's figure of a subject. */
export function record(samples: Samples, subject: string, figure: number): void {
  const figures = samples.get(subject);
  if (figures) figures.push(figure);
  else samples.set(subject, [figure]);
}

/** A table for the terminal, its numbers aligned to the right. */
export function table(title: string, head: string[], rows: string[][]): string {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]!.length)));
  const line = (row: string[]): string =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))
      .join("  ").trimEnd();
  return ["", title, line(head), widths.map((width) => "-".repeat(width)).join("  ")]
    .concat(rows.map(line)).join("\n");
}

/** How the figures of a table are to be read. */
export interface Reading {
  title: string;
  unit: string;
  /** The subject that is 1.00 in the column of ratios. */
  yardstick: string;
  format?: (figure: number) => string;
  /** More columns. */
  more?: Record<string, (subject: string) => string>;
  /** What the subjects are to reach. */
  targets?: Record<string, Target[]>;
}

/** Prints medians, ratios, the spread of the rounds, and whether the targets are reached. */
export function report(samples: Samples, reading: Reading): void {
  const { title, unit, yardstick, more = {}, targets = {}, format = grouped } = reading;
  const rows = [...samples].map(([subject, figures]) => [
    subject,
    format(median(figures)),
    ratio(samples, subject, yardstick).toFixed(2),
    `${format(Math.min(...figures))}–${format(Math.max(...figures))}`,
    ...Object.values(more).map((column) => column(subject)),
    (targets[subject] ?? []).map(verdict).join("; "),
  ]);
  const head = ["", unit, `to ${yardstick}`, "lowest–highest", ...Object.keys(more), "target"];
  console.log(table(title, head, rows));
}

/**
 * How many times the yardstick's figure a subject's is: the median of the ratios of the rounds. Both
 * were measured one after the other in each round, so what disturbs the machine for longer than a
 * round disturbs both.
 */
export function ratio(samples: Samples, subject: string, yardstick: string): number {
  const base = samples.get(yardstick)!;
  return median(samples.get(subject)!.map((figure, round) => figure / base[round]!));
}

/** 1234567 as 1 234 567. */
export function grouped(figure: number): string {
  return Math.round(figure).toString().replaceAll(/\B(?=(\d{3})+$)/g, " ");
}

/** A figure with so many digits after the point. */
export function fixed(digits: number): (figure: number) => string {
  return (figure) => figure.toFixed(digits);
}
