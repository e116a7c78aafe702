import type { FileCoverage } from "../contract/coverage.ts";
import type { MutantBuild, SourceOverlay } from "../contract/mutant.ts";

/** A source file of the target: project-relative POSIX path and content. */
export interface SourceText {
  readonly path: string;
  readonly content: string;
}

/** Produces instrumented builds of the target's sources. Parses, never executes. */
export interface SourceInstrumenter {
  /** Plain istanbul counters under `globalThis.__coverage__`, keyed by project-relative path. */
  coverageBuild(files: readonly SourceText[]): Promise<InstrumentedBuild>;
  /** Istanbul counters, loop fuel and comparison log, for the search; TypeScript becomes JavaScript. */
  searchBuild(files: readonly SourceText[]): Promise<InstrumentedBuild>;
  /** Every mutant compiled in behind StrykerJS's switch (`globalThis.__stryker__.activeMutant`), with loop fuel. */
  mutantBuild(files: readonly SourceText[]): Promise<
    MutantBuild & {
      readonly skipped: readonly SkippedFile[];
      /** The same build as plain JavaScript, for the search; `overlay` keeps TypeScript syntax. */
      readonly searchOverlay: SourceOverlay;
    }
  >;
}

export interface InstrumentedBuild {
  readonly overlay: SourceOverlay;
  /** Files left as they are, and why (syntax error, too large). */
  readonly skipped: readonly SkippedFile[];
  /**
   * The counters of each instrumented file, all zero. An object put under
   * `globalThis.__coverage__[path]` with the same `hash` before the file loads is the one it counts
   * into. Files that carry `istanbul ignore file` have none.
   */
  readonly coverage: Readonly<Record<string, InitialCoverage>>;
}

/** The counters that one file starts with. */
export interface InitialCoverage {
  /** Istanbul's hash of maps and path; equal in the coverage build and the search build. */
  readonly hash: string;
  readonly data: FileCoverage;
}

export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
  /** Position of a syntax error, 1-based line and 0-based column. */
  readonly line?: number;
  readonly column?: number;
}
