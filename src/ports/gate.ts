import type { AdmissionResult, Baseline } from "../contract/admission.ts";
import type { Candidate } from "../contract/candidate.ts";
import type { MutantBuild, PatchBuild } from "../contract/mutant.ts";
import type { AnyRunner, ProjectInfo } from "../contract/project.ts";
import type { ProofFile, VerifyResult } from "../contract/proof-card.ts";
import type { Deadline } from "../kernel/clock.ts";
import type { InstrumentedBuild } from "./mutant-engine.ts";

/** What the gate decides on. */
export interface AdmitInput {
  readonly project: ProjectInfo;
  readonly runner: AnyRunner;
  /** Language of the tests where it is not JavaScript or TypeScript, for the proof file. */
  readonly language?: string;
  /** Project-relative folder of the suite, POSIX, without a slash at the end. */
  readonly outDir: string;
  /** Most valuable first. */
  readonly candidates: readonly Candidate[];
  /**
   * What stands under a finding and must not be asserted: candidate ids, or `module#Export.path`
   * for every candidate that calls that export.
   */
  readonly underFinding: readonly string[];
  /** What existing tests already do; null for none. */
  readonly baseline: Baseline | null;
  readonly mutantBuild: MutantBuild;
  /** Mutants beside the build, such as a model's: each is tried by a run of its own. @defaultValue none */
  readonly patches?: readonly PatchBuild[] | undefined;
  readonly coverageBuild: Pick<InstrumentedBuild, "overlay">;
  /** Project-relative source file → SHA-256 of what is being proven against. */
  readonly sources: Readonly<Record<string, string>>;
  readonly seed: number;
  /** Further runs that every test must pass; at least 1. */
  readonly reruns: number;
  /** Name and version of the engine, for the cards: `search 0.1.0`. */
  readonly engine: string;
  readonly sandboxLevel: string;
  readonly deadline: Deadline;
}

/** Where the gate is, for progress lines. */
export interface AdmitProgress {
  readonly step:
    "print" | "clean" | "pass" | "stable" | "coverage" | "kills" | "select" | "write" | "prove";
  /** Candidates not rejected so far. */
  readonly live: number;
  readonly proposed: number;
  /** Mutants seen to die so far, in the step at hand. */
  readonly killed: number;
  readonly mutants: number;
}

/** Decides which candidates enter the suite. The same rules hold for every proposer. */
export interface Gate {
  /**
   * Proves candidates one condition after the other and answers the suite as it will be written.
   * When time ends early the result is smaller and says so in `degradations`. When `signal` aborts,
   * the latest proven suite is answered if there is one (`isCancelled`), else it rejects with `signal.reason`.
   */
  admit(
    input: AdmitInput,
    options: {
      readonly signal: AbortSignal;
      readonly onProgress: (progress: AdmitProgress) => void;
    },
  ): Promise<AdmissionResult>;
}

/** What `verify` re-proves. */
export interface VerifyInput {
  readonly project: ProjectInfo;
  /** Project-relative folder of the suite. */
  readonly outDir: string;
  readonly proof: ProofFile;
  /** Project-relative test file → content as it stands now. */
  readonly files: Readonly<Record<string, string>>;
  /** Project-relative source file → SHA-256 as it stands now. */
  readonly sources: Readonly<Record<string, string>>;
  readonly mutantBuild: MutantBuild;
  /** Mutants of the proof that are patches, as far as the sources still have their places. @defaultValue none */
  readonly patches?: readonly PatchBuild[] | undefined;
  readonly coverageBuild: Pick<InstrumentedBuild, "overlay">;
  readonly reruns: number;
  readonly deadline: Deadline;
}

/** Re-proves the cards of a written suite, with no model and no network. */
export interface SuiteVerifier {
  verify(input: VerifyInput, options: { readonly signal: AbortSignal }): Promise<VerifyResult>;
}
