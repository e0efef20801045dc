import { configure, reset } from "@logtape/logtape";

/** Collects what is logged while `use` runs, as lines "level: text", instead of printing it. */
export async function logged(use: (lines: string[]) => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  await configure({
    sinks: {
      lines: ({ level, message }) => {
        lines.push(`${level}: ${message.map((part) => textOf(part)).join("")}`);
      },
    },
    loggers: [
      { category: ["tramline"], sinks: ["lines"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  try {
    await use(lines);
  } finally {
    await reset();
  }
  return lines;
}

function textOf(part: unknown): string {
  return part instanceof Error ? part.message : String(part);
}
