import { z } from "zod";

import { LANGUAGE_RUNNERS } from "../../contract/language.ts";
import { RUNNERS, type AnyRunner } from "../../contract/project.ts";
import type { RunRecord } from "../../contract/run-record.ts";
import { createNotResumable } from "../errors.ts";
import type { GenerateRequest } from "../generate-types.ts";
import type { RunBudget } from "../models/model-config.ts";
import { MOST_ISSUE } from "../read-issue.ts";
import type { Plan } from "./plan.ts";

const count = z.number().int().nonnegative().optional();

const flags = z.object({
  engine: z.enum(["search", "model", "auto"]).optional(),
  maxTimeMs: z.number().positive().optional(),
  maxExecutions: count,
  seed: count,
  workers: count,
  framework: z.enum(["node", "vitest", "jest", "mocha", "auto"]).optional(),
  language: z.string().optional(),
  out: z.string().optional(),
  baseline: z.enum(["existing", "none"]).optional(),
  sandbox: z.enum(["auto", "namespace", "guarded"]).optional(),
  reruns: count,
  maxIterations: count,
  include: z.array(z.string()).optional(),
  exclude: z.array(z.string()).optional(),
});

const budget: z.ZodType<RunBudget> = z.object({
  budgetUsd: z.number().nonnegative().optional(),
  budgetTokens: count,
});

/** A request as it stands in a run's log: never with source text, and never dry. */
type PinnedRequest = Omit<GenerateRequest, "code" | "models" | "isStored"> & {
  readonly budget?: RunBudget | undefined;
};

const requestSchema: z.ZodType<PinnedRequest> = z.object({
  targets: z.array(z.string()),
  cwd: z.string(),
  issue: z.string().max(MOST_ISSUE).optional(),
  budget: budget.optional(),
  flags,
});

/** What the report says of a run's plan. */
export interface PlanFacts {
  /** What the user typed, for people. */
  readonly targetText: string;
  readonly project: { readonly name: string; readonly version: string | null };
  readonly runner: AnyRunner;
  /** Project-relative folder of the suite. */
  readonly outDir: string;
  readonly isDryRun: boolean;
  readonly degradations: readonly string[];
  readonly notes: readonly string[];
  readonly settings: Pick<Plan["settings"], "seed" | "sandbox">;
  readonly engine: Plan["engine"];
}

const factsSchema: z.ZodType<PlanFacts> = z.object({
  targetText: z.string(),
  project: z.object({ name: z.string(), version: z.string().nullable() }),
  runner: z.enum([...RUNNERS, ...LANGUAGE_RUNNERS]),
  outDir: z.string(),
  isDryRun: z.boolean(),
  degradations: z.array(z.string()),
  notes: z.array(z.string()),
  settings: z.object({ seed: z.number(), sandbox: z.enum(["auto", "namespace", "guarded"]) }),
  // Runs of earlier releases had no other.
  engine: z.enum(["search", "model", "auto"]).default("search"),
});

/** The part of a plan that stands in the run's log. */
export function toPlanFacts(plan: Plan): PlanFacts {
  const { targetText, project, runner, outDir, isDryRun, degradations, notes, settings, engine } =
    plan;
  const { name, version } = project;
  const { seed, sandbox } = settings;
  return {
    ...{ targetText, runner, outDir, isDryRun, degradations, notes, engine },
    project: { name, version },
    settings: { seed, sandbox },
  };
}

/** Who proposed in a stored run; the search where its log does not say. */
export function readEngine(records: readonly RunRecord[]): Plan["engine"] {
  const start = records.find((record) => record.name === "run-start");
  return factsSchema.safeParse(start?.data["plan"]).data?.engine ?? "search";
}

/** @throws NotResumable (RGS-1022) for a run of the first release */
export function readPlanFacts(runId: string, records: readonly RunRecord[]): PlanFacts {
  const start = records.find((record) => record.name === "run-start");
  const parsed = factsSchema.safeParse(start?.data["plan"]);
  if (parsed.success) return parsed.data;
  throw createNotResumable(runId, "its log does not say what was planned");
}

/** The request with every setting as it was when the run began, whatever configuration says later. */
export function pinRequest(request: GenerateRequest, plan: Plan): PinnedRequest {
  const { settings } = plan;
  const { budgetUsd, budgetTokens, begunWith } = request.models ?? {};
  const isTyped = budgetUsd !== undefined || budgetTokens !== undefined;
  return {
    // Whom to ask never stands here. How much was to be spent may: it can only make it less.
    budget: isTyped ? { budgetUsd, budgetTokens } : begunWith,
    targets: [...request.targets],
    cwd: request.cwd,
    ...(plan.issue === "" ? {} : { issue: plan.issue }),
    flags: {
      engine: plan.engine,
      maxTimeMs: settings.maxTimeMs ?? undefined,
      maxExecutions: settings.maxExecutions ?? undefined,
      seed: settings.seed,
      workers: settings.workers,
      framework: RUNNERS.find((name) => name === plan.runner) ?? "auto",
      // Not the command that runs its tests: a log may come from anybody.
      language: settings.language ?? undefined,
      out: plan.outFolder,
      baseline: settings.baseline,
      sandbox: settings.sandbox,
      reruns: settings.reruns,
      maxIterations: settings.maxIterations,
      // A profile or a file may have set them, and may be gone or changed by then.
      include: settings.include,
      exclude: settings.exclude,
    },
  };
}

/** What the run was begun with; nothing where no budget was typed. */
export function readBudget(records: readonly RunRecord[]): RunBudget {
  const start = records.find((record) => record.name === "run-start");
  return requestSchema.safeParse(start?.data["request"]).data?.budget ?? {};
}

/**
 * The request of a stored run. The log lies in a project that anyone may have sent, so it may ask for the stronger
 * sandbox and never for the weaker one.
 * @throws NotResumable (RGS-1022) for a run of the first release
 */
export function readRequest(runId: string, records: readonly RunRecord[]): GenerateRequest {
  const start = records.find((record) => record.name === "run-start");
  const parsed = requestSchema.safeParse(start?.data["request"]);
  if (!parsed.success) {
    throw createNotResumable(runId, "its log does not say what it was asked to do");
  }
  const { targets, cwd, issue } = parsed.data;
  const { sandbox } = parsed.data.flags;
  return {
    targets,
    cwd,
    issue,
    code: null,
    isStored: true,
    flags: { ...parsed.data.flags, sandbox: sandbox === "namespace" ? sandbox : "auto" },
  };
}
