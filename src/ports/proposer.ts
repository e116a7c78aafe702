import type { ApiModel } from "../contract/api-model.ts";
import type { Candidate, Finding } from "../contract/candidate.ts";
import type { FlagValues } from "../contract/feature-flags.ts";
import type { ProjectInfo } from "../contract/project.ts";

/** How much a proposer may use. */
export type SearchBudget =
  | { readonly kind: "time"; readonly durationMs: number }
  | { readonly kind: "executions"; readonly count: number };

export interface ProposeInput {
  readonly project: ProjectInfo;
  readonly api: ApiModel;
  /** Restricts the search to export paths that start with one of these; empty for all. */
  readonly only: readonly (readonly string[])[];
  /** Restricts goals (counters, mutants) to these source files; empty for all. */
  readonly onlyFiles: readonly string[];
  readonly seed: number;
  /** Processes side by side; the result does not depend on it under an execution budget. */
  readonly workers: number;
  readonly budget: SearchBudget;
  /** What most of the budget is for. @defaultValue "coverage" */
  readonly balance?: FlagValues["searchBalance"];
  /** Host folder for corpus, kills and journal, saved every second. */
  readonly saveFolder: string;
}

/** A moment of the search, for progress lines. */
export interface SearchProgress {
  readonly phase: "coverage" | "mutation" | "recording";
  readonly statements: { readonly covered: number; readonly total: number };
  readonly branches: { readonly covered: number; readonly total: number };
  readonly mutants: { readonly killed: number; readonly total: number };
  readonly executions: number;
}

export interface ProposeResult<C extends Candidate = Candidate> {
  /** Most valuable first. */
  readonly candidates: readonly C[];
  /** Suspected bugs, each already reproduced twice in fresh processes, best first. */
  readonly findings: readonly Finding[];
  readonly executions: number;
  /** False when a watchdog fired, so that a second run may differ. */
  readonly reproducible: boolean;
  /** Human sentences on what will have no tests, such as a function that hung again and again. */
  readonly degradations: readonly string[];
  /** Human sentences on work that came to nothing. */
  readonly notes: readonly string[];
  /** Where there is neither candidate nor finding: human sentences on why, the likeliest first. */
  readonly obstacles: readonly string[];
  /** Modules that could not be imported: file → what happened. Empty result + all modules here = nothing to test. */
  readonly loadFailures: Readonly<Record<string, string>>;
}

/** Suggests candidate tests. Never decides. */
export interface Proposer<C extends Candidate = Candidate> {
  propose(
    input: ProposeInput,
    options: {
      readonly signal: AbortSignal;
      readonly onProgress: (progress: SearchProgress) => void;
    },
  ): Promise<ProposeResult<C>>;
}
