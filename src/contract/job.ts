import { z } from "zod";

/** Where a run that was handed to a server stands. The last four are final. */
export const JOB_STATUSES = [
  "queued",
  "running",
  "succeeded",
  "degraded",
  "failed",
  "cancelled",
] as const;

export type JobStatus = (typeof JOB_STATUSES)[number];

/** Flags of `generate` by their key in the configuration; numbers as numbers, times as text (`60s`). */
export type JobFlags = Readonly<Record<string, string | number>>;

/** What a run of a server is to do. */
export interface JobRequest {
  /** Real path of the folder that holds the package. */
  readonly project: string;
  /** Relative to the project; empty for all of it. */
  readonly targets: readonly string[];
  readonly flags: JobFlags;
}

/** Why a run ended without an answer of its own, short. */
export interface JobError {
  readonly code: string;
  readonly name: string;
  readonly message: string;
}

/** One run of a server, as its journal keeps it. */
export interface Job {
  /** Grows with each submission, so that ids sort by age: `r000000001`. */
  readonly id: string;
  readonly status: JobStatus;
  readonly request: JobRequest;
  /** `Idempotency-Key` of the submission, or null. */
  readonly key: string | null;
  /** ISO 8601, UTC. */
  readonly submittedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** The process that does it, `pid:starttime`; null unless it runs. */
  readonly owner: string | null;
  /** Id of the run in the project's `.regoose/runs/`, once it is known. */
  readonly runId: string | null;
  readonly isCancelAsked: boolean;
  readonly error: JobError | null;
}

/** A {@link Job} as the journal of any release holds it. */
export const jobSchema: z.ZodType<Job> = z.object({
  id: z.string().regex(/^r\d{9}$/u),
  status: z.enum(JOB_STATUSES),
  request: z.object({
    project: z.string(),
    targets: z.array(z.string()),
    flags: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
  key: z.string().nullable(),
  submittedAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  owner: z.string().nullable(),
  runId: z.string().nullable(),
  isCancelAsked: z.boolean(),
  error: z.object({ code: z.string(), name: z.string(), message: z.string() }).nullable(),
});

/** Whether nothing more will happen to it. */
export function isEnded(status: JobStatus): boolean {
  return status !== "queued" && status !== "running";
}
