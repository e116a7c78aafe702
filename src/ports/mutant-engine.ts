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
  mutantBuild(
    files: readonly SourceText[],
  ): Promise<MutantBuild & { readonly skipped: readonly SkippedFile[] }>;
}

export interface InstrumentedBuild {
  readonly overlay: SourceOverlay;
  /** Files left as they are, and why (syntax error, too large). */
  readonly skipped: readonly SkippedFile[];
}

export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}
