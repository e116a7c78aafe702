import { createNoSuchStep } from "./errors.ts";
import type { Scenario } from "./scenario.ts";

/** The id, where the Scenario has such a step. @throws NoSuchStep (RGS-1020) */
export function toKnownStep(scenario: Scenario, step: string): string {
  const ids = scenario.steps.map(({ id }) => id);
  if (!ids.includes(step)) throw createNoSuchStep(step, ids);
  return step;
}
