import type { Restored } from "../orchestration/checkpoints.ts";
import { createNoSuchStep } from "../orchestration/errors.ts";
import type { Checkpoint } from "../orchestration/history.ts";
import { toKnownStep } from "../orchestration/known-step.ts";
import type { RunWriter } from "../orchestration/run-writer.ts";
import { listFrom, type Scenario } from "../orchestration/scenario.ts";
import type { RunStore } from "../ports/run-store.ts";
import { createNotResumable } from "./errors.ts";

/** A result of an old run, for a new one. */
export interface KeptResult {
  readonly step: string;
  readonly checkpoint: Checkpoint;
  readonly text: string;
}

/**
 * Reads what a new run that begins at the step `from` takes over of an old one: results of all steps that do not wait
 * for it. Read before the new run begins: each run that begins may make room by removing an old one.
 * @throws NoSuchStep (RGS-1020), NotResumable (RGS-1022) when the old run is removed meanwhile
 */
export async function readKept(
  {
    store,
    runId,
    scenario,
  }: {
    readonly store: RunStore;
    readonly runId: string;
    readonly scenario: Scenario;
  },
  from: string,
  old: Restored,
): Promise<readonly KeptResult[]> {
  const results: KeptResult[] = [];
  for (const step of listKept(scenario, from, old)) {
    const checkpoint = old.history.checkpoints.get(step);
    const text = await store.artifacts.get(runId, checkpoint?.output ?? "");
    if (checkpoint === undefined || text === null)
      throw createNotResumable(runId, `the result of its step "${step}" is gone`);
    results.push({ step, checkpoint, text });
  }
  return results;
}

/** Steps whose results a new run takes over: all that do not wait for `from`. */
function listKept(scenario: Scenario, from: string, old: Restored): readonly string[] {
  const again = listFrom(scenario, toKnownStep(scenario, from));
  const kept = scenario.steps.map((step) => step.id).filter((id) => !again.has(id));
  const missing = kept.find((id) => !old.results.has(id));
  if (missing !== undefined) throw createNoSuchStep(from, [missing]);
  return kept;
}

/** Stores results of the run `runId` as results of the writer's. */
export async function takeOver(
  store: RunStore,
  runId: string,
  writer: RunWriter,
  kept: readonly KeptResult[],
): Promise<void> {
  for (const { step, checkpoint, text } of kept) {
    const output = await store.artifacts.put(writer.runId, text);
    const { durationMs, usedMs, degradations } = checkpoint;
    const said = degradations.length === 0 ? {} : { degradations };
    const data = { step, output, durationMs, usedMs, ...said, takenFrom: runId };
    await writer.append({ name: "action-end", data }, { isDurable: true });
  }
}
