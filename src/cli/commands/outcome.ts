import type { GenerateData } from "../../contract/envelope.ts";
import { RegooseError } from "../../kernel/errors.ts";
import {
  createBudgetEnded,
  createInterrupted,
  createNothingKept,
  createParked,
} from "../errors.ts";

/** What a run's ending means to a script: see `docs/exit-codes.md`. Null for a success. */
export function toOutcomeFailure(
  data: Pick<GenerateData, "runId" | "outcome" | "candidates" | "engine" | "models">,
  signal: AbortSignal,
): RegooseError | null {
  switch (data.outcome) {
    case "succeeded":
      return null;
    case "degraded":
      return toUnfinishedFailure(data);
    case "failed":
      return createNothingKept(data.runId, data.candidates.proposed);
    case "cancelled":
      return signal.reason instanceof RegooseError ? signal.reason : createInterrupted("SIGINT");
  }
}

/** Beside the search, models that were not asked to the end are a step down; where they are the only engine, it is cut short. */
function toUnfinishedFailure({
  runId,
  engine,
  models,
}: Pick<GenerateData, "runId" | "engine" | "models">): RegooseError | null {
  const unfinished = models?.unfinished ?? null;
  if (engine !== "model" || unfinished === null) return null;
  switch (unfinished.why) {
    case "budget":
      return createBudgetEnded(runId, unfinished);
    case "rate-limited":
      return createParked(runId, unfinished);
    case "model-away":
      return null;
  }
}
