import { z } from "zod";

import type { RunRecord } from "../contract/run-record.ts";
import { RegooseError } from "../kernel/errors.ts";
import type { ArtifactStore } from "../ports/run-log.ts";
import { createStepDataInvalid } from "./errors.ts";
import { readHistory, type RunHistory } from "./history.ts";
import { listFrom, type AnyStep, type Scenario, type StepResults } from "./scenario.ts";

/** Results of done steps, by step. */
export type ResultMap = ReadonlyMap<string, unknown>;

/** What earlier processes left of a run. */
export interface Restored {
  readonly history: RunHistory;
  readonly results: ResultMap;
  /** Time the steps that are done took the run, ms. */
  readonly usedMs: number;
  /** Steps whose result is there and cannot be used, with the reason; they and what waits for them are done again. */
  readonly damaged: ReadonlyMap<string, string>;
}

/**
 * Reads the results of all steps that are done. A partial result counts only with `withPartial`. What is damaged
 * does not count, nor does what was built on it.
 */
export async function restoreResults(
  artifacts: ArtifactStore,
  scenario: Scenario,
  run: { readonly runId: string; readonly records: readonly RunRecord[] },
  options: { readonly withPartial: boolean } = { withPartial: false },
): Promise<Restored> {
  const history = readHistory(run.records);
  const results = new Map<string, unknown>();
  const damaged = new Map<string, string>();
  const undone = new Set<string>();
  for (const step of scenario.steps) {
    const checkpoint = history.checkpoints.get(step.id);
    if (undone.has(step.id) || checkpoint === undefined) continue;
    if (checkpoint.isPartial && !options.withPartial) {
      for (const id of listFrom(scenario, step.id)) undone.add(id);
      continue;
    }
    try {
      results.set(step.id, await readResult(artifacts, run.runId, step, checkpoint.output));
    } catch (failure) {
      if (!(failure instanceof RegooseError)) throw failure;
      damaged.set(step.id, failure.message);
      for (const id of listFrom(scenario, step.id)) undone.add(id);
    }
  }
  const usedMs = Math.max(
    0,
    ...[...results.keys()].map((step) => history.checkpoints.get(step)?.usedMs ?? 0),
  );
  return { history, results, usedMs, damaged };
}

async function readResult(
  artifacts: ArtifactStore,
  runId: string,
  step: AnyStep,
  hash: string,
): Promise<unknown> {
  const text = await artifacts.get(runId, hash);
  if (text === null) throw createStepDataInvalid(step.id, "result", "it is gone");
  const parsed = step.action.output.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw createStepDataInvalid(step.id, "result", z.prettifyError(parsed.error));
}

/** A view of results with the types of their steps. */
export function toStepResults(results: ResultMap): StepResults {
  return {
    of(step) {
      if (!results.has(step.id)) throw new Error(`the step "${step.id}" is not done`);
      // Put there by the engine under this step's id, as its Action gave or its schema read it.
      return results.get(step.id) as never;
    },
    find: (step) => results.get(step.id) as never,
  };
}
