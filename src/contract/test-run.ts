import type { CounterId, CoverageMap } from "./coverage.ts";

/** Why a test was red, as its runner reported it. Text is capped and treated as hostile. */
export interface TestFailure {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  /** True when the failure is the test's own assertion, not an error that escaped the target. */
  readonly isAssertion: boolean;
  /** Stack with work-copy paths made project-relative; empty when unknown. */
  readonly stack: string;
}

/** One test as the runner reported it. */
export interface TestResult {
  /** Project-relative POSIX path of the test file. */
  readonly file: string;
  /** Suite titles and the test's own, joined by ` > `. */
  readonly fullTitle: string;
  readonly status: "passed" | "failed" | "skipped";
  readonly failure: TestFailure | null;
  readonly durationMs: number;
}

/** How a run of the runner ended as a whole. */
export type RunEnd =
  /** The runner finished and its report was read. */
  | { readonly kind: "finished" }
  | { readonly kind: "timed-out"; readonly afterMs: number }
  | {
      readonly kind: "killed";
      readonly reason: "memory" | "output" | "signal" | "cancelled";
      readonly detail: string;
    }
  /** Every test has its result, and the process lives on: what the tests touched keeps it alive. */
  | { readonly kind: "held-open"; readonly isFromLoading: boolean; readonly detail: string }
  /** A file could not be loaded, the report is missing or unreadable, or an error escaped outside any test. */
  | { readonly kind: "broken"; readonly detail: string };

/** One (test, mutant) pair that was executed. */
export interface PairResult {
  readonly file: string;
  readonly fullTitle: string;
  readonly switchId: string;
  readonly status: "killed" | "survived" | "timed-out";
  readonly failure: TestFailure | null;
}

/** What one run of the user's runner on written files gave. */
export interface TestRunReport {
  readonly end: RunEnd;
  readonly tests: readonly TestResult[];
  /** Unhandled rejections and errors outside tests, one text each. */
  readonly strayErrors: readonly string[];
  /** Istanbul data of the whole run; null unless coverage was asked for. */
  readonly coverage: CoverageMap | null;
  /** `fullTitle` within file → counters that this test moved; null unless coverage was asked for. Key: `file::fullTitle`. */
  readonly perTest: Readonly<Record<string, readonly CounterId[]>> | null;
  /** Key `file::fullTitle` → switch ids of mutants that the test executed; null unless asked for. */
  readonly mutantsByTest: Readonly<Record<string, readonly string[]>> | null;
  /** Switch ids of mutants executed while modules loaded; null unless asked for. */
  readonly mutantsAtLoad: readonly string[] | null;
  readonly pairs: readonly PairResult[];
  readonly durationMs: number;
  /** The tail of stdout and stderr, capped. */
  readonly output: string;
}

/** Key of a test in the records of a {@link TestRunReport}. */
export function toTestKey(test: { readonly file: string; readonly fullTitle: string }): string {
  return `${test.file}::${test.fullTitle}`;
}
