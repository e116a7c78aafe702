import {
  defineScenario,
  defineStep,
  type Scenario,
  type StepRef,
  type StepResults,
} from "../../orchestration/scenario.ts";
import {
  createAnalyseAction,
  createCharacteriseAction,
  createEditAction,
  createPlanAction,
  createReportAction,
  createValidateAction,
} from "./actions.ts";
import type { ImproveScope } from "./improve-scope.ts";
import type { PastRound, RoundGround } from "./rounds.ts";
import type {
  Analysis,
  Characterisation,
  Improvement,
  PlanWork,
  Round,
  Verdict,
} from "./step-schemas.ts";

/** Name of the Scenario behind `improve`, as logs have it. */
export const CODE_IMPROVEMENT = "code-improvement";

/** The Scenario, and its steps by what they leave. */
export interface ImproveScenario {
  readonly scenario: Scenario;
  readonly analyse: StepRef<Analysis>;
  readonly plan: StepRef<PlanWork>;
  readonly characterise: StepRef<Characterisation>;
  readonly rounds: readonly {
    readonly edit: StepRef<Round>;
    readonly validate: StepRef<Verdict>;
  }[];
  readonly report: StepRef<Improvement>;
}

/**
 * analyse → plan → characterise → (implement → validate) for each round → report. Each round is a checkpoint of its own; those
 * that are not needed any more pass on what the ones before have left.
 */
export function createImproveScenario(
  scopeOf: () => ImproveScope,
  rounds: number,
): ImproveScenario {
  const analyse = defineStep({
    id: "analyse",
    action: createAnalyseAction(scopeOf),
    toInput: () => ({}),
  });
  const plan = defineStep({
    id: "plan",
    action: createPlanAction(scopeOf),
    toInput: (results) => ({ analysis: results.of(analyse) }),
  });
  const characterise = defineStep({
    id: "characterise",
    action: createCharacteriseAction(scopeOf),
    toInput: (results) => ({ analysis: results.of(analyse), planWork: results.of(plan) }),
  });
  const pairs: ImproveScenario["rounds"][number][] = [];
  const toGround = (results: StepResults, count: number): RoundGround => ({
    analysis: results.of(analyse),
    planWork: results.of(plan),
    characterisation: results.of(characterise),
    past: pairs.slice(0, count).map(({ edit, validate }): PastRound => ({
      round: results.of(edit),
      verdict: results.of(validate),
    })),
  });
  const steps = Array.from({ length: rounds }, (_, index) => {
    const number = index + 1;
    const edit = defineStep({
      id: `implement-${String(number)}`,
      action: createEditAction(scopeOf, number),
      toInput: (results) => toGround(results, index),
    });
    const validate = defineStep({
      id: `validate-${String(number)}`,
      action: createValidateAction(scopeOf, number),
      toInput: (results) => ({ ...toGround(results, index), round: results.of(edit) }),
    });
    pairs.push({ edit, validate });
    return [edit, validate];
  });
  const report = defineStep({
    id: "report",
    action: createReportAction(scopeOf),
    toInput: (results) => toGround(results, rounds),
  });
  const scenario = defineScenario({
    name: CODE_IMPROVEMENT,
    title: "improving the code",
    strategy: "sequential",
    steps: [analyse, plan, characterise, ...steps.flat(), report],
  });
  return { scenario, analyse, plan, characterise, rounds: pairs, report };
}

/** The Scenario of a stored run, for reading its steps and results. */
export function readImproveScenario(rounds: number): ImproveScenario {
  return createImproveScenario(() => {
    throw new Error("a run that is read executes nothing");
  }, rounds);
}
