import type { SandboxLevel, RunOutcome } from "./envelope.ts";
import type { NotedChange } from "./model/changes.ts";

/** Lines of a file that take the place of others. */
export interface Edit {
  /** As the model wrote it. */
  readonly path: string;
  /** Whole lines that have to stand in the file, once; empty for a new file. */
  readonly search: readonly string[];
  readonly replace: readonly string[];
  /** 1-based line where they stand once the edits before are made, where the model said so; it decides between equal places. */
  readonly line: number | null;
  /** Whether the file ends with a line break afterwards; null for as before. */
  readonly endsWithBreak: boolean | null;
}

/** What a model means to do, file by file. */
export interface ChangePlan {
  /** One or two sentences. */
  readonly summary: string;
  /** The only files that may be changed or made. */
  readonly files: readonly { readonly path: string; readonly change: string }[];
}

/** Project-relative path → text: the files that differ from the user's. */
export type ChangedFiles = Readonly<Record<string, string>>;

/** A test of what the code did before, that is no longer green. */
export interface ChangedVerdict {
  readonly file: string;
  readonly fullTitle: string;
  /** `gone`: its file does not run any more. */
  readonly verdict: "failed" | "gone";
  /** What it said, short. */
  readonly detail: string;
}

/** A test file that was changed, where that was allowed. */
export interface ChangedTest {
  readonly file: string;
  readonly kind: "modified" | "added";
  /** Full titles of tests that were green in it and do not run any more: removed, renamed or skipped. */
  readonly gone: readonly string[];
}

/** Why an improvement went no further. */
export const IMPROVE_ENDS = [
  "converged",
  "nothing-to-change",
  "no-progress",
  "max-iterations",
  "time-over",
] as const;

export type ImproveEnd = (typeof IMPROVE_ENDS)[number];

/** What `regoose improve --json` prints as `data`. */
export interface ImproveData {
  readonly runId: string;
  /** `degraded`: what stands is validated, and the model had not said that the goal is reached, or a check is missing. */
  readonly outcome: RunOutcome;
  readonly goal: string;
  readonly ended: ImproveEnd | null;
  /** What the model meant to do. */
  readonly summary: string;
  readonly iterations: number;
  /** Changes that were validated. */
  readonly files: readonly {
    readonly path: string;
    readonly kind: "modified" | "added";
    readonly added: number;
    readonly removed: number;
  }[];
  /** The same as a unified diff. */
  readonly diff: string;
  /** Whether the user's files are changed. */
  readonly isApplied: boolean;
  readonly validation: {
    /** `none`: the project has no type check, or it does not work by itself. */
    readonly types: "checked" | "none";
    /** Existing tests that were green before, and have to be. */
    readonly existingTests: number;
    /** Tests of what the original code did, written for this run and not kept. */
    readonly characterisationTests: number;
    /** Those that are no longer green with the changes. */
    readonly changedVerdicts: readonly ChangedVerdict[];
    /** Test files among the changes; nothing but `--may-change-tests` lets one be there. */
    readonly changedTests: readonly ChangedTest[];
  };
  /** What the last round failed with; empty where it passed. */
  readonly failures: readonly string[];
  readonly sandbox: { readonly level: SandboxLevel; readonly backend: string };
  readonly models: {
    readonly calls: number;
    readonly tokens: number;
    readonly usd: string | null;
    /** Answers that were known and cost nothing now. */
    readonly known: { readonly calls: number; readonly tokens: number };
    /** What became of parameters that models do not take as they were asked for. */
    readonly changes: readonly NotedChange[];
  };
  readonly degradations: readonly string[];
  readonly notes: readonly string[];
  /** Milliseconds by step. */
  readonly timings: Readonly<Record<string, number>>;
}
