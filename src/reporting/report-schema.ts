import { z } from "zod";

import type { AdmissionResult, MutantVerdict } from "../contract/admission.ts";
import {
  FINDING_KINDS,
  REJECTION_REASONS,
  type Finding,
  type Rejection,
} from "../contract/candidate.ts";
import type { CoverageMap, CoverageSummary } from "../contract/coverage.ts";
import type { GenerateData, RunResult } from "../contract/envelope.ts";
import { notedChangeSchema } from "../contract/model/changes.ts";
import type { MutationCounts } from "../contract/mutant.ts";
import { proofFileSchema } from "../contract/proof-card.ts";

const count = z.number().nonnegative();
/** Istanbul leaves positions of implicit branches empty, and JSON turns an infinite column into null. */
const coordinate = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
const position = z.object({ line: coordinate, column: coordinate });
const range = z.object({ start: position, end: position });
const covered = z.object({ covered: count, total: count });

export const coverageSummarySchema: z.ZodType<CoverageSummary> = z.object({
  statements: covered,
  branches: covered,
  functions: covered,
});

export const coverageMapSchema: z.ZodType<CoverageMap> = z.record(
  z.string(),
  z.object({
    path: z.string(),
    statementMap: z.record(z.string(), range),
    fnMap: z.record(
      z.string(),
      z.object({ name: z.string(), decl: range, loc: range, line: z.number() }),
    ),
    branchMap: z.record(
      z.string(),
      z.object({ type: z.string(), loc: range, locations: z.array(range), line: z.number() }),
    ),
    s: z.record(z.string(), count),
    f: z.record(z.string(), count),
    b: z.record(z.string(), z.array(count)),
  }),
);

export const mutationCountsSchema: z.ZodType<MutationCounts> = z.object({
  killed: count,
  timedOut: count,
  survived: count,
  notCovered: count,
  loadTime: count,
  notRun: count,
  total: count,
});

const rejectionReason = z.enum(REJECTION_REASONS);

export const rejectionSchema: z.ZodType<Rejection> = z.object({
  candidateId: z.string(),
  reason: rejectionReason,
  detail: z.string(),
  title: z.string().nullable(),
  isSetup: z.boolean().optional(),
});

export const findingSchema: z.ZodType<Finding> = z.object({
  kind: z.enum(FINDING_KINDS),
  where: z.string(),
  summary: z.string(),
  evidence: z.object({
    test: z.string(),
    observed: z.string(),
    expected: z.string(),
    reproduced: count,
    reasoning: z.array(z.string()).optional(),
  }),
  score: z.number(),
});

const lostInWriting = z.object({ admitted: count, lost: count });

const generateData: z.ZodType<GenerateData> = z.object({
  runId: z.string(),
  outcome: z.enum(["succeeded", "degraded", "failed", "cancelled"]),
  degradations: z.array(z.string()),
  notes: z.array(z.string()).default([]),
  engine: z.enum(["search", "model", "auto"]),
  seed: z.number(),
  reproducible: z.boolean(),
  sandbox: z.object({
    level: z.enum(["namespace", "guarded"]),
    backend: z.string(),
    limits: z.array(z.string()),
  }),
  runner: z.string(),
  suite: z.object({ directory: z.string(), files: z.array(z.string()), tests: count }),
  candidates: z.object({
    proposed: count,
    admitted: count,
    rejected: z.partialRecord(rejectionReason, count),
    lostInWriting,
  }),
  coverage: z.object({ baseline: coverageSummarySchema.nullable(), suite: coverageSummarySchema }),
  mutation: z.object({ baseline: mutationCountsSchema.nullable(), suite: mutationCountsSchema }),
  findings: z.array(findingSchema),
  timings: z.record(z.string(), z.number()),
  executions: count,
  models: z
    .object({
      calls: count,
      tokens: count,
      usd: z.string().nullable(),
      // Results of earlier releases have neither.
      known: z.object({ calls: count, tokens: count }).default({ calls: 0, tokens: 0 }),
      unfinished: z
        .object({
          why: z.enum(["budget", "rate-limited", "model-away"]),
          message: z.string(),
          retryAt: z.string().nullable(),
        })
        .nullable()
        .default(null),
      nextFivePercent: z.union([
        z.object({ kind: z.enum(["unknown", "out-of-reach"]) }),
        z.object({ kind: z.literal("estimate"), tokens: count, usd: z.string().nullable() }),
      ]),
      inputs: z.object({ executed: count, dropped: count }),
      faults: z.object({ kept: count, dropped: count, living: count }),
      // Results of earlier releases have none.
      changes: z.array(notedChangeSchema).default([]),
    })
    .optional(),
});

/** Shape of `RunResult` as read back from disk. */
export const runResultSchema: z.ZodType<RunResult> = z.object({
  data: generateData,
  project: z.object({ name: z.string(), version: z.string().nullable(), target: z.string() }),
  rejections: z.array(rejectionSchema),
});

export const mutantVerdictSchema: z.ZodType<MutantVerdict> = z.object({
  mutant: z.object({
    id: z.string(),
    switchId: z.string(),
    file: z.string(),
    mutator: z.string(),
    range,
    replacement: z.string(),
  }),
  status: z.enum(["killed", "timedOut", "survived", "notCovered", "loadTime", "notRun"]),
  killedBy: z.array(z.string()),
  coveredBy: z.array(z.string()),
});

/** Shape of `AdmissionResult` as read back from disk. */
export const admissionSchema: z.ZodType<AdmissionResult> = z.object({
  files: z.record(z.string(), z.string()),
  proof: proofFileSchema,
  rejections: z.array(rejectionSchema),
  coverage: z.object({ map: coverageMapSchema, summary: coverageSummarySchema }),
  mutants: z.array(mutantVerdictSchema),
  mutation: mutationCountsSchema,
  patches: z.array(mutantVerdictSchema).optional(),
  lostInWriting,
  degradations: z.array(z.string()),
  notes: z.array(z.string()).default([]),
  isCancelled: z.boolean().optional(),
}) as z.ZodType<AdmissionResult>;
