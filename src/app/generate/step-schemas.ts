import { z } from "zod";

import { agentStateSchema, VERDICTS } from "../../contract/agents.ts";
import type { Baseline } from "../../contract/admission.ts";
import type { Candidate } from "../../contract/candidate.ts";
import type { SandboxLevel } from "../../contract/envelope.ts";
import { type NotedChange, notedChangeSchema } from "../../contract/model/changes.ts";
import type { PatchMutant } from "../../contract/patch-mutant.ts";
import type { ProposeResult } from "../../ports/proposer.ts";
import type { Exploration } from "../../model/model-engine.ts";
import type { SandboxProbe } from "../../ports/sandbox.ts";
import {
  coverageMapSchema,
  coverageSummarySchema,
  findingSchema,
  mutantVerdictSchema,
  mutationCountsSchema,
  rejectionSchema,
} from "../../reporting/report-schema.ts";
import { programSchema } from "../../search/program-schema.ts";
import { recordingSchema } from "../../search/snapshot-schema.ts";
import type { Spent } from "../models/meter.ts";
import type { SourceText } from "../../ports/mutant-engine.ts";

/** What `prepare` leaves for later steps and for the report: the facts about the ground, not the ground. */
export interface GroundFacts {
  readonly probe: Pick<SandboxProbe, "level" | "backend" | "facts">;
  readonly sources: readonly SourceText[];
  /** Project-relative source file → SHA-256. */
  readonly sourceHashes: Readonly<Record<string, string>>;
  /** Sentences on sources or types that could not be read or instrumented. */
  readonly degradations: readonly string[];
}

const sentences = z.array(z.string());
const level: z.ZodType<SandboxLevel> = z.enum(["namespace", "guarded"]);

export const groundFactsSchema: z.ZodType<GroundFacts> = z.object({
  probe: z.object({ level, backend: z.string(), facts: sentences }),
  sources: z.array(z.object({ path: z.string(), content: z.string() })),
  sourceHashes: z.record(z.string(), z.string()),
  degradations: sentences,
});

export const baselineSchema: z.ZodType<Baseline | null> = z
  .object({
    coverage: coverageMapSchema.nullable(),
    summary: coverageSummarySchema.nullable(),
    mutation: mutationCountsSchema.nullable(),
    kills: sentences,
    problem: z.string().nullable(),
    red: sentences.optional(),
  })
  .nullable();

const id = z.string().regex(/^[0-9a-f]{16}$/u);
const claims = z.object({ counters: sentences, kills: sentences });
const projectPath = z
  .string()
  .refine((path) => !/^\/|(?:^|\/)\.\.(?:\/|$)|\\/u.test(path), "stays in the project");

const writtenCandidate = z.object({
  id,
  origin: z.literal("model"),
  module: projectPath,
  text: z.string(),
  path: projectPath,
  fullTitle: z.string(),
  engine: z.string(),
  claims,
});

const candidate: z.ZodType<Candidate> = z.discriminatedUnion("origin", [
  z.object({
    id,
    origin: z.literal("search"),
    program: programSchema,
    recording: recordingSchema,
    engine: z.string().optional(),
    claims,
  }),
  writtenCandidate,
]);

const patchMutantSchema: z.ZodType<PatchMutant> = z.object({
  id,
  file: projectPath,
  offset: z.number().int().nonnegative(),
  start: z.object({ line: z.number(), column: z.number() }),
  original: z.string(),
  replacement: z.string(),
  by: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("operator"), name: z.string() }),
    z.object({ kind: z.literal("agent"), name: z.string(), why: z.string() }),
  ]),
});

/** What models came to, with what they cost the run in all its processes. */
export interface ModelWork extends Exploration, Spent {
  /** When a run that was parked may be taken up, ISO 8601; null where nobody says. */
  readonly retryAt: string | null;
  /** What became of parameters that were asked for. */
  readonly changes: readonly NotedChange[];
  readonly degradations: readonly string[];
  readonly notes: readonly string[];
}

export const modelWorkSchema: z.ZodType<ModelWork> = z.object({
  candidates: z.array(candidate),
  rejections: z.array(rejectionSchema),
  judgements: z.array(
    z.object({
      title: z.string(),
      verdict: z.enum(VERDICTS),
      votes: z.object({ agreed: z.number(), asked: z.number() }),
      quote: z.string(),
      reasoning: sentences,
    }),
  ),
  findings: z.array(findingSchema),
  proposed: z.number(),
  // Results of earlier releases have none.
  inputs: z
    .object({ executed: z.number(), dropped: z.number() })
    .default({ executed: 0, dropped: 0 }),
  ended: z.enum([
    ...["nothing-left", "frontier-flat", "time-over"],
    ...["budget", "rate-limited", "model-away"],
  ] as const),
  problem: z.string().nullable(),
  retryAfterMs: z.number().nullable().default(null),
  faults: z
    .object({
      patches: z.array(patchMutantSchema),
      verdicts: z.array(mutantVerdictSchema),
      dropped: z.number(),
    })
    .default({ patches: [], verdicts: [], dropped: 0 }),
  agents: z.array(agentStateSchema),
  gains: z.array(z.number()),
  next: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("unknown") }),
      z.object({ kind: z.literal("out-of-reach") }),
      z.object({ kind: z.literal("estimate"), tokens: z.number() }),
    ])
    .default({ kind: "unknown" }),
  calls: z.number(),
  tokens: z.number(),
  usd: z.string().nullable(),
  changes: z.array(notedChangeSchema).default([]),
  // Results of earlier releases have neither.
  known: z.object({ calls: z.number(), tokens: z.number() }).default({ calls: 0, tokens: 0 }),
  retryAt: z.string().nullable().default(null),
  degradations: sentences,
  notes: sentences,
});

export const proposalSchema: z.ZodType<ProposeResult> = z.object({
  candidates: z.array(candidate),
  findings: z.array(findingSchema),
  executions: z.number(),
  reproducible: z.boolean(),
  degradations: sentences,
  notes: sentences,
  // Results of earlier releases have none.
  obstacles: sentences.default([]),
  loadFailures: z.record(z.string(), z.string()),
});

/** What `write` leaves. */
export interface Written {
  readonly isWritten: boolean;
}

export const writtenSchema: z.ZodType<Written> = z.object({ isWritten: z.boolean() });
