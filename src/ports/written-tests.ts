import type { MutantVerdict } from "../contract/admission.ts";
import type { ProposedFault } from "../contract/agents.ts";
import type {
  Finding,
  Rejection,
  RejectionReason,
  SearchCandidate,
  WrittenCandidate,
} from "../contract/candidate.ts";
import type { PatchMutant } from "../contract/patch-mutant.ts";
import type { PrintedTest } from "./suite-printer.ts";

/** What stands in the text of a test file. */
export type ReadTests = (
  text: string,
  isTypeScript: boolean,
) =>
  | {
      readonly kind: "read";
      /** Suite titles and its own joined by ` > `, in order. */
      readonly titles: readonly string[];
      /** Text of each test, by title. */
      readonly sources: ReadonlyMap<string, string>;
      /** Texts of the assertions of the whole file, in order. */
      readonly assertions: readonly string[];
      /** Texts that give the values with which they compare, as far as the data flow can be read. */
      readonly expected: readonly string[];
    }
  | { readonly kind: "unreadable"; readonly why: string };

/** How candidates fared in the gate, beside the suite that stands already. */
export interface Trial {
  /** Ids of those that were proven and add something. */
  readonly admitted: readonly string[];
  readonly rejections: readonly Rejection[];
  /** Mutants and branches that they add to the suite. */
  readonly added: { readonly mutants: number; readonly branches: number };
}

/** The text of a file that holds one candidate and nothing else. */
export type IsolateTest = (
  candidate: WrittenCandidate,
  options: { readonly signal: AbortSignal },
) => Promise<string>;

/** Runs candidates through the gate. The suite that stands does not change. */
export type TryCandidates = (
  candidates: readonly WrittenCandidate[],
  options: { readonly signal: AbortSignal },
) => Promise<Trial>;

/** What the search made of inputs that somebody proposed, and how it fared in the gate. */
export interface InputsTrial {
  /** Inputs that were no programs, and why: in words, one entry each. */
  readonly dropped: readonly string[];
  /** Inputs that were executed. */
  readonly executed: number;
  /** Candidates that the gate decided on. */
  readonly proposed: number;
  readonly admitted: readonly SearchCandidate[];
  readonly rejections: readonly Rejection[];
  /** Bugs that the search suspects there, and nobody has told of. */
  readonly findings: readonly Finding[];
  readonly added: Trial["added"];
}

/** Has the search execute inputs, which are checked first, and the gate decide on what it made of them. */
export type TryInputs = (
  proposed: {
    /** Project-relative source file whose exports the inputs call. */
    readonly module: string;
    /** As a model gave them: anything at all. */
    readonly inputs: readonly unknown[];
    /** Who proposed them, for the cards. */
    readonly by: string;
  },
  options: { readonly signal: AbortSignal },
) => Promise<InputsTrial>;

/** Why the text of a test alone is enough to refuse it. */
export interface Smell {
  readonly candidateId: string;
  readonly reason: RejectionReason;
  readonly detail: string;
}

/** Reads smells off printed files, for languages that the gate has no parser for. */
export type ReadSmells = (suite: {
  readonly files: Readonly<Record<string, string>>;
  readonly tests: readonly PrintedTest[];
}) => readonly Smell[];

/** What became of faults that somebody proposed. */
export interface FaultsTrial {
  /** Those that are mutants of their own. */
  readonly patches: readonly PatchMutant[];
  /** What the suite as it stands makes of each of them. */
  readonly verdicts: readonly MutantVerdict[];
  /** The others: equal to the code or to another mutant, of no code that builds, not found, or too many. */
  readonly dropped: number;
}

/** Sifts faults, and tries those that are mutants of their own on the suite. */
export type TryFaults = (
  proposed: { readonly faults: readonly ProposedFault[]; readonly by: string },
  options: { readonly signal: AbortSignal },
) => Promise<FaultsTrial>;
