import { describe, expect, test } from "vitest";
import { toOutcomeFailure } from "../../../src/cli/commands/outcome.ts";
import { EXIT, toExitCode } from "../../../src/cli/exit-codes.ts";
import type { ModelData, UnfinishedModels } from "../../../src/contract/envelope.ts";

const { signal } = new AbortController();

function exitOf(engine: "auto" | "model", why: UnfinishedModels["why"] | null): number {
  const retryAt = why === "rate-limited" ? "2026-11-28T12:00:00.000Z" : null;
  const models: ModelData = {
    ...{ calls: 3, tokens: 20, usd: "0.1", known: { calls: 0, tokens: 0 } },
    unfinished: why === null ? null : { why, message: "it ended", retryAt },
    nextFivePercent: { kind: "unknown" },
    inputs: { executed: 0, dropped: 0 },
    faults: { kept: 0, dropped: 0, living: 0 },
    changes: [],
  };
  const candidates = { proposed: 1, admitted: 1, rejected: {} };
  const lostInWriting = { admitted: 1, lost: 0 };
  const failure = toOutcomeFailure(
    {
      ...{ runId: "20261128", outcome: "degraded", engine, models },
      candidates: { ...candidates, lostInWriting },
    },
    signal,
  );
  if (failure !== null) expect(failure.hint).toContain("`regoose resume 20261128`");
  return failure === null ? EXIT.done : toExitCode(failure);
}

describe("the exit code of a run with models", () => {
  test.each([
    ["model", "budget", EXIT.budget],
    ["model", "rate-limited", EXIT.tryLater],
    ["model", "model-away", EXIT.done],
    ["model", null, EXIT.done],
    // The search has done its work; the report says that the rest can be taken up.
    ["auto", "budget", EXIT.done],
    ["auto", "rate-limited", EXIT.done],
  ] as const)("engine %s that ended by %s is %i", (engine, why, exit) => {
    expect(exitOf(engine, why)).toBe(exit);
  });
});
