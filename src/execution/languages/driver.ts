import type { CounterId, CoverageMap } from "../../contract/coverage.ts";
import type { LanguageRunner } from "../../contract/language.ts";
import type { RunEnd, TestFailure, TestResult } from "../../contract/test-run.ts";
import type { SandboxCommand, SandboxResult } from "../../ports/sandbox.ts";

/** One command in a fresh sandbox on the private copy, with files laid over it. */
export interface BoxRequest {
  /** Work-relative path → content; sources, tests and what the driver brings. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** `{work}` in a word stands for the work copy's path. */
  readonly argv: readonly string[];
  /** The same. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly collect: readonly string[];
}

export type BoxResult = SandboxResult & { readonly workPath: string };

/** Runs a command under the circumstances of the request at hand. */
export type RunBox = (request: BoxRequest) => Promise<BoxResult>;

/** Zone and user of a run. */
export type BoxConditions = Required<Pick<SandboxCommand, "identity">> & {
  readonly timeZone: string;
};

/** A run of whole test files. */
export interface TestsRun {
  /** Work-relative path → content: tests, and sources that are not as they are. */
  readonly files: Readonly<Record<string, string>>;
  /** Which test files to run. */
  readonly run: readonly string[];
  readonly shuffleSeed: number | null;
  readonly clockShiftMs: number;
  readonly hasCoverage: boolean;
  readonly timeoutMs: number;
}

/** What a run of test files covers, where the runner can tell. */
export interface LanguageCoverage {
  readonly map: CoverageMap;
  /** Test key → counters that it moved. */
  readonly perTest: Readonly<Record<string, readonly CounterId[]>>;
  /** Whether a test may have run a line of a source file; true where nobody knows. */
  reaches(testKey: string, file: string, line: number): boolean;
}

export interface TestsOutcome {
  readonly end: RunEnd;
  readonly tests: readonly TestResult[];
  readonly strayErrors: readonly string[];
  /** Null where it was not asked for, or cannot be measured. */
  readonly coverage: LanguageCoverage | null;
  readonly output: string;
}

/** A mutant and the tests that are run on it. */
export interface MutantJob {
  readonly switchId: string;
  readonly file: string;
  /** The source file with the patch in it. */
  readonly text: string;
  readonly tests: readonly { readonly file: string; readonly fullTitle: string }[];
}

export interface MutantsRun {
  readonly files: Readonly<Record<string, string>>;
  readonly jobs: readonly MutantJob[];
  /** Limit of one mutant, ms. */
  readonly mutantMs: number;
  /** Limit of them all, ms. */
  readonly timeoutMs: number;
}

/** What the tests did on one mutant. A mutant that was not reached is missing. */
export interface MutantOutcome {
  readonly switchId: string;
  /** Tests that gave a result. */
  readonly results: readonly {
    readonly file: string;
    readonly fullTitle: string;
    readonly failure: TestFailure | null;
  }[];
  /** How the run ended; in a `died` one nothing is known of tests without a result but that they were red. */
  readonly end: "ended" | "timed-out" | "died";
}

/** What stands in the way, in words, and what to do about it. */
export interface Obstacle {
  readonly what: string;
  readonly hint: string;
}

/** Knows one runner of another language. Starts nothing outside the sandbox. */
export interface LanguageDriver {
  readonly runner: LanguageRunner;
  /**
   * What is missing, with how to install it; null where the runner is there. `isWrong`: the program that is to run it
   * is not what it should be, so that nothing can be installed in it.
   */
  findMissing(box: RunBox): Promise<(Obstacle & { readonly isWrong?: boolean }) | null>;
  /** Which dependencies the project lacks; null where nothing is known to be amiss. */
  findLacking?(box: RunBox): Promise<Obstacle | null>;
  /** Ids of mutants that do not build, or that build to the same code. */
  findUnfit(
    box: RunBox,
    mutants: readonly Omit<MutantJob, "tests">[],
  ): Promise<ReadonlySet<string>>;
  runTests(box: RunBox, run: TestsRun): Promise<TestsOutcome>;
  runMutants(box: RunBox, run: MutantsRun): Promise<readonly MutantOutcome[]>;
}
