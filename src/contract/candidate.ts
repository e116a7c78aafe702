import type { CounterId } from "./coverage.ts";
import type { TestProgram } from "./program.ts";
import type { Recording } from "./snapshot.ts";

/** A proposed test. Both proposers emit this; the gate treats them alike. */
export interface Candidate {
  /** Hash of program and recording; 16 hex digits. */
  readonly id: string;
  readonly origin: "search";
  readonly program: TestProgram;
  /** What the program did on the unmodified target, the same in two fresh processes. */
  readonly recording: Recording;
  /** What the proposer believes; used to order work, never reported. */
  readonly claims: {
    readonly counters: readonly CounterId[];
    /** Mutant ids. */
    readonly kills: readonly string[];
  };
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
}

export type FindingKind = "undeclared-exception" | "type-contradiction" | "hang" | "leaking-state";

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
  };
  /** Higher is more likely a real bug; used to rank. */
  readonly score: number;
}
