import { z } from "zod";

import type { RunRecord } from "../../contract/run-record.ts";
import { createNotResumable } from "../errors.ts";
import type { ImproveRequest } from "./improve-types.ts";
import { MOST_ROUNDS, type ImprovePlan } from "./plan-improvement.ts";
import { CODE_IMPROVEMENT } from "./scenario.ts";

const count = z.number().int().nonnegative().optional();

const requestSchema = z.object({
  goal: z.string(),
  directory: z.string(),
  cwd: z.string(),
  flags: z.object({
    maxTimeMs: z.number().positive().optional(),
    maxExecutions: count,
    seed: count,
    workers: count,
    framework: z.enum(["node", "vitest", "jest", "mocha", "auto"]).optional(),
    sandbox: z.enum(["auto", "namespace", "guarded"]).optional(),
    reruns: count,
    maxIterations: count,
    mayChangeBehaviour: z.boolean().optional(),
    mayChangeTests: z.boolean().optional(),
  }),
});

/** What the report says of a plan. */
export interface ImproveFacts {
  readonly rounds: number;
  readonly degradations: readonly string[];
  readonly notes: readonly string[];
}

const factsSchema: z.ZodType<ImproveFacts> = z.object({
  rounds: z.number().int().min(1).max(MOST_ROUNDS),
  degradations: z.array(z.string()),
  notes: z.array(z.string()),
});

/** Whether a stored run is one of `improve`. */
export function isImprovement(records: readonly RunRecord[]): boolean {
  return findStart(records)?.data["scenario"] === CODE_IMPROVEMENT;
}

/** What stands at the beginning of the run's log, so that another process can go on. */
export function toStartData(
  request: ImproveRequest,
  plan: ImprovePlan,
  version: string,
): Readonly<Record<string, unknown>> {
  const { settings, goal, rounds, degradations, notes, maxTimeMs } = plan;
  const { maxExecutions, seed, workers, sandbox, reruns } = settings;
  return {
    scenario: CODE_IMPROVEMENT,
    target: goal.text,
    version,
    request: {
      goal: goal.text,
      directory: request.directory,
      cwd: request.cwd,
      flags: {
        ...{ maxTimeMs, maxExecutions: maxExecutions ?? undefined, seed, workers, sandbox, reruns },
        framework: plan.runner,
        maxIterations: rounds,
        mayChangeBehaviour: goal.mayChangeBehaviour,
        mayChangeTests: goal.mayChangeTests,
      },
    },
    plan: { rounds, degradations, notes },
  };
}

/** @throws NotResumable (RGS-1022) where the log does not say */
export function readImproveFacts(runId: string, records: readonly RunRecord[]): ImproveFacts {
  const parsed = factsSchema.safeParse(findStart(records)?.data["plan"]);
  if (parsed.success) return parsed.data;
  throw createNotResumable(runId, "its log does not say what was planned");
}

/** How many rounds a stored run has; as many as there may be where its log does not say. */
export function readRounds(records: readonly RunRecord[]): number {
  return factsSchema.safeParse(findStart(records)?.data["plan"]).data?.rounds ?? MOST_ROUNDS;
}

/**
 * The request of a stored run. The log lies in a project that anyone may have sent, so it may ask for the stronger sandbox and never
 * for the weaker one.
 * @throws NotResumable (RGS-1022) where the log does not say
 */
export function readImproveRequest(runId: string, records: readonly RunRecord[]): ImproveRequest {
  const parsed = requestSchema.safeParse(findStart(records)?.data["request"]);
  if (!parsed.success) {
    throw createNotResumable(runId, "its log does not say what it was asked to do");
  }
  const { flags, ...request } = parsed.data;
  const sandbox = flags.sandbox === "namespace" ? "namespace" : "auto";
  return { ...request, isStored: true, flags: { ...flags, sandbox } };
}

function findStart(records: readonly RunRecord[]): RunRecord | undefined {
  return records.find(({ name }) => name === "run-start");
}
