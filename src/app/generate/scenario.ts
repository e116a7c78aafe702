import type { SuiteFolder } from "../../adapters/workspace/suite-folder.ts";
import type { AdmissionResult, Baseline } from "../../contract/admission.ts";
import { DisposeStack } from "../../kernel/dispose.ts";
import { toCanonicalJson } from "../../kernel/hash.ts";
import {
  defineScenario,
  defineStep,
  type Step,
  type Scenario,
  type StepRef,
} from "../../orchestration/scenario.ts";
import type { ProposeResult } from "../../ports/proposer.ts";
import { createSourcesChanged } from "../errors.ts";
import { requireModelCodeLevel } from "../model-code-level.ts";
import { createOpenOnce } from "../open-once.ts";
import {
  createAdmitAction,
  createBaselineAction,
  createPrepareAction,
  createProposeAction,
  createWriteAction,
  type LayGround,
} from "./actions.ts";
import { createCombineAction, createExploreAction } from "./model-actions.ts";
import type { Plan } from "./plan.ts";
import { prepareGround, type Ground } from "./prepare.ts";
import type { RunScope } from "./run-scope.ts";
import type { GroundFacts, ModelWork, Written } from "./step-schemas.ts";

/** Name of the Scenario behind `generate`, as logs have it. */
export const TEST_GENERATION = "test-generation";

/** The step that asks models. */
export const EXPLORE_STEP = "explore";

/** The main job as a Scenario, and its steps by what they leave. */
export interface GenerateScenario {
  readonly scenario: Scenario;
  readonly prepare: StepRef<GroundFacts>;
  readonly baseline: StepRef<Baseline | null>;
  readonly propose: StepRef<ProposeResult>;
  readonly admit: StepRef<AdmissionResult>;
  /** Null where the search alone proposes. */
  readonly models: {
    readonly explore: StepRef<ModelWork>;
    readonly combine: StepRef<AdmissionResult>;
  } | null;
  /** Null in a dry run. */
  readonly write: StepRef<Written> | null;
}

/**
 * prepare → baseline → propose → admit → (explore → combine →) write, and the ground that the Actions of this process stand on
 * (sandbox, private copy, builds), which is laid when one first needs it.
 */
export function openGenerateScenario(
  scope: RunScope,
  suite: SuiteFolder | null,
): GenerateScenario & AsyncDisposable {
  const owned = new DisposeStack();
  const { plan } = scope;
  const openGround = createOpenOnce(owned, () =>
    prepareGround(
      { ...scope.deps, calls: scope.calls, telemetry: scope.telemetry },
      { ...plan, sandbox: plan.settings.sandbox, workers: plan.settings.workers },
    ),
  );
  const layGround: LayGround = async (known, signal) => {
    const ground = await openGround(signal);
    // Where nobody but models writes tests, that ends the run before anything is done or paid for.
    if (plan.engine === "model") {
      requireModelCodeLevel(ground.probe.level, plan.settings, "tests that a model writes");
    }
    if (known !== null) rejectOtherSources(known, ground, scope.runId);
    return ground;
  };
  return {
    ...createGenerateScenario(() => scope, suite, layGround, plan.engine),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/** The Scenario of a stored run, for reading its steps and results. */
export function readGenerateScenario(engine: Plan["engine"]): GenerateScenario {
  const refuse = (): never => {
    throw new Error("a run that is read executes nothing");
  };
  const suite: SuiteFolder = {
    proof: null,
    replace: refuse,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return createGenerateScenario(refuse, suite, refuse, engine);
}

function createGenerateScenario(
  scopeOf: () => RunScope,
  suite: SuiteFolder | null,
  layGround: LayGround,
  engine: Plan["engine"],
): GenerateScenario {
  const prepare = defineStep({
    id: "prepare",
    action: createPrepareAction(layGround),
    toInput: () => ({}),
  });
  const baseline = defineStep({
    id: "baseline",
    action: createBaselineAction(scopeOf, layGround),
    toInput: (results) => ({ facts: results.of(prepare) }),
  });
  const propose = defineStep({
    id: "propose",
    action: createProposeAction(scopeOf, layGround),
    toInput: (results) => ({ facts: results.of(prepare) }),
  });
  const admit = defineStep({
    id: "admit",
    action: createAdmitAction(scopeOf, layGround),
    toInput: (results) => ({
      facts: results.of(prepare),
      baseline: results.of(baseline),
      proposal: results.of(propose),
    }),
  });
  const models =
    engine === "search"
      ? null
      : defineModelSteps(scopeOf, layGround, { prepare, baseline, propose, admit });
  const write =
    suite === null
      ? null
      : defineStep({
          id: "write",
          action: createWriteAction(scopeOf, suite),
          toInput: (results) => ({ admission: results.of(models?.combine ?? admit) }),
        });
  const scenario = defineScenario({
    name: TEST_GENERATION,
    title: "writing proven tests",
    strategy: "sequential",
    steps: [
      ...[prepare, baseline, propose, admit],
      ...(models === null ? [] : [models.explore, models.combine]),
      ...(write === null ? [] : [write]),
    ],
  });
  return { scenario, prepare, baseline, propose, admit, models, write };
}

function defineModelSteps(
  scopeOf: () => RunScope,
  layGround: LayGround,
  {
    prepare,
    baseline,
    propose,
    admit,
  }: Pick<GenerateScenario, "prepare" | "baseline" | "propose" | "admit">,
): {
  readonly explore: Step<Parameters<ReturnType<typeof createExploreAction>["run"]>[0], ModelWork>;
  readonly combine: Step<
    Parameters<ReturnType<typeof createCombineAction>["run"]>[0],
    AdmissionResult
  >;
} {
  const explore = defineStep({
    id: EXPLORE_STEP,
    action: createExploreAction(scopeOf, layGround),
    toInput: (results) => ({
      facts: results.of(prepare),
      baseline: results.of(baseline),
      proposal: results.of(propose),
      admission: results.of(admit),
    }),
  });
  const combine = defineStep({
    id: "combine",
    action: createCombineAction(scopeOf, layGround),
    toInput: (results) => ({
      facts: results.of(prepare),
      baseline: results.of(baseline),
      proposal: results.of(propose),
      admission: results.of(admit),
      work: results.of(explore),
    }),
  });
  return { explore, combine };
}

function rejectOtherSources(known: GroundFacts, ground: Ground, runId: string): void {
  if (toCanonicalJson(known.sourceHashes) === toCanonicalJson(ground.sourceHashes)) return;
  const changed = [
    ...new Set([...Object.keys(known.sourceHashes), ...Object.keys(ground.sourceHashes)]),
  ].filter((file) => known.sourceHashes[file] !== ground.sourceHashes[file]);
  throw createSourcesChanged(runId, changed);
}
