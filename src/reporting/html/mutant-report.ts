import type { MutantVerdict } from "../../contract/admission.ts";
import type { MutantStatus, SourcePosition } from "../../contract/mutant.ts";
import type { ReportInput } from "../report-input.ts";
import { toSuiteTests } from "../suite-tests.ts";

/** What mutation-testing-elements shows: schema 2 of mutation-testing-report-schema. */
export interface MutationReport {
  readonly schemaVersion: "2";
  readonly thresholds: { readonly high: number; readonly low: number };
  readonly files: Readonly<Record<string, MutatedFile>>;
  readonly testFiles: Readonly<
    Record<string, { readonly source?: string; readonly tests: readonly ReportTest[] }>
  >;
}

interface MutatedFile {
  readonly language: string;
  readonly source: string;
  readonly mutants: readonly ReportMutant[];
}

interface ReportMutant {
  readonly id: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly status: "Killed" | "Timeout" | "Survived" | "NoCoverage" | "Ignored" | "Pending";
  readonly statusReason?: string;
  readonly static?: boolean;
  readonly location: { readonly start: SourcePosition; readonly end: SourcePosition };
  readonly killedBy: readonly string[];
  readonly coveredBy: readonly string[];
}

interface ReportTest {
  readonly id: string;
  readonly name: string;
  readonly location?: { readonly start: SourcePosition };
}

/** The mutants of a run on their sources; files without a stored source are left out. */
export function toMutationReport(input: ReportInput): MutationReport {
  const sources = new Map(input.sources.map((source) => [source.path, source.content]));
  const byFile = new Map<string, ReportMutant[]>();
  for (const verdict of input.admission.mutants) {
    const mutants = byFile.get(verdict.mutant.file) ?? [];
    mutants.push(toReportMutant(verdict));
    byFile.set(verdict.mutant.file, mutants);
  }
  const files = [...byFile]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, mutants]) => {
      const source = sources.get(path);
      if (source === undefined) return [];
      return [[path, { language: languageOf(path), source, mutants }] as const];
    });
  return {
    schemaVersion: "2",
    thresholds: { high: 80, low: 60 },
    files: Object.fromEntries(files),
    testFiles: toTestFiles(input),
  };
}

const STATUSES: Readonly<Record<MutantStatus, ReportMutant["status"]>> = {
  killed: "Killed",
  timedOut: "Timeout",
  survived: "Survived",
  notCovered: "NoCoverage",
  loadTime: "Ignored",
  notRun: "Pending",
};

const REASONS: Readonly<Partial<Record<MutantStatus, string>>> = {
  loadTime: "Runs only while the module loads, so it cannot be switched.",
  notRun: "Time was up before it was tried.",
};

function toReportMutant({ mutant, status, killedBy, coveredBy }: MutantVerdict): ReportMutant {
  const reason = REASONS[status];
  return {
    id: mutant.id,
    mutatorName: mutant.mutator,
    replacement: mutant.replacement,
    status: STATUSES[status],
    ...(reason === undefined ? {} : { statusReason: reason }),
    ...(status === "loadTime" ? { static: true } : {}),
    location: { start: toOneBased(mutant.range.start), end: toOneBased(mutant.range.end) },
    killedBy,
    coveredBy,
  };
}

/** The schema counts lines and columns from 1. */
function toOneBased(position: SourcePosition): SourcePosition {
  return { line: position.line, column: position.column + 1 };
}

function toTestFiles(input: ReportInput): MutationReport["testFiles"] {
  const files = new Map<string, ReportTest[]>();
  for (const test of toSuiteTests(input)) {
    const tests = files.get(test.file) ?? [];
    tests.push({
      id: `${test.file}::${test.card.fullTitle}`,
      name: test.card.fullTitle,
      ...(test.line === null ? {} : { location: { start: { line: test.line, column: 1 } } }),
    });
    files.set(test.file, tests);
  }
  return Object.fromEntries(
    [...files].map(([file, tests]) => {
      const source = input.admission.files[file];
      return [file, source === undefined ? { tests } : { source, tests }] as const;
    }),
  );
}

function languageOf(path: string): string {
  const extension = path.slice(path.lastIndexOf(".") + 1);
  if (extension === "tsx" || extension === "jsx") return extension;
  return /^[cm]?ts$/.test(extension) ? "typescript" : "javascript";
}
