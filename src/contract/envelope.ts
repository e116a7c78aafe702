import type { Finding, Rejection, RejectionReason } from "./candidate.ts";
import type { CoverageSummary } from "./coverage.ts";
import type { NotedChange } from "./model/changes.ts";
import type { MutationCounts } from "./mutant.ts";
import type { ErrorCause, SideEffect } from "../kernel/errors.ts";
import type { ErrorClass } from "../kernel/error-table.ts";

export type RunOutcome = "succeeded" | "degraded" | "failed" | "cancelled";

export type SandboxLevel = "namespace" | "guarded";

/** What `regoose generate --json` prints as `data`. Every number comes from runs of the written files. */
export interface GenerateData {
  readonly runId: string;
  readonly outcome: RunOutcome;
  /** What was asked for or could be expected, and was left out, and why; empty when `succeeded`. */
  readonly degradations: readonly string[];
  /** What else is good to know: a choice that was made, work that came to nothing. */
  readonly notes: readonly string[];
  readonly engine: "search" | "model" | "auto";
  readonly seed: number;
  /** False when a watchdog fired under `--max-executions`. */
  readonly reproducible: boolean;
  readonly sandbox: {
    readonly level: SandboxLevel;
    readonly backend: string;
    readonly limits: readonly string[];
  };
  readonly runner: string;
  readonly suite: {
    readonly directory: string;
    readonly files: readonly string[];
    readonly tests: number;
  };
  readonly candidates: {
    readonly proposed: number;
    readonly admitted: number;
    readonly rejected: Readonly<Partial<Record<RejectionReason, number>>>;
    /** Tests admitted before the first writing, and how many of them turned red or unstable as written. */
    readonly lostInWriting: { readonly admitted: number; readonly lost: number };
  };
  readonly coverage: { readonly baseline: CoverageSummary | null; readonly suite: CoverageSummary };
  readonly mutation: { readonly baseline: MutationCounts | null; readonly suite: MutationCounts };
  readonly findings: readonly Finding[];
  /** Milliseconds by phase. */
  readonly timings: Readonly<Record<string, number>>;
  readonly executions: number;
  /** What models took and came to; left out where none was to be asked. */
  readonly models?: ModelData | undefined;
}

/** Models that were not asked all that they should have been. */
export interface UnfinishedModels {
  readonly why: "budget" | "rate-limited" | "model-away";
  readonly message: string;
  /** When they may be asked again, ISO 8601; null where nobody says. */
  readonly retryAt: string | null;
}

/** What models took, and what more of them would. */
export interface ModelData {
  readonly calls: number;
  readonly tokens: number;
  /** Decimal text, exact; null where a price is not known. Like `tokens`, of the run in all its processes. */
  readonly usd: string | null;
  /** Answers that were known and cost nothing: from the run's own recording, or from the cache. */
  readonly known: { readonly calls: number; readonly tokens: number };
  /** Why the asking ended before it was done, where `regoose resume` can go on with it; null elsewhere. */
  readonly unfinished: UnfinishedModels | null;
  /** What killing the next 5 % of all mutants would cost, estimated from this run. */
  readonly nextFivePercent:
    | { readonly kind: "unknown" | "out-of-reach" }
    | { readonly kind: "estimate"; readonly tokens: number; readonly usd: string | null };
  /** Inputs of models that the search executed, and those that were dropped. */
  readonly inputs: { readonly executed: number; readonly dropped: number };
  /** Faults that a model proposed: mutants of their own, those that were dropped, and those that no test notices. */
  readonly faults: { readonly kept: number; readonly dropped: number; readonly living: number };
  /** What became of parameters that models do not take as they were asked for. */
  readonly changes: readonly NotedChange[];
}

/** An error as `--json` prints it. */
export interface ErrorBody {
  readonly code: string;
  readonly name: string;
  readonly class: ErrorClass;
  readonly message: string;
  readonly hint: string | null;
  readonly docs: string;
  readonly runId: string | null;
  /** The outside call that failed, as the run's log names it. */
  readonly correlationId?: string;
  /** When to try again, ms from now, where the other side said so. */
  readonly retryAfterMs?: number;
  /** Left out where nothing outside can have changed. */
  readonly sideEffect?: Exclude<SideEffect, "none">;
  /** What lies below it, nearest first; left out where nothing does. */
  readonly causes?: readonly ErrorCause[];
}

/** The one object that `--json` prints on stdout. */
export type Envelope<T> =
  | { readonly ok: true; readonly data: T; readonly error: null; readonly meta: EnvelopeMeta }
  | {
      readonly ok: false;
      readonly data: Partial<T> | null;
      readonly error: ErrorBody;
      readonly meta: EnvelopeMeta;
    };

export interface EnvelopeMeta {
  readonly schema: 1;
  readonly version: string;
}

/** Everything reports draw from; stored as `result.json` of a run. */
export interface RunResult {
  readonly data: GenerateData;
  readonly project: {
    readonly name: string;
    readonly version: string | null;
    readonly target: string;
  };
  readonly rejections: readonly Rejection[];
}
