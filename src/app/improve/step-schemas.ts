import { z } from "zod";

import {
  IMPROVE_ENDS,
  type ChangedTest,
  type ChangedVerdict,
  type ChangePlan,
  type ImproveEnd,
} from "../../contract/improve.ts";
import { type NotedChange, notedChangeSchema } from "../../contract/model/changes.ts";
import type { FileChange } from "../../kernel/unified-diff.ts";
import { changePlanSchema } from "../../model/improve/planner.ts";
import type { GroundFacts } from "../generate/step-schemas.ts";
import type { Spent } from "../models/meter.ts";

const texts = z.array(z.string());
const byPath = z.record(z.string(), z.string());
const level = z.enum(["namespace", "guarded"]);

/** What an Action took, and what became of the parameters that it asked for. */
export interface DeskSpent extends Spent {
  readonly changes?: readonly NotedChange[] | undefined;
}

const spent: z.ZodType<DeskSpent> = z.object({
  calls: z.number(),
  tokens: z.number(),
  usd: z.string().nullable(),
  changes: z.array(notedChangeSchema).optional(),
  // Results of earlier releases do not tell known answers apart.
  known: z.object({ calls: z.number(), tokens: z.number() }).default({ calls: 0, tokens: 0 }),
});

/** What `analyse` leaves: the code as it was, and what its checks said. */
export interface Analysis {
  readonly probe: Pick<GroundFacts["probe"], "level" | "backend">;
  /** Files that may be changed: project-relative path → text. */
  readonly files: Readonly<Record<string, string>>;
  readonly hashes: Readonly<Record<string, string>>;
  /** Keys of existing tests that were green twice. */
  readonly green: readonly string[];
  /** Complaints of the type check that were there before, `file: message`; null where there is no type check. */
  readonly complaints: readonly string[] | null;
  readonly degradations: readonly string[];
  readonly notes: readonly string[];
}

export const analysisSchema: z.ZodType<Analysis> = z.object({
  probe: z.object({ level, backend: z.string() }),
  files: byPath,
  hashes: byPath,
  green: texts,
  complaints: texts.nullable(),
  degradations: texts,
  notes: texts,
});

/** What `plan` leaves. */
export interface PlanWork {
  readonly plan: ChangePlan;
  /** Why the model's plans were refused; empty where the last one was not. */
  readonly refused: readonly string[];
  readonly spent: DeskSpent;
}

export const planWorkSchema: z.ZodType<PlanWork> = z.object({
  plan: changePlanSchema,
  refused: texts,
  spent,
});

/** What `characterise` leaves: tests of what the code does, which no one keeps. */
export interface Characterisation {
  readonly files: Readonly<Record<string, string>>;
  /** Keys of its tests that are green on the code as it is. */
  readonly green: readonly string[];
  readonly executions: number;
  readonly degradations: readonly string[];
}

export const characterisationSchema: z.ZodType<Characterisation> = z.object({
  files: byPath,
  green: texts,
  executions: z.number(),
  degradations: texts,
});

/** What one round of editing leaves. */
export interface Round {
  /** All files that differ from the user's after it. */
  readonly files: Readonly<Record<string, string>>;
  /** Edits that were applied in it. */
  readonly edits: number;
  readonly isDone: boolean;
  /** Why the model's edits were refused; empty where the last ones were not. */
  readonly refused: readonly string[];
  /** The round was not needed, or time was over before it. */
  readonly isSkipped: boolean;
  readonly spent: DeskSpent;
}

export const roundSchema: z.ZodType<Round> = z.object({
  files: byPath,
  edits: z.number(),
  isDone: z.boolean(),
  refused: texts,
  isSkipped: z.boolean(),
  spent,
});

const changedVerdict: z.ZodType<ChangedVerdict> = z.object({
  file: z.string(),
  fullTitle: z.string(),
  verdict: z.enum(["failed", "gone"]),
  detail: z.string(),
});

/** Results of earlier releases have none. */
const changedTests: z.ZodType<readonly ChangedTest[]> = z
  .array(z.object({ file: z.string(), kind: z.enum(["modified", "added"]), gone: texts }))
  .default([]);

/** What the checks of one round said. */
export interface Verdict {
  readonly isPassed: boolean;
  readonly failures: readonly string[];
  readonly changedVerdicts: readonly ChangedVerdict[];
  readonly changedTests: readonly ChangedTest[];
  /** Why there is no further round; null where there may be one. */
  readonly ended: ImproveEnd | null;
}

export const verdictSchema: z.ZodType<Verdict> = z.object({
  isPassed: z.boolean(),
  failures: texts,
  changedVerdicts: z.array(changedVerdict),
  changedTests,
  ended: z.enum(IMPROVE_ENDS).nullable(),
});

/** What the run came to. */
export interface Improvement {
  readonly ended: ImproveEnd;
  readonly changes: readonly FileChange[];
  readonly rounds: number;
  readonly changedVerdicts: readonly ChangedVerdict[];
  readonly changedTests: readonly ChangedTest[];
  /** Of the last round. */
  readonly failures: readonly string[];
}

export const improvementSchema: z.ZodType<Improvement> = z.object({
  ended: z.enum(IMPROVE_ENDS),
  changes: z.array(
    z.object({
      path: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
    }),
  ),
  rounds: z.number(),
  changedVerdicts: z.array(changedVerdict),
  changedTests,
  failures: texts,
});
