import type { ApiModel } from "../contract/api-model.ts";
import type { Candidate } from "../contract/candidate.ts";
import type { AnyRunner, ProjectInfo } from "../contract/project.ts";

/** One test as it stands in a written file. */
export interface PrintedTest {
  readonly candidateId: string;
  /** Project-relative POSIX path of its file. */
  readonly file: string;
  /** Suite titles and its own joined by ` > `, as the runner will report it; unique within the file. */
  readonly fullTitle: string;
  /** Its source text as it stands in the file, from `test(` to the closing `);`. */
  readonly source: string;
}

export interface PrintedSuite {
  /** Project-relative POSIX path → content, formatted. */
  readonly files: Readonly<Record<string, string>>;
  readonly tests: readonly PrintedTest[];
  /** Candidates that cannot be printed, with the reason. */
  readonly unprintable: readonly { readonly candidateId: string; readonly reason: string }[];
}

export interface PrintRequest {
  readonly project: ProjectInfo;
  readonly runner: AnyRunner;
  /** Project-relative folder of the suite. */
  readonly outDir: string;
  readonly candidates: readonly Candidate[];
  /** What analysis knows: parameter names for titles, classes, and types for TypeScript suites. */
  readonly api?: ApiModel;
  /**
   * True for text that is run and thrown away: the project's own formatter may be skipped.
   * @defaultValue false
   */
  readonly isDraft?: boolean;
}

/** Prints candidates as test files in the project's own dialect. Deterministic. */
export interface SuitePrinter {
  print(request: PrintRequest, options: { readonly signal: AbortSignal }): Promise<PrintedSuite>;
}
