import type { GenerateData } from "../../contract/envelope.ts";
import { RegooseError } from "../../kernel/errors.ts";
import { createInterrupted, createNothingKept } from "../errors.ts";

/** What a run's ending means to a script: see `docs/exit-codes.md`. Null for a success. */
export function toOutcomeFailure(
  data: Pick<GenerateData, "runId" | "outcome" | "candidates">,
  signal: AbortSignal,
): RegooseError | null {
  switch (data.outcome) {
    case "succeeded":
    case "degraded":
      return null;
    case "failed":
      return createNothingKept(data.runId, data.candidates.proposed);
    case "cancelled":
      return signal.reason instanceof RegooseError ? signal.reason : createInterrupted("SIGINT");
  }
}
