import { appendFile, readFile } from "node:fs/promises";
import type { RunUsage } from "./process-watch.ts";
import { toQuantile } from "./tools.ts";

/** What one server did until it was stopped. */
export interface Part {
  readonly active: number;
  readonly waiting: number;
  readonly seconds: number;
  readonly serverExit: number | null;
  readonly submitted: number;
  readonly rejected: number;
  readonly ends: readonly { readonly status: string; readonly code: string | null }[];
  readonly usage: readonly RunUsage[];
  /** Usage holds what sandboxes reaped, too. */
  readonly isWhole: boolean;
}

/** Parts of earlier calls; none where the file does not exist. */
export async function readParts(path: string): Promise<readonly Part[]> {
  const text = await readFile(path, "utf8").catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw thrown;
  });
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Part);
}

export async function appendPart(path: string, part: Part): Promise<void> {
  await appendFile(path, `${JSON.stringify(part)}\n`);
}

/** Prints what all parts come to; false where a goal is missed. */
export function report(parts: readonly Part[]): boolean {
  const sum = (read: (part: Part) => number): number =>
    parts.reduce((total, part) => total + read(part), 0);
  const ends = parts.flatMap((part) => part.ends);
  const submitted = sum((part) => part.submitted);
  const rejected = sum((part) => part.rejected);
  const lost = submitted - ends.length;
  const exits = parts.map(({ serverExit }) => serverExit);
  const codes = ends.flatMap(({ code }) => code ?? []);
  process.stdout.write(
    `${String(submitted)} runs in ${sum(({ seconds }) => seconds).toFixed(0)} s, ${String(parts.length)} server(s), ` +
      `${[...new Set(parts.map(({ active, waiting }) => `${String(active)} at a time and ${String(waiting)} waiting`))].join(", ")}\n` +
      `rejected ${String(rejected)}, lost ${String(lost)}, by status ${toCounts(ends.map(({ status }) => status))}, ` +
      `errors ${toCounts(codes)}, servers ended with ${exits.join(", ")}\n` +
      `${parts.every(({ isWhole }) => isWhole) ? "" : "without control groups (root only): what sandboxes reaped is missing\n"}\n` +
      "| kind | runs | CPU s p50 | CPU s p99 | p99 / p50 | peak MB p50 | peak MB p99 | p99 / p50 |\n" +
      "|---|---|---|---|---|---|---|---|\n",
  );
  const byKind = Map.groupBy(
    parts.flatMap(({ usage }) => usage),
    ({ kind }) => kind,
  );
  for (const [kind, runs] of byKind) {
    const columns = [runs.map(({ cpu }) => cpu), runs.map(({ peak }) => peak)].flatMap(
      (figures) => {
        const [p50, p99] = [toQuantile(figures, 0.5), toQuantile(figures, 0.99)];
        return [p50.toFixed(1), p99.toFixed(1), (p99 / p50).toFixed(2)];
      },
    );
    process.stdout.write(`| ${kind} | ${String(runs.length)} | ${columns.join(" | ")} |\n`);
  }
  const failed = ends.filter(({ status }) => status === "failed" || status === "cancelled").length;
  return failed + lost + rejected === 0 && exits.every((code) => code === 0);
}

function toCounts(words: readonly string[]): string {
  const groups = Map.groupBy(words, (word) => word);
  return JSON.stringify(Object.fromEntries([...groups].map(([word, all]) => [word, all.length])));
}
