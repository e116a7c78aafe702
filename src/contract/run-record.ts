import { z } from "zod";

/** Version of the records that this release writes; those without one are of the first release. */
export const RUN_RECORD_VERSION = 2;

/** What is to be written to a run's log. */
export interface RunEvent {
  /** `noun-verb`, lifecycle as `-start`, `-end`. */
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One record of a run's log. */
export interface RunRecord extends RunEvent {
  /** Position in the log, from 1; grows by one. */
  readonly sequence: number;
  /** Which owner of the run wrote it, from 1; grows with each take-over. */
  readonly epoch: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

const data = z.record(z.string(), z.unknown());

/** A record as it stands on disk, without its checksum. */
export const storedRecordSchema: z.ZodType<RunRecord & { readonly v: number }> = z.object({
  v: z.number().int().min(2),
  sequence: z.number().int().min(1),
  epoch: z.number().int().min(1),
  at: z.string(),
  name: z.string(),
  data,
});

/** A record of the first release: no version, sequence, epoch or checksum. */
export const firstRecordSchema: z.ZodType<RunEvent & { readonly at: string }> = z.object({
  at: z.string(),
  name: z.string(),
  data: data.default({}),
});
