import type { FileCoverage } from "../../../contract/coverage.ts";
import type { SourceRange } from "../../../contract/mutant.ts";
import { toTestKey } from "../../../contract/test-run.ts";
import type { LanguageCoverage } from "../driver.ts";
import type { MeasuredFile } from "./result-lines.ts";
import { toPytestName } from "./to-name.ts";

/** Puts what coverage.py measured into istanbul's form. Counters are numbered as they stand in the file. */
export function toPytestCoverage(files: readonly MeasuredFile[]): LanguageCoverage {
  const map: Record<string, FileCoverage> = {};
  const perTest = new Map<string, Set<string>>();
  const lines = new Map<string, Set<number>>();
  for (const file of files) {
    map[file.path] = toFileCoverage(file);
    for (const context of Object.keys(file.lines)) {
      const key = toKey(context);
      const seen = lines.get(`${key}\n${file.path}`) ?? new Set();
      for (const line of file.lines[context] ?? []) seen.add(line);
      lines.set(`${key}\n${file.path}`, seen);
      if (key === LOADING) continue;
      const counters = perTest.get(key) ?? new Set();
      for (const counter of listCounters(file, context)) counters.add(`${file.path}#${counter}`);
      perTest.set(key, counters);
    }
  }
  const byPath = new Map(files.map((file) => [file.path, file]));
  return {
    map,
    perTest: Object.fromEntries([...perTest].map(([key, counters]) => [key, [...counters]])),
    reaches(testKey, path, line) {
      const file = byPath.get(path);
      const first = file?.first[line - 1] ?? line;
      // What is no statement (an \`else\`, a decorator's end) nobody counts.
      if (file?.statements.includes(first) !== true) return true;
      const isSeenBy = (key: string): boolean => lines.get(`${key}\n${path}`)?.has(first) === true;
      return isSeenBy(testKey) || isSeenBy(LOADING);
    },
  };
}

/** Key of what runs while files load. */
const LOADING = "";

function toKey(context: string): string {
  return context === "" ? LOADING : toTestKey(toPytestName(context));
}

function toFileCoverage(file: MeasuredFile): FileCoverage {
  const hitLines = new Set(Object.values(file.lines).flat());
  const hitArcs = new Set(Object.values(file.arcs).flat().map(toText));
  return {
    path: file.path,
    statementMap: toRecord(file.statements.map((line) => toRange(line))),
    fnMap: toRecord(
      file.functions.map(([name, line, , end]) => ({
        ...{ name, line },
        ...{ decl: toRange(line), loc: toRange(line, end) },
      })),
    ),
    branchMap: toRecord(
      file.branches.map(([line, arms]) => ({
        ...{ type: "branch", line, loc: toRange(line) },
        locations: arms.map((arm) => toRange(arm > 0 ? arm : line)),
      })),
    ),
    s: toRecord(file.statements.map((line) => Number(hitLines.has(line)))),
    f: toRecord(file.functions.map(([, , first, end]) => Number(isWithin(hitLines, first, end)))),
    b: toRecord(
      file.branches.map(([line, arms]) =>
        arms.map((arm) => Number(hitArcs.has(toText([line, arm])))),
      ),
    ),
  };
}

function listCounters(file: MeasuredFile, context: string): readonly string[] {
  const hitLines = new Set(file.lines[context] ?? []);
  const hitArcs = new Set((file.arcs[context] ?? []).map(toText));
  return [
    ...file.statements.flatMap((line, at) => (hitLines.has(line) ? [`s${String(at)}`] : [])),
    ...file.functions.flatMap(([, , first, end], at) =>
      isWithin(hitLines, first, end) ? [`f${String(at)}`] : [],
    ),
    ...file.branches.flatMap(([line, arms], at) =>
      arms.flatMap((arm, which) =>
        hitArcs.has(toText([line, arm])) ? [`b${String(at)}.${String(which)}`] : [],
      ),
    ),
  ];
}

function isWithin(lines: ReadonlySet<number>, first: number, last: number): boolean {
  for (let line = first; line <= last; line += 1) if (lines.has(line)) return true;
  return false;
}

const toText = (arc: readonly number[]): string => arc.join(">");

function toRange(line: number, last = line): SourceRange {
  return { start: { line, column: 0 }, end: { line: last, column: 0 } };
}

function toRecord<T>(values: readonly T[]): Record<string, T> {
  return Object.fromEntries(values.map((value, at) => [String(at), value]));
}
