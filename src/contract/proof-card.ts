import { z } from "zod";

/** The proof that one written test is worth keeping. Every field comes from runs of the written file. */
export interface ProofCard {
  /** Hash of the test's source text as written; 16 hex digits. */
  readonly id: string;
  /** Test file, relative to the suite folder, POSIX. */
  readonly file: string;
  readonly fullTitle: string;
  readonly origin: "search" | "model";
  /** Ids of mutants that this test was seen to kill; at least one, red on its own assertion. */
  readonly kills: readonly string[];
  /** `patch` where those mutants are patches of text, tried in a run each. */
  readonly mutants?: "patch" | undefined;
  /** Branch counters of the target that no other test of the suite moved. */
  readonly onlyCovers: readonly string[];
  /** How often it passed in fresh processes. */
  readonly reruns: number;
  readonly seed: number;
  readonly engine: string;
}

/** A mutant that some card names, so that it can be found again in the sources. */
export interface ProofMutant {
  readonly id: string;
  readonly file: string;
  readonly mutator: string;
  readonly range: {
    readonly start: { readonly line: number; readonly column: number };
    readonly end: { readonly line: number; readonly column: number };
  };
  readonly replacement: string;
}

/** `regoose.proof.json`, beside the suite. Holds no time, host or absolute path. */
export interface ProofFile {
  readonly schema: 1;
  readonly runner: string;
  /** Left out for JavaScript and TypeScript. */
  readonly language?: string | undefined;
  readonly sandboxLevel: string;
  /** Project-relative source file → SHA-256 of what the cards were proven against. */
  readonly sources: Readonly<Record<string, string>>;
  /** Suite-relative test file → SHA-256 as written. */
  readonly files: Readonly<Record<string, string>>;
  readonly mutants: readonly ProofMutant[];
  readonly cards: readonly ProofCard[];
}

/** Whether one card still holds. */
export type CardVerdict =
  | { readonly kind: "holds" }
  /** The source it was proven against changed or is gone. */
  | { readonly kind: "stale"; readonly detail: string }
  | { readonly kind: "broken"; readonly reason: BrokenReason; readonly detail: string };

export type BrokenReason =
  | "file-missing"
  | "test-missing"
  | "failed"
  | "unstable"
  | "unhandled-rejection"
  | "mutant-gone"
  | "not-red"
  | "branch-lost"
  | "no-kill-claimed"
  | "not-checked";

/** What `regoose verify` found, one entry a card, in the order of the proof file. */
export interface VerifyResult {
  readonly cards: readonly { readonly card: ProofCard; readonly verdict: CardVerdict }[];
  readonly counts: { readonly holds: number; readonly stale: number; readonly broken: number };
  /** Tests found in the suite's files that no card vouches for, as `file > fullTitle`. */
  readonly unproven: readonly string[];
  /** Suite-relative files whose content is not what the proof file names. */
  readonly changedFiles: readonly string[];
  /** Human sentences on what could not be checked. */
  readonly degradations: readonly string[];
}

const position = z.strictObject({ line: z.number().int(), column: z.number().int() });

/** Reads a proof file as untrusted input. */
export const proofFileSchema: z.ZodType<ProofFile> = z.strictObject({
  schema: z.literal(1),
  runner: z.string(),
  language: z.string().optional(),
  sandboxLevel: z.string(),
  sources: z.record(z.string(), z.string()),
  files: z.record(z.string(), z.string()),
  mutants: z.array(
    z.strictObject({
      id: z.string(),
      file: z.string(),
      mutator: z.string(),
      range: z.strictObject({ start: position, end: position }),
      replacement: z.string(),
    }),
  ),
  cards: z.array(
    z.strictObject({
      id: z.string(),
      file: z.string(),
      fullTitle: z.string(),
      origin: z.enum(["search", "model"]),
      kills: z.array(z.string()),
      mutants: z.literal("patch").optional(),
      onlyCovers: z.array(z.string()),
      reruns: z.number().int(),
      seed: z.number(),
      engine: z.string(),
    }),
  ),
});
