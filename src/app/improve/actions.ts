import { z } from "zod";

import { defineAction, type Action } from "../../orchestration/action.ts";
import { toUnifiedDiff, type FileChange } from "../../kernel/unified-diff.ts";
import { planChanges } from "../../model/improve/planner.ts";
import type { CodeContext } from "../../model/improve/show-code.ts";
import { readStagedFile } from "../generate/admit.ts";
import { MEASURING_LIMIT_MS, STEP_RETRY } from "../step-limits.ts";
import { analyseCode, tell } from "./analyse.ts";
import { createChangePolicy, findLinks } from "./change-policy.ts";
import { characterise } from "./characterise.ts";
import type { ImproveScope } from "./improve-scope.ts";
import { editRound, judgeRound, type RoundGround } from "./rounds.ts";
import {
  analysisSchema,
  characterisationSchema,
  improvementSchema,
  planWorkSchema,
  roundSchema,
  verdictSchema,
  type Analysis,
  type Characterisation,
  type Improvement,
  type PlanWork,
  type Round,
  type Verdict,
} from "./step-schemas.ts";

/** The changes as a unified diff, in the run's folder. */
export const PATCH_FILE = "changes.patch";

type ScopeOf = () => ImproveScope;

/** With the signal of the Action in place of the run's. */
function within(scopeOf: ScopeOf, signal: AbortSignal): ImproveScope {
  const scope = scopeOf();
  return { ...scope, options: { ...scope.options, signal } };
}

/** Reads the code and lets the project's own checks run on it. */
export function createAnalyseAction(scopeOf: ScopeOf): Action<object, Analysis> {
  return defineAction({
    name: "analyse-code",
    title: "analysing the code",
    input: z.object({}),
    output: analysisSchema,
    effects: "none",
    timeoutMs: MEASURING_LIMIT_MS,
    retry: STEP_RETRY,
    run: (_, { signal }) => analyseCode(within(scopeOf, signal)),
    describe: ({ probe, files, green }) => ({
      sandbox: probe.level,
      files: Object.keys(files).length,
      greenTests: green.length,
    }),
  });
}

/** Asks a model which files to change. The answer that was paid for is in the run's folder. */
export function createPlanAction(scopeOf: ScopeOf): Action<{ analysis: Analysis }, PlanWork> {
  return defineAction({
    name: "plan-changes",
    title: "planning the changes",
    input: z.object({ analysis: analysisSchema }),
    output: planWorkSchema,
    effects: "outside",
    // Answers that were paid for are found in the run's folder by their question.
    isIdempotent: true,
    retry: STEP_RETRY,
    run: async ({ analysis }, { signal }) => {
      const scope = within(scopeOf, signal);
      tell(scope, "asking for a plan");
      const code = await readCode(scope, analysis);
      const desk = await scope.openDesk();
      const paths = Object.keys(analysis.files);
      const stage = await scope.openStage(analysis, scope.options.signal);
      const links = await findLinks(stage.staged.folder, paths);
      const planned = await planChanges(
        desk.agent("planner"),
        { goal: scope.plan.goal, code },
        { refuse: createChangePolicy(scope.plan, links), signal },
      );
      const spent = await desk.close();
      return planned.kind === "planned"
        ? { plan: planned.plan, refused: [], spent }
        : { plan: { summary: "", files: [] }, refused: planned.reasons, spent };
    },
    describe: ({ plan, refused, spent }) => ({
      ...{ files: plan.files.map(({ path }) => path), refused, ...spent },
    }),
  });
}

const MOST_DOCUMENTATION = 8_000;

async function readCode(scope: ImproveScope, analysis: Analysis): Promise<CodeContext> {
  const { project } = scope.plan;
  const stage = await scope.openStage(analysis, scope.options.signal);
  const readme = (await readStagedFile(stage.staged.folder, "README.md")) ?? "";
  return {
    name: project.name,
    documentation: readme.slice(0, MOST_DOCUMENTATION),
    sources: Object.entries(analysis.files).map(([path, text]) => ({ path, text })),
    tests: project.testFiles,
  };
}

/** Writes tests of what the files of the plan do today. */
export function createCharacteriseAction(
  scopeOf: ScopeOf,
): Action<{ analysis: Analysis; planWork: PlanWork }, Characterisation> {
  return defineAction({
    name: "characterise-code",
    title: "writing tests of what the code does",
    input: z.object({ analysis: analysisSchema, planWork: planWorkSchema }),
    output: characterisationSchema,
    effects: "none",
    retry: STEP_RETRY,
    run: ({ analysis, planWork }, { signal }) =>
      characterise(within(scopeOf, signal), analysis, planWork),
    describe: ({ green, executions }) => ({ tests: green.length, executions }),
  });
}

const roundGround = z.object({
  analysis: analysisSchema,
  planWork: planWorkSchema,
  characterisation: characterisationSchema,
  past: z.array(z.object({ round: roundSchema, verdict: verdictSchema })),
});

/** Asks a model for edits. Answers that were paid for are in the run's folder. */
export function createEditAction(scopeOf: ScopeOf, number: number): Action<RoundGround, Round> {
  return defineAction({
    name: "edit-code",
    title: `editing, round ${String(number)}`,
    input: roundGround,
    output: roundSchema,
    effects: "outside",
    isIdempotent: true,
    retry: STEP_RETRY,
    run: (ground, { signal }) => editRound(within(scopeOf, signal), number, ground),
    describe: ({ files, edits, isDone, refused, isSkipped, spent }) => ({
      ...{ files: Object.keys(files), edits, isDone, refused, isSkipped, ...spent },
    }),
  });
}

/** Lets types and tests judge the changes, in the sandbox. */
export function createValidateAction(
  scopeOf: ScopeOf,
  number: number,
): Action<RoundGround & { readonly round: Round }, Verdict> {
  return defineAction({
    name: "validate-code",
    title: `checking, round ${String(number)}`,
    input: roundGround.extend({ round: roundSchema }),
    output: verdictSchema,
    effects: "none",
    retry: STEP_RETRY,
    run: ({ round, ...ground }, { signal }) => judgeRound(within(scopeOf, signal), ground, round),
    describe: ({ isPassed, ended, failures, changedVerdicts }) => ({
      ...{ isPassed, ended, failures: failures.slice(0, 3), changed: changedVerdicts.length },
    }),
  });
}

/** Takes the last changes that hold and keeps them as a patch in the run's folder. */
export function createReportAction(scopeOf: ScopeOf): Action<RoundGround, Improvement> {
  return defineAction({
    name: "report-changes",
    title: "reporting the changes",
    input: roundGround,
    output: improvementSchema,
    effects: "none",
    run: async ({ analysis, planWork, past }) => {
      const { store, runId } = scopeOf();
      const improvement = toImprovement({ analysis, planWork, past });
      await store.writeFile(runId, PATCH_FILE, toUnifiedDiff(improvement.changes), {
        isDurable: true,
      });
      return improvement;
    },
    describe: ({ ended, changes, rounds }) => ({
      ...{ ended, files: changes.map(({ path }) => path), rounds },
    }),
  });
}

function toImprovement({
  analysis,
  planWork,
  past,
}: Pick<RoundGround, "analysis" | "planWork" | "past">): Improvement {
  const last = past.at(-1)?.verdict;
  const best = past.findLast(({ verdict, round }) => verdict.isPassed && round.edits > 0);
  const ended = last?.ended ?? "max-iterations";
  const isRefused = planWork.refused.length > 0;
  return {
    ended: isRefused ? "no-progress" : ended,
    changes: Object.entries(best?.round.files ?? {}).map(([path, after]): FileChange => ({
      path,
      before: analysis.files[path] ?? null,
      after,
    })),
    rounds: past.filter(({ round }) => !round.isSkipped).length,
    changedVerdicts: best?.verdict.changedVerdicts ?? last?.changedVerdicts ?? [],
    changedTests: best?.verdict.changedTests ?? [],
    failures: isRefused ? planWork.refused : (last?.failures ?? []),
  };
}
