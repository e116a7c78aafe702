import type { Rejection } from "./candidate.ts";
import type { CoverageMap, CoverageSummary } from "./coverage.ts";
import type { Mutant, MutantStatus, MutationCounts } from "./mutant.ts";
import type { ProofFile } from "./proof-card.ts";

/** What the existing suite already does; `null` parts could not be measured. */
export interface Baseline {
  readonly coverage: CoverageMap | null;
  readonly summary: CoverageSummary | null;
  readonly mutation: MutationCounts | null;
  /** Ids of mutants that existing tests kill, as far as known. */
  readonly kills: readonly string[];
  /** Why parts are missing; null when complete. */
  readonly problem: string | null;
  /** Existing test files that were not green in that run: examples of nothing. @defaultValue none */
  readonly red?: readonly string[] | undefined;
}

/** One mutant after the final run on the written files. */
export interface MutantVerdict {
  readonly mutant: Mutant;
  readonly status: MutantStatus;
  /** `file::fullTitle` of tests that killed it. */
  readonly killedBy: readonly string[];
  /** `file::fullTitle` of tests that executed it. */
  readonly coveredBy: readonly string[];
}

/** What the gate let through, measured on the files as they will be written. */
export interface AdmissionResult {
  /** Project-relative test file → content. Empty when nothing was admitted. */
  readonly files: Readonly<Record<string, string>>;
  readonly proof: ProofFile;
  readonly rejections: readonly Rejection[];
  readonly coverage: { readonly map: CoverageMap; readonly summary: CoverageSummary };
  readonly mutants: readonly MutantVerdict[];
  readonly mutation: MutationCounts;
  /** What became of mutants beside the build; they are no part of `mutation`. Left out where there were none. */
  readonly patches?: readonly MutantVerdict[] | undefined;
  readonly lostInWriting: { readonly admitted: number; readonly lost: number };
  /** Human sentences on what was left out of the suite or its proof. */
  readonly degradations: readonly string[];
  /** Human sentences on what was cut short and takes nothing from the suite. */
  readonly notes: readonly string[];
  /** True when the run was aborted and this is the latest suite that had been proven. */
  readonly isCancelled?: boolean;
}
