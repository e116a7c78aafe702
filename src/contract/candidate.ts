import type { CounterId } from "./coverage.ts";
import type { TestProgram } from "./program.ts";
import type { Recording } from "./snapshot.ts";

/** What a candidate is called before it is written; null where the printer gives it a name. */
export function titleOf(candidate: Candidate): string | null {
  return candidate.origin === "model" ? candidate.fullTitle : null;
}

/** A proposed test. The gate treats those of every proposer alike. */
export type Candidate = SearchCandidate | WrittenCandidate;

/** What the proposer believes; used to order work, never reported. */
export interface Claims {
  readonly counters: readonly CounterId[];
  /** Mutant ids. */
  readonly kills: readonly string[];
}

/** A program with what it did: printing makes the text. */
export interface SearchCandidate {
  /** Hash of program and recording; 16 hex digits. */
  readonly id: string;
  readonly origin: "search";
  readonly program: TestProgram;
  /** What the program did on the unmodified target, the same in two fresh processes. */
  readonly recording: Recording;
  /** For its card, where somebody else proposed the inputs: `search 0.1.0, inputs by model NAME`. */
  readonly engine?: string | undefined;
  readonly claims: Claims;
}

/** A test that somebody wrote as text, a language model above all. Its assertions are never touched. */
export interface WrittenCandidate {
  /** Hash of the file's text and the title; 16 hex digits. */
  readonly id: string;
  readonly origin: "model";
  /** Project-relative source file that it tests. */
  readonly module: string;
  /** The whole file as it was proposed: what stands around the test goes with it, other tests do not. */
  readonly text: string;
  /** Project-relative path that relative imports of `text` start from. */
  readonly path: string;
  /** Suite titles and its own joined by ` > `; unique in `text`. */
  readonly fullTitle: string;
  /** Who wrote it, for its card: `model NAME (prompt 0123456789abcdef)`. */
  readonly engine: string;
  readonly claims: Claims;
}

/** Why a candidate was not admitted. Counted in every report. */
export const REJECTION_REASONS = [
  "build-failed",
  "type-error",
  "failed",
  "timed-out",
  "unstable",
  "unhandled-rejection",
  "never-red",
  "adds-nothing",
  "tautology",
  "asserts-mock",
  "sleeps",
  "over-mocked",
  "absolute-path",
  "today-date",
  "reaches-outside",
  "no-assertion",
  "duplicate",
  "under-finding",
  "not-tried",
] as const;

export type RejectionReason = (typeof REJECTION_REASONS)[number];

export interface Rejection {
  readonly candidateId: string;
  readonly reason: RejectionReason;
  /** One line of evidence. */
  readonly detail: string;
  /** The test's title, when it was written once. */
  readonly title: string | null;
  /** True where the test's own code threw before an assertion failed: no word on the code under test. @defaultValue false */
  readonly isSetup?: boolean | undefined;
}

export const FINDING_KINDS = [
  "undeclared-exception",
  "type-contradiction",
  "hang",
  "leaking-state",
  "broken-promise",
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

/** A suspected bug, with a minimal failing test that was run twice. Never part of the green suite. */
export interface Finding {
  readonly kind: FindingKind;
  /** `file:line` or the export path. */
  readonly where: string;
  readonly summary: string;
  readonly evidence: {
    /** Source text of a minimal test that fails on the present code. */
    readonly test: string;
    readonly observed: string;
    readonly expected: string;
    /** How often it was reproduced in fresh processes. */
    readonly reproduced: number;
    /** Why it is taken for a bug, at most three lines; left out where `expected` says it all. */
    readonly reasoning?: readonly string[] | undefined;
  };
  /** Higher is more likely a real bug; used to rank. */
  readonly score: number;
}
