import { expect, test } from "vitest";

import { aCandidate } from "../../../src/testing/index.ts";
import { fading, kills, runGate } from "./gate-harness.ts";

const mutantRuns = (
  requests: Awaited<ReturnType<typeof runGate>>["runner"]["requests"],
): readonly (readonly string[])[] =>
  requests.flatMap(({ mode }) =>
    mode.kind === "mutants"
      ? [mode.pairs.flatMap(({ switchIds }) => switchIds.filter((id) => id !== "none"))]
      : [],
  );

test("a small suite is screened, proven, settled and confirmed in as few processes as there are questions", async () => {
  const table = {
    a: { ...kills("1", "2", "3", "4", "5"), executes: ["20", "21"] },
    b: { ...kills("6", "7", "8", "9"), executes: ["20"] },
  };
  const { runner, result } = await runGate({
    candidates: ["a", "b"].map((id) => aCandidate(id)),
    table,
    options: { concurrency: 1 },
  });

  const runs = mutantRuns(runner.requests);
  const known = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
  expect(runs.map((ids) => [...ids].sort())).toEqual([
    // Screening: all that the tests execute.
    [...known, "20", "20", "21"].sort(),
    // As written: all kills that are known by then, at once.
    known,
    // What no test killed.
    ["20", "20", "21"],
    // Each test apart.
    ["1", "2", "3", "4", "5"],
    ["6", "7", "8", "9"],
  ]);
  expect(result.proof.cards.map(({ kills: ids }) => ids.length)).toEqual([5, 4]);
});

test("a mutant that only its known killer no longer kills is tried on the others", async () => {
  const { result } = await runGate({
    candidates: ["a", "b"].map((id) => aCandidate(id)),
    table: {
      // Seen once, in screening, and never again.
      a: { reactions: { 1: "assertion", 2: fading(1) } },
      b: { ...kills("3"), executes: ["2"] },
    },
    options: { concurrency: 1 },
  });

  const two = result.mutants.find(({ mutant }) => mutant.switchId === "2");
  expect(two).toMatchObject({ status: "survived", killedBy: [] });
  expect(two?.coveredBy).toHaveLength(2);
});
