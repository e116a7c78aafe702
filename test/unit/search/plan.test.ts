import { describe, expect, test } from "vitest";
import { planSearch } from "../../../src/search/plan.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";

const options = { workers: 2, usedMs: 0 };

describe("the balance of a search", () => {
  test.each([
    ["time", { kind: "time", durationMs: 100_000 } as const],
    ["executions", { kind: "executions", count: 60_000 } as const],
  ])(
    "gives the phase that is meant more of the %s, and takes it from the other",
    (_kind, budget) => {
      const clock = createFakeClock();
      const [coverage, mutants] = (["coverage", "mutants"] as const).map((balance) => {
        const plan = planSearch(clock, budget, { ...options, balance });
        const amount = (phase: "coverage" | "shrink"): number => {
          const limit = plan.limitOf(phase);
          return limit.kind === "time" ? limit.durationMs : limit.count;
        };
        return [amount("coverage"), amount("shrink")] as const;
      });
      expect(mutants![0]).toBeLessThan(0.7 * coverage![0]);
      expect(mutants![1]).toBe(coverage![1]);
    },
  );
});

describe("a budget of few executions", () => {
  const planFor = (count: number) =>
    planSearch(
      createFakeClock(),
      { kind: "executions", count },
      { ...options, balance: "coverage" },
    );

  test("is spent in one process a phase, which takes the whole share", () => {
    const tiny = planFor(300);
    expect([tiny.islands, tiny.rounds]).toEqual([1, 1]);
    expect(tiny.limitOf("coverage")).toEqual({ kind: "executions", count: 135 });
    expect(tiny.limitOf("mutation")).toEqual({ kind: "executions", count: 120 });
  });

  test("is cut into islands and rounds where each is worth a process", () => {
    const larger = planFor(1_500);
    expect([larger.islands, larger.rounds]).toEqual([2, 3]);
  });
});
