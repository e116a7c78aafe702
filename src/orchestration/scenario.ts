import type { z } from "zod";

import type { Action } from "./action.ts";

/** One use of an Action in a Scenario. */
export interface Step<Input, Output> {
  /** Unique within the Scenario; stands in logs and after `--from`. */
  readonly id: string;
  readonly action: Action<Input, Output>;
  /** Ids of the steps it waits for; what the strategy adds comes on top. */
  readonly after?: readonly string[];
  /** Draws the input from results of the steps before; left out in a pipeline: the result of the step before. */
  readonly toInput?: (results: StepResults) => Input;
}

/** Names a step and the type of its result. */
export interface StepRef<Output> {
  readonly id: string;
  readonly action: { readonly output: z.ZodType<Output> };
}

/** A step of any type, as the engine sees it. */
export interface AnyStep {
  readonly id: string;
  readonly action: Action<unknown, unknown>;
  /** Ids of the steps it waits for. */
  readonly after: readonly string[];
  readonly toInput: (results: StepResults) => unknown;
}

/** Results of the steps that are done. */
export interface StepResults {
  /** @throws Error when the step is not done: it is missing in `after` */
  of<Output>(step: StepRef<Output>): Output;
  find<Output>(step: StepRef<Output>): Output | undefined;
}

/**
 * `sequential`: one after the other as listed. `parallel`: all at once. `pipeline`: sequential, each fed with the
 * result before it. `graph`: as `after` says.
 */
export type Strategy = "sequential" | "parallel" | "pipeline" | "graph";

/** A typed plan of steps. */
export interface Scenario {
  /** `noun-noun`, such as `test-generation`. */
  readonly name: string;
  readonly title: string;
  readonly strategy: Strategy;
  /** In an order in which they can run. */
  readonly steps: readonly AnyStep[];
}

/** A step with its types, for `results.of(step)` and for {@link defineScenario}. */
export function defineStep<Input, Output>(step: Step<Input, Output>): Step<Input, Output> {
  return step;
}

/**
 * A Scenario of the given steps.
 * @throws Error on a step that is named twice, waits for an unknown one, or waits for itself by a detour
 */
export function defineScenario(plan: {
  readonly name: string;
  readonly title: string;
  readonly strategy: Strategy;
  readonly steps: readonly StepOfAnyType[];
}): Scenario {
  const listed = plan.steps as readonly Step<unknown, unknown>[];
  const steps = listed.map((step, index) => toStep(plan.strategy, step, listed[index - 1]));
  return { ...plan, steps: sortByNeed(plan.name, steps) };
}

/** Input types differ from step to step, and no type that is not `any` holds them all. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type StepOfAnyType = Step<any, any>;

function toStep(
  strategy: Strategy,
  step: Step<unknown, unknown>,
  before: Step<unknown, unknown> | undefined,
): AnyStep {
  const isChained = strategy === "sequential" || strategy === "pipeline";
  const after = [...(step.after ?? []), ...(isChained && before !== undefined ? [before.id] : [])];
  const fromBefore = (results: StepResults): unknown =>
    strategy === "pipeline" && before !== undefined ? results.of(before) : undefined;
  return {
    id: step.id,
    action: step.action,
    after: [...new Set(after)],
    toInput: step.toInput ?? fromBefore,
  };
}

function sortByNeed(scenario: string, steps: readonly AnyStep[]): readonly AnyStep[] {
  const known = new Set(steps.map((step) => step.id));
  if (known.size < steps.length) throw new Error(`${scenario}: two steps have the same id`);
  const unknown = steps.flatMap((step) => step.after).find((id) => !known.has(id));
  if (unknown !== undefined) throw new Error(`${scenario}: there is no step "${unknown}"`);
  const sorted: AnyStep[] = [];
  const done = new Set<string>();
  while (sorted.length < steps.length) {
    const next = steps.find((step) => !done.has(step.id) && step.after.every((id) => done.has(id)));
    if (next === undefined) throw new Error(`${scenario}: its steps wait for each other`);
    sorted.push(next);
    done.add(next.id);
  }
  return sorted;
}

/** Ids of a step and of all that wait for it, directly or not. */
export function listFrom(scenario: Scenario, stepId: string): ReadonlySet<string> {
  const found = new Set([stepId]);
  for (const step of scenario.steps) if (step.after.some((id) => found.has(id))) found.add(step.id);
  return found;
}
