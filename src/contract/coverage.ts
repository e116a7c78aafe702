import type { SourceRange } from "./mutant.ts";

/** Istanbul's own format for one file, keyed by project-relative POSIX path. */
export interface FileCoverage {
  readonly path: string;
  readonly statementMap: Readonly<Record<string, SourceRange>>;
  readonly fnMap: Readonly<
    Record<
      string,
      {
        readonly name: string;
        readonly decl: SourceRange;
        readonly loc: SourceRange;
        readonly line: number;
      }
    >
  >;
  readonly branchMap: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly loc: SourceRange;
        readonly locations: readonly SourceRange[];
        readonly line: number;
      }
    >
  >;
  readonly s: Readonly<Record<string, number>>;
  readonly f: Readonly<Record<string, number>>;
  readonly b: Readonly<Record<string, readonly number[]>>;
}

/** Project-relative path → its coverage; holds only files that were loaded. */
export type CoverageMap = Readonly<Record<string, FileCoverage>>;

export interface CoverageCount {
  readonly covered: number;
  readonly total: number;
}

export interface CoverageSummary {
  readonly statements: CoverageCount;
  readonly branches: CoverageCount;
  readonly functions: CoverageCount;
}

/**
 * Which counters one test moved: `file#s3`, `file#f0`, `file#b2.1`. Read off counter differences
 * around the test, so load-time counters are in none.
 */
export type CounterId = string;
