import { describe, expect, test } from "vitest";
import { reportExperiment } from "../../../src/experiments/report.ts";
import type { ExperimentRun } from "../../../src/experiments/units.ts";

interface Given {
  readonly variant: string;
  readonly score?: number | null;
  readonly isLost?: boolean;
  readonly usd?: number | null;
  readonly unitKey?: string;
  readonly exposure?: Partial<ExperimentRun["exposure"]>;
}

let last = 0;

function aRun({
  variant,
  score = 0.5,
  isLost = false,
  usd,
  unitKey,
  exposure,
}: Given): ExperimentRun {
  last += 1;
  const runId = `run-${String(last)}`;
  return {
    runId,
    at: `2026-01-01T00:00:${String(last % 60).padStart(2, "0")}.000Z`,
    exposure: {
      experiment: "balance",
      flag: "searchBalance",
      unit: "run",
      minimum: 3,
      variants: { coverage: 1, mutants: 1 },
      variant,
      unitKey: unitKey ?? runId,
      ...exposure,
    },
    outcome: isLost
      ? null
      : { mutationScore: score, executions: 1_000 + last, durationMs: 5_000 + last, usd },
  };
}

const some = (count: number, given: Given): ExperimentRun[] =>
  Array.from({ length: count }, (_, index) =>
    aRun({ ...given, score: (given.score ?? 0.5) + index / 1_000 }),
  );

type Runs = readonly [ExperimentRun, ...ExperimentRun[]];
const report = (runs: readonly ExperimentRun[], standard: string | null = "coverage") =>
  reportExperiment("balance", runs as Runs, standard);

describe("the report of an experiment", () => {
  test("has its cost in executions while no model is paid, in dollars from then on", () => {
    const cost = (runs: readonly ExperimentRun[]) =>
      report(runs).outcomes.find(({ name }) => name === "cost");
    // Of an earlier release, and of runs that asked no model.
    const unpaid = [
      ...some(3, { variant: "coverage" }),
      ...some(3, { variant: "mutants", usd: 0 }),
    ];
    expect(cost(unpaid)).toMatchObject({ unit: "executions", variants: [{ n: 3 }, { n: 3 }] });
    const paid = [
      ...unpaid,
      aRun({ variant: "coverage", usd: 0.25 }),
      aRun({ variant: "coverage", usd: 0 }),
      aRun({ variant: "mutants", usd: 0.5 }),
      aRun({ variant: "mutants", usd: null }),
    ];
    expect(cost(paid)).toMatchObject({
      unit: "usd",
      variants: [
        { variant: "coverage", n: 2, mean: { value: 0.125 } },
        { variant: "mutants", n: 4, mean: { value: 0.125 } },
      ],
    });
  });

  test("counts, compares each variant with the control, and says n for each outcome", () => {
    const told = report([
      ...some(6, { variant: "coverage", score: 0.5 }),
      ...some(8, { variant: "mutants", score: 0.6 }),
    ]);
    expect(told).toMatchObject({
      control: "coverage",
      isConclusive: true,
      warnings: [],
      variants: [
        { variant: "coverage", share: 0.5, exposed: 6, ended: 6 },
        { variant: "mutants", share: 0.5, exposed: 8, ended: 8 },
      ],
      sampleRatio: { exposed: { kind: "ok", n: 14 }, mismatchBelow: 0.001 },
    });
    expect(told.outcomes.map(({ name }) => name)).toEqual(["mutationScore", "cost", "time"]);
    for (const { variants, comparisons } of told.outcomes) {
      expect(variants.map(({ n }) => n)).toEqual([6, 8]);
      expect(comparisons).toMatchObject([{ variant: "mutants", n: 8, controlN: 6 }]);
    }
    const [{ difference, excludesZero } = { difference: null, excludesZero: false }] =
      told.outcomes[0]!.comparisons;
    expect(difference!.value).toBeCloseTo(0.101, 6);
    expect(difference!.low).toBeGreaterThan(0.09);
    expect(excludesZero).toBe(true);
  });

  test("takes the first variant as control where the default is none of them", () => {
    expect(report(some(1, { variant: "coverage" }), "neither").control).toBe("coverage");
    expect(report(some(1, { variant: "coverage" }), null).control).toBe("coverage");
  });

  test("compares nothing where a variant has fewer than two, and does not conclude before the minimum", () => {
    const few = report([
      ...some(5, { variant: "coverage" }),
      ...some(1, { variant: "mutants" }),
      ...some(3, { variant: "mutants", isLost: true }),
    ]);
    expect(few).toMatchObject({ outcomes: [], isConclusive: false });
    expect(few.variants[1]).toMatchObject({ exposed: 4, ended: 1 });
    const early = report([...some(5, { variant: "coverage" }), ...some(2, { variant: "mutants" })]);
    expect(early.outcomes).toHaveLength(3);
    expect(early.isConclusive).toBe(false);
    expect(early.warnings).toEqual([expect.stringContaining("before each variant has 3 runs")]);
  });

  test("leaves out what has no mutants, in that outcome alone", () => {
    const [score, cost] = report([
      ...some(3, { variant: "coverage" }),
      ...some(3, { variant: "mutants" }),
      aRun({ variant: "mutants", score: null }),
    ]).outcomes;
    expect([score!.variants[1]!.n, cost!.variants[1]!.n]).toEqual([3, 4]);
  });

  test("warns of a wrong deal, and of runs that are lost to one variant", () => {
    const wrong = report([
      ...some(60, { variant: "coverage" }),
      ...some(15, { variant: "mutants" }),
    ]);
    expect(wrong.sampleRatio.exposed.kind).toBe("mismatch");
    expect([wrong.isConclusive, wrong.warnings[0]]).toEqual([
      false,
      expect.stringContaining("sample ratio mismatch"),
    ]);
    const lost = report([
      ...some(60, { variant: "coverage" }),
      ...some(15, { variant: "mutants" }),
      ...some(45, { variant: "mutants", isLost: true }),
    ]);
    expect([lost.sampleRatio.exposed.kind, lost.sampleRatio.ended.kind]).toEqual([
      "ok",
      "mismatch",
    ]);
    expect([lost.isConclusive, lost.warnings[0]]).toEqual([
      false,
      expect.stringContaining("come to no end more often"),
    ]);
  });

  test("counts a repository once, however many runs it has", () => {
    const exposure = { unit: "project" } as const;
    const told = report([
      ...["a", "b"].flatMap((unitKey) => some(9, { variant: "coverage", unitKey, exposure })),
      ...["c", "d", "e"].flatMap((unitKey) => some(1, { variant: "mutants", unitKey, exposure })),
    ]);
    expect(told.variants.map(({ exposed }) => exposed)).toEqual([2, 3]);
    expect(told.outcomes[1]!.variants.map(({ n }) => n)).toEqual([2, 3]);
  });

  test("leaves out a repository that got two variants, and says that the weights changed", () => {
    const unit = "project" as const;
    const later = { unit, variants: { coverage: 9, mutants: 1 } };
    const told = report([
      ...some(1, { variant: "mutants", unitKey: "a", exposure: { unit } }),
      ...some(1, { variant: "coverage", unitKey: "a", exposure: later }),
      ...some(1, { variant: "coverage", unitKey: "b", exposure: later }),
    ]);
    expect(told.variants).toMatchObject([
      { variant: "coverage", share: 0.9, exposed: 1 },
      { variant: "mutants", exposed: 0 },
    ]);
    expect(told.warnings.join("\n")).toMatch(/1 units got two variants[^]*weights changed/u);
  });

  test("leaves out runs that decided another flag under the name", () => {
    const told = report([
      ...some(4, { variant: "true", exposure: { flag: "fewestTests" } }),
      ...some(1, { variant: "coverage" }),
    ]);
    expect(told.flag).toBe("searchBalance");
    expect(told.variants.map(({ exposed }) => exposed)).toEqual([1, 0]);
    expect(told.warnings[0]).toContain("4 earlier runs");
  });

  test("says where values do not vary, since a seed repeats itself", () => {
    const same = (variant: string, score: number) =>
      Array.from({ length: 3 }, () => aRun({ variant, score }));
    const { outcomes, warnings } = report([...same("coverage", 0.5), ...same("mutants", 0.6)]);
    expect(outcomes[0]!.comparisons[0]!.difference).toMatchObject({
      low: expect.closeTo(0.1) as number,
      high: expect.closeTo(0.1) as number,
    });
    expect(warnings).toEqual([expect.stringContaining("mutationScore does not vary")]);
  });
});
