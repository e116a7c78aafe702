import { z } from "zod";
import type { CoverageMap, FileCoverage } from "../contract/coverage.ts";

const count = z.number().nonnegative();
const position = z.object({
  line: z.number().int(),
  // Istanbul writes null where it means "to the end of the line".
  column: z
    .number()
    .nullable()
    .transform((column) => column ?? Number.MAX_SAFE_INTEGER),
});
// Counters without a place of their own (an absent `else`) have empty positions.
const range = z
  .object({ start: position.partial(), end: position.partial() })
  .transform(({ start, end }) => ({
    start: { line: start.line ?? 0, column: start.column ?? 0 },
    end: { line: end.line ?? 0, column: end.column ?? 0 },
  }));
const key = z.string().regex(/^\d+$/u);

const fileCoverageSchema = z.object({
  path: z.string(),
  statementMap: z.record(key, range),
  fnMap: z.record(
    key,
    z.object({ name: z.string(), decl: range, loc: range, line: z.number().optional() }),
  ),
  branchMap: z.record(
    key,
    z.object({
      type: z.string(),
      loc: range.optional(),
      locations: z.array(range),
      line: z.number().optional(),
    }),
  ),
  s: z.record(key, count),
  f: z.record(key, count),
  b: z.record(key, z.array(count)),
});

/**
 * Reads a coverage dump that a hostile process may have written.
 *
 * @param known files that were instrumented; others are left out
 * @returns null when the dump is missing or not istanbul data
 */
export function readCoverage(
  content: Buffer | null,
  known: ReadonlySet<string>,
): CoverageMap | null {
  if (content === null) return null;
  const map: Record<string, FileCoverage> = {};
  try {
    const dump = z.record(z.string(), z.unknown()).parse(JSON.parse(content.toString("utf8")));
    for (const [path, value] of Object.entries(dump)) {
      if (known.has(path)) map[path] = toFileCoverage(path, fileCoverageSchema.parse(value));
    }
  } catch {
    return null;
  }
  return map;
}

function toFileCoverage(path: string, file: z.infer<typeof fileCoverageSchema>): FileCoverage {
  return {
    ...file,
    path,
    fnMap: mapValues(file.fnMap, (entry) => ({
      ...entry,
      line: entry.line ?? entry.decl.start.line,
    })),
    branchMap: mapValues(file.branchMap, (entry) => {
      const loc = entry.loc ?? entry.locations[0] ?? EMPTY_RANGE;
      return { ...entry, loc, line: entry.line ?? loc.start.line };
    }),
  };
}

const EMPTY_RANGE = { start: { line: 0, column: 0 }, end: { line: 0, column: 0 } };

function mapValues<A, B>(record: Record<string, A>, convert: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, convert(value)]));
}

/** Sums counters of several dumps over the same instrumented build. */
export function addCoverage(sum: CoverageMap | null, more: CoverageMap | null): CoverageMap | null {
  if (sum === null || more === null) return sum ?? more;
  const total: Record<string, FileCoverage> = { ...sum };
  for (const [path, file] of Object.entries(more)) {
    const known = total[path];
    total[path] = known === undefined ? file : addFile(known, file);
  }
  return total;
}

function addFile(sum: FileCoverage, more: FileCoverage): FileCoverage {
  return {
    ...sum,
    s: addCounts(sum.s, more.s),
    f: addCounts(sum.f, more.f),
    b: Object.fromEntries(
      Object.entries(sum.b).map(([name, arms]) => [
        name,
        arms.map((value, arm) => value + (more.b[name]?.[arm] ?? 0)),
      ]),
    ),
  };
}

function addCounts(
  sum: Readonly<Record<string, number>>,
  more: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(sum).map(([name, value]) => [name, value + (more[name] ?? 0)]),
  );
}
