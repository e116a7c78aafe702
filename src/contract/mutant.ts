/** A position in a source file; lines are 1-based, columns 0-based (as Babel counts). */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

export interface SourceRange {
  readonly start: SourcePosition;
  readonly end: SourcePosition;
}

/** One mutant of the target. Its identity is its content, never a running number. */
export interface Mutant {
  /** Hash of (file, source hash, mutator, range, replacement); 16 hex digits. */
  readonly id: string;
  /** The number that switches it in the schemata build of this run; means nothing outside it. */
  readonly switchId: string;
  readonly file: string;
  readonly mutator: string;
  readonly range: SourceRange;
  readonly replacement: string;
}

/**
 * - `killed`: a written test failed on it.
 * - `timedOut`: a written test no longer ended.
 * - `survived`: covered, and every covering test stayed green.
 * - `notCovered`: no written test reaches it.
 * - `loadTime`: runs only while the module loads, so it cannot be switched in a process.
 * - `notRun`: time ended before it was tried.
 */
export type MutantStatus =
  "killed" | "timedOut" | "survived" | "notCovered" | "loadTime" | "notRun";

/** Counts by status; `total` is their sum. */
export interface MutationCounts {
  readonly killed: number;
  readonly timedOut: number;
  readonly survived: number;
  readonly notCovered: number;
  readonly loadTime: number;
  readonly notRun: number;
  readonly total: number;
}

/** A set of replaced source files: project-relative POSIX path → content. */
export type SourceOverlay = Readonly<Record<string, string>>;

/** The schemata build: every mutant compiled in, one active at a time. */
export interface MutantBuild {
  readonly overlay: SourceOverlay;
  readonly mutants: readonly Mutant[];
}

/**
 * A switch id that switches no mutant on. Listed among a test's `switchIds` it runs the test on
 * unmutated code: a control that must stay green for the kills around it to count.
 */
export const NO_MUTANT = "none";

/** A mutant that stands in no build: the files to lay over the sources to run it. Its switch id is its own id. */
export interface PatchBuild {
  readonly mutant: Mutant;
  readonly overlay: SourceOverlay;
}
