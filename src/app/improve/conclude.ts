import type { ImproveData } from "../../contract/improve.ts";
import type { RunOutcome } from "../../contract/envelope.ts";
import { toSentence } from "../../contract/to-sentence.ts";
import { countLines, toUnifiedDiff } from "../../kernel/unified-diff.ts";
import type { ScenarioEnd } from "../../orchestration/run-scenario.ts";
import { addSpent } from "../models/meter.ts";
import { describeChanges, mergeChanges } from "../models/note-changes.ts";
import type { ImproveScenario } from "./scenario.ts";
import type { Analysis, Characterisation, Improvement } from "./step-schemas.ts";

interface Facts {
  readonly runId: string;
  readonly goal: { readonly text: string };
  readonly degradations: readonly string[];
  readonly notes: readonly string[];
  readonly isApplied: boolean;
}

/** What the results of the steps amount to; null where the run was stopped before the code was analysed. */
export function conclude(
  facts: Facts,
  steps: ImproveScenario,
  { results, timings, ending }: ScenarioEnd,
): ImproveData | null {
  const analysis = results.find(steps.analyse);
  if (analysis === undefined) return null;
  const planWork = results.find(steps.plan);
  const characterisation = results.find(steps.characterise);
  const rounds = steps.rounds.map(({ edit }) => results.find(edit));
  const improvement = results.find(steps.report);
  const changes = improvement?.changes ?? [];
  const took = [planWork?.spent, ...rounds.map((round) => round?.spent)].filter(
    (one) => one !== undefined,
  );
  const changed = mergeChanges(...took.map((one) => one.changes ?? []));
  const isChecked =
    analysis.green.length > 0 ||
    (characterisation !== undefined && characterisation.green.length > 0);
  const degradations = [
    ...facts.degradations,
    ...analysis.degradations,
    ...(characterisation?.degradations ?? []),
    ...(changes.length > 0 && !isChecked ? [toSentence("improve-unchecked", {})] : []),
    ...describeUnfinished(improvement),
  ];
  return {
    runId: facts.runId,
    outcome: toOutcome(ending.kind === "cancelled", changes.length, degradations.length),
    goal: facts.goal.text,
    ended: improvement?.ended ?? null,
    summary: planWork?.plan.summary ?? "",
    iterations: improvement?.rounds ?? 0,
    files: changes.map((change) => ({
      path: change.path,
      kind: change.before === null ? "added" : "modified",
      ...countLines(change),
    })),
    diff: toUnifiedDiff(changes),
    isApplied: facts.isApplied,
    validation: toValidation(analysis, characterisation, improvement),
    failures: improvement?.failures ?? [],
    sandbox: { level: analysis.probe.level, backend: analysis.probe.backend },
    models: { ...addSpent(took), changes: changed },
    degradations,
    notes: [...facts.notes, ...analysis.notes, ...describeChanges(changed)],
    timings,
  };
}

function toValidation(
  analysis: Analysis,
  characterisation: Characterisation | undefined,
  improvement: Improvement | undefined,
): ImproveData["validation"] {
  return {
    types: analysis.complaints === null ? "none" : "checked",
    existingTests: analysis.green.length,
    characterisationTests: characterisation?.green.length ?? 0,
    changedVerdicts: improvement?.changedVerdicts ?? [],
    changedTests: improvement?.changedTests ?? [],
  };
}

const ENDS = {
  "max-iterations": "the rounds are used up",
  "no-progress": "its further edits came to nothing",
  "time-over": "time is over",
} as const;

function describeUnfinished(improvement: Improvement | undefined): readonly string[] {
  const { ended, changes } = improvement ?? { ended: "converged", changes: [] };
  if (changes.length === 0 || ended === "converged" || ended === "nothing-to-change") return [];
  return [toSentence("improve-unfinished", { why: ENDS[ended] })];
}

function toOutcome(isCancelled: boolean, changes: number, degradations: number): RunOutcome {
  if (isCancelled) return "cancelled";
  if (changes === 0) return "failed";
  return degradations > 0 ? "degraded" : "succeeded";
}
