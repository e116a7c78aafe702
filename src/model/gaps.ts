import type { AdmissionResult, MutantVerdict } from "../contract/admission.ts";
import type { Gap } from "../contract/agents.ts";
import type { FileCoverage } from "../contract/coverage.ts";
import type { SourceRange } from "../contract/mutant.ts";
import type { PatchMutant } from "../contract/patch-mutant.ts";

/** A source file as it is tested. */
export interface GapSource {
  readonly path: string;
  readonly content: string;
}

/** Longer texts of a change say no more. */
const MOST_TEXT = 100;

/**
 * What the suite lacks, one gap a function: mutants that lived or were never reached, and branches never taken. Those
 * that promise most for the fewest characters to send come first.
 */
export function findGaps(
  admission: Pick<AdmissionResult, "mutants" | "coverage">,
  sources: readonly GapSource[],
): readonly Gap[] {
  const missed = admission.mutants.filter(
    ({ status }) => status === "survived" || status === "notCovered",
  );
  const gaps = sources.flatMap((source) =>
    toGaps(
      source,
      missed.filter(({ mutant }) => mutant.file === source.path),
      admission.coverage.map[source.path],
    ),
  );
  return gaps.toSorted((a, b) => toPromise(b, sources) - toPromise(a, sources));
}

/** The gaps with faults of a model in them, each in the smallest one around it, or in one of its file. */
export function withFaults(
  gaps: readonly Gap[],
  faults: readonly PatchMutant[],
  sources: readonly GapSource[],
): readonly Gap[] {
  let all = [...gaps];
  for (const { id, file, start, original, replacement, by } of faults) {
    const { line } = start;
    const mutant = {
      ...{ id, line, was: shorten(original), becomes: shorten(replacement) },
      why: by.kind === "agent" ? by.why : "",
    };
    const [around] = all
      .filter((gap) => gap.file === file && gap.lines.first <= line && line <= gap.lines.last)
      .toSorted((a, b) => a.lines.last - a.lines.first - (b.lines.last - b.lines.first));
    const length = sources.find(({ path }) => path === file)?.content.split("\n").length ?? line;
    all =
      around === undefined
        ? [
            ...all,
            {
              file,
              name: null,
              lines: { first: 1, last: length },
              mutants: [mutant],
              branches: [],
            },
          ]
        : all.map((gap) =>
            // First, for only so many of a gap are shown.
            gap === around ? { ...gap, mutants: [mutant, ...gap.mutants] } : gap,
          );
  }
  return all;
}

/** Expected finds for each line that has to be read. */
function toPromise(gap: Gap, sources: readonly GapSource[]): number {
  const whole = sources.find(({ path }) => path === gap.file)?.content.split("\n").length ?? 1;
  const lines = Math.min(whole, gap.lines.last - gap.lines.first + 1);
  return (gap.mutants.length + gap.branches.length) / (20 + lines);
}

interface Region {
  readonly name: string | null;
  readonly first: number;
  readonly last: number;
}

function toGaps(
  { path, content }: GapSource,
  missed: readonly MutantVerdict[],
  coverage: FileCoverage | undefined,
): readonly Gap[] {
  const lines = content.split("\n");
  const whole: Region = { name: null, first: 1, last: lines.length };
  const regions = Object.values(coverage?.fnMap ?? {}).map(({ name, loc }): Region => ({
    name: /^\(anonymous/u.test(name) ? null : name,
    first: loc.start.line,
    last: loc.end.line,
  }));
  const regionOf = (line: number): Region =>
    regions
      .filter(({ name, first, last }) => name !== null && first <= line && line <= last)
      .toSorted((a, b) => a.last - a.first - (b.last - b.first))[0] ?? whole;
  const found = new Map<Region, { mutants: MutantVerdict[]; branches: number[] }>();
  const at = (line: number): { mutants: MutantVerdict[]; branches: number[] } => {
    const region = regionOf(line);
    const entry = found.get(region) ?? { mutants: [], branches: [] };
    found.set(region, entry);
    return entry;
  };
  for (const verdict of missed) at(verdict.mutant.range.start.line).mutants.push(verdict);
  for (const line of listUntaken(coverage)) at(line).branches.push(line);
  return [...found].map(([{ name, first, last }, { mutants, branches }]) => ({
    file: path,
    name,
    lines: { first, last },
    branches: [...new Set(branches)].sort((a, b) => a - b),
    mutants: mutants.map(({ mutant }) => ({
      id: mutant.id,
      line: mutant.range.start.line,
      was: shorten(cut(lines, mutant.range)),
      becomes: shorten(mutant.replacement),
    })),
  }));
}

function listUntaken(coverage: FileCoverage | undefined): readonly number[] {
  if (coverage === undefined) return [];
  return Object.entries(coverage.branchMap).flatMap(([id, { line, locations }]) =>
    (coverage.b[id] ?? []).flatMap((count, arm) =>
      count > 0 ? [] : [locations[arm]?.start.line ?? line],
    ),
  );
}

function cut(lines: readonly string[], { start, end }: SourceRange): string {
  if (start.line === end.line) return lines[start.line - 1]?.slice(start.column, end.column) ?? "";
  return [
    lines[start.line - 1]?.slice(start.column) ?? "",
    ...lines.slice(start.line, end.line - 1),
    lines[end.line - 1]?.slice(0, end.column) ?? "",
  ].join("\n");
}

function shorten(text: string): string {
  const flat = text.replaceAll(/\s+/gu, " ").trim();
  return flat.length <= MOST_TEXT ? flat : `${flat.slice(0, MOST_TEXT)} …`;
}
