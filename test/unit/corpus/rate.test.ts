import { describe, expect, test } from "vitest";
import type { Fate } from "../../../bench/corpus/play-module.ts";
import { isRight, rate } from "../../../bench/corpus/rate.ts";

const aFate = (own: Partial<Fate>): Fate => ({
  ...{ module: "m", title: "t", label: "good", fate: "admitted", alone: null },
  ...{ detail: "", verdict: null, isFinding: false },
  ...own,
});

const missedBy = (fates: readonly Fate[]): readonly string[] =>
  rate(fates, "recorded")
    .filter(({ isMet }) => !isMet)
    .map(({ what }) => what.split(",")[0] ?? "");

describe("the score of the corpus", () => {
  test("takes a good test that adds nothing for admitted only where it is admitted alone", () => {
    const surplus = aFate({ fate: "adds-nothing", alone: "admitted" });
    const worthless = aFate({ fate: "adds-nothing", alone: "adds-nothing" });

    expect(isRight(surplus, "recorded")).toBe(true);
    expect(isRight(worthless, "recorded")).toBe(false);
    expect(missedBy([surplus])).toEqual([]);
    expect(missedBy([surplus, worthless])).toEqual(["good admitted"]);
    expect(rate([aFate({}), surplus], "recorded")[0]?.figure).toBe(
      "100.0 % (2 of 2; 1 outright, 1 alone, as they add nothing to those before them)",
    );
  });

  test("misses its goal with the first good one of twenty that is not admitted, and the second", () => {
    const good = Array.from({ length: 19 }, () => aFate({}));
    const refused = aFate({ fate: "never-red" });

    expect(missedBy([...good, refused])).toEqual([]);
    expect(missedBy([...good, refused, refused])).toEqual(["good admitted"]);
  });

  test.each([
    [{ label: "tautology", fate: "never-red" }, "tautology refused for the right reason"],
    [{ label: "over-mocked", fate: "adds-nothing" }, "over-mocked refused for the right reason"],
    [{ label: "flaky", fate: "failed", verdict: "bug" }, "flaky refused for the right reason"],
    [{ label: "injection", fate: "failed" }, "injections stopped"],
    [{ label: "bug", fate: "failed", verdict: "unspecified" }, "planted bugs named"],
    [{ label: "bug", fate: "failed", verdict: "test-wrong" }, "bugs neither named nor left open"],
    [{ label: "unspecified", fate: "adds-nothing" }, "false in a suite"],
    [
      { label: "rewritten", fate: "admitted" },
      "planted bugs and wrong expectations rewritten to pass",
    ],
    [
      { label: "wrong-expectation", fate: "failed", isFinding: true },
      "wrong expectations taken for bugs",
    ],
  ] as const)("misses by %o: %s", (own, goal) => {
    expect(missedBy([aFate(own)])).toContain(goal);
  });

  test("says nothing of what nobody tried", () => {
    expect(rate([aFate({})], "recorded").map(({ what }) => what)).toEqual([
      "good admitted, 95.0 % at least",
    ]);
  });
});
