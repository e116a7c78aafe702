import type {
  CoverageCount,
  CoverageMap,
  CoverageSummary,
  FileCoverage,
} from "../contract/coverage.ts";
import type { MutationCounts } from "../contract/mutant.ts";
import type { GenerateData } from "../contract/envelope.ts";

/** A share in percent, or null where there is nothing to cover. */
export function toPercent(count: CoverageCount): number | null {
  return count.total === 0 ? null : (100 * count.covered) / count.total;
}

/** `94.2 %`: rounded down to one decimal, so that 100 % means all of it; a dash where there is nothing. */
export function formatPercent(percent: number | null): string {
  if (percent === null) return "–";
  const floored = Math.floor(percent * 10 + 1e-9) / 10;
  return `${floored === 100 ? "100" : floored.toFixed(1)} %`;
}

export function formatCount(count: CoverageCount): string {
  return formatPercent(toPercent(count));
}

/** Mutants that the suite detects (killed or timed out) of all. */
export function toDetected(counts: MutationCounts): CoverageCount {
  return { covered: counts.killed + counts.timedOut, total: counts.total };
}

/** `1,234`, the same on every machine. */
export function formatNumber(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 test`, `2 tests`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatNumber(count)} ${count === 1 ? noun : nouns}`;
}

/** `850 ms`, `12.3 s`, `4 min 5 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  const seconds = durationMs / 1_000;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** The longest measured phase total: `total` where it was taken, else the sum of the phases. */
export function totalMs(data: GenerateData): number {
  const { total, ...phases } = data.timings;
  return total ?? Object.values(phases).reduce((sum, durationMs) => sum + durationMs, 0);
}

/** What one file reaches. */
export interface FileRow extends CoverageSummary {
  readonly path: string;
}

/** One row a file, in the order of paths. */
export function toFileRows(map: CoverageMap): readonly FileRow[] {
  return Object.keys(map)
    .sort()
    .flatMap((path) => {
      const file = map[path];
      return file === undefined ? [] : [{ path, ...summarise(file) }];
    });
}

function summarise(file: FileCoverage): CoverageSummary {
  const arms = Object.values(file.b).flat();
  return {
    statements: countHits(Object.values(file.s)),
    branches: countHits(arms),
    functions: countHits(Object.values(file.f)),
  };
}

function countHits(hits: readonly number[]): CoverageCount {
  return { covered: hits.filter((hit) => hit > 0).length, total: hits.length };
}

/** Hits of each line that starts a statement: the most of its statements, as istanbul counts lines. */
export function toLineHits(file: FileCoverage): ReadonlyMap<number, number> {
  const lines = new Map<number, number>();
  for (const [id, range] of Object.entries(file.statementMap)) {
    const hits = file.s[id] ?? 0;
    const { line } = range.start;
    lines.set(line, Math.max(lines.get(line) ?? 0, hits));
  }
  return new Map([...lines].sort(([a], [b]) => a - b));
}

/** What each reason for a rejection means to a reader. */
export const REASON_TEXTS: Readonly<Record<string, string>> = {
  "build-failed": "does not build",
  "type-error": "does not type-check",
  failed: "fails as written",
  "timed-out": "does not end in time",
  unstable: "differs between runs",
  "unhandled-rejection": "leaves an unhandled rejection",
  "never-red": "was never seen red: no mutant makes it fail",
  "adds-nothing": "adds no branch and no kill",
  tautology: "asserts what is always true",
  "asserts-mock": "asserts the return of its own mock",
  sleeps: "waits a fixed time",
  "over-mocked": "mocks too much",
  "absolute-path": "holds an absolute path",
  "today-date": "holds the date of today",
  "no-assertion": "asserts nothing",
  duplicate: "repeats another test",
  "reaches-outside": "reaches for environment, processes or network",
  "under-finding": "asserts behaviour under a finding",
  "not-tried": "not tried: time was up",
};

export const KIND_TEXTS: Readonly<Record<string, string>> = {
  "undeclared-exception": "Undeclared exception",
  "type-contradiction": "Contradicts its type",
  hang: "Never returns",
  "leaking-state": "State leaks between calls",
  "broken-promise": "Breaks a promise of its documentation",
};

/** Findings shown in full; the rest is counted. */
export const SHOWN_FINDINGS = 5;

/** Why a second run may differ. */
export function toWhyNot({ engine }: Pick<GenerateData, "engine">): string {
  return engine === "search" ? "a watchdog fired" : "a model answered";
}
