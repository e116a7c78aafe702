import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideFlag, type FlagSubject } from "../../../src/adapters/flags/decide-flag.ts";
import type { Experiment } from "../../../src/contract/feature-flags.ts";

const values = ["coverage", "mutants"] as const;
const aKey = fc.string({ minLength: 1, maxLength: 30 });

const subject = (projectKey: string, runKey = "run"): FlagSubject => ({
  projectKey,
  runKey,
  attributes: {},
});

function isIn(percent: number, projectKey: string): boolean {
  const setting = { rules: [{ percent, value: "mutants" }], otherwise: "coverage" } as const;
  const definition = { values, setting, experiment: null };
  return decideFlag("searchBalance", definition, subject(projectKey))?.value === "mutants";
}

function draw(experiment: Partial<Experiment>, runKey: string): string {
  const whole: Experiment = {
    ...{ name: "a", flag: "searchBalance", unit: "run", minimum: 2 },
    variants: { coverage: 1, mutants: 1 },
    ...experiment,
  };
  const definition = { values, setting: null, experiment: whole };
  return String(decideFlag("searchBalance", definition, subject("p", runKey))?.value);
}

describe("a percentage", () => {
  test("holds the same repositories each time, and a larger one those of a smaller", () => {
    fc.assert(
      fc.property(aKey, fc.integer({ min: 0, max: 100 }), fc.nat(100), (key, percent, more) => {
        expect(isIn(percent, key)).toBe(isIn(percent, key));
        if (isIn(percent, key)) expect(isIn(Math.min(100, percent + more), key)).toBe(true);
      }),
    );
  });

  test.each([1, 10, 50, 90])("of %d holds about that share of repositories", (percent) => {
    const count = 20_000;
    let held = 0;
    for (let one = 0; one < count; one += 1) if (isIn(percent, `r${String(one)}`)) held += 1;
    const share = percent / 100;
    expect(Math.abs(held / count - share)).toBeLessThan(
      5 * Math.sqrt((share * (1 - share)) / count),
    );
  });
});

describe("an experiment", () => {
  test("deals by weight, the same to the same run", () => {
    const count = 20_000;
    let mutants = 0;
    for (let one = 0; one < count; one += 1) {
      const key = `r${String(one)}`;
      const value = draw({ variants: { coverage: 3, mutants: 1 } }, key);
      expect(draw({ variants: { coverage: 3, mutants: 1 } }, key)).toBe(value);
      if (value === "mutants") mutants += 1;
    }
    expect(Math.abs(mutants / count - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / count));
  });

  test("does not follow another one", () => {
    const count = 10_000;
    let alike = 0;
    for (let one = 0; one < count; one += 1) {
      const key = `r${String(one)}`;
      if (draw({ name: "a" }, key) === draw({ name: "b" }, key)) alike += 1;
    }
    expect(Math.abs(alike / count - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / count));
  });

  test("always deals a value of the flag", () => {
    const weights = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(aKey, weights, weights, (key, coverage, mutants) => {
        expect(values).toContain(draw({ variants: { coverage, mutants } }, key));
      }),
    );
  });
});
