import type { WrittenCandidate, Rejection } from "../contract/candidate.ts";

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
