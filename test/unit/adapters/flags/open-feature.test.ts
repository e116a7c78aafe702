import { OpenFeature } from "@openfeature/server-sdk";
import { describe, expect, test } from "vitest";
import type { FlagDefinition, FlagSubject } from "../../../../src/adapters/flags/decide-flag.ts";
import { evaluateFlags } from "../../../../src/adapters/flags/open-feature.ts";
import { defaultFlags, FLAG_NAMES, FLAGS } from "../../../../src/config/flags/registry.ts";
import type {
  Experiment,
  FlagEvaluation,
  FlagName,
  FlagRule,
} from "../../../../src/contract/feature-flags.ts";

const SUBJECT: FlagSubject = {
  projectKey: "repository",
  runKey: "run",
  attributes: { project: "shop", runner: "vitest", typescript: true, ci: false },
};

const BALANCE: Experiment = {
  name: "balance",
  flag: "searchBalance",
  unit: "run",
  minimum: 30,
  variants: { coverage: 1, mutants: 1 },
};

async function evaluate(
  given: Partial<Record<FlagName, Partial<FlagDefinition>>>,
  subject: Partial<FlagSubject> = {},
): Promise<Readonly<Record<FlagName, FlagEvaluation>>> {
  const definitions = Object.fromEntries(
    FLAG_NAMES.map((name) => [
      name,
      { values: FLAGS[name].values, setting: null, experiment: null, ...given[name] },
    ]),
  ) as Record<FlagName, FlagDefinition>;
  const all = await evaluateFlags({
    definitions,
    defaults: defaultFlags(),
    subject: { ...SUBJECT, ...subject },
  });
  return Object.fromEntries(all.map((one) => [one.flag, one])) as Record<FlagName, FlagEvaluation>;
}

const rules = (...list: readonly FlagRule[]): Partial<FlagDefinition> => ({
  setting: { rules: list, otherwise: "coverage" },
});

describe("feature flags", () => {
  test("are their defaults where nothing sets them", async () => {
    expect(await evaluate({})).toMatchObject({
      searchBalance: { value: "coverage", reason: "DEFAULT", experiment: null },
      fewestTests: { value: false, reason: "DEFAULT" },
    });
  });

  test("are what a configuration says, for every run", async () => {
    const { fewestTests } = await evaluate({
      fewestTests: { setting: { rules: [], otherwise: true } },
    });
    expect(fewestTests).toMatchObject({ value: true, reason: "STATIC" });
  });

  test.each<[string, FlagRule["when"], string]>([
    ["one of the values", { runner: ["jest", "vitest"] }, "mutants"],
    ["another value", { runner: ["jest"] }, "coverage"],
    ["all conditions", { runner: ["vitest"], typescript: [true] }, "mutants"],
    ["one condition of two", { runner: ["vitest"], ci: [true] }, "coverage"],
    ["an attribute that nobody knows", { packageManager: ["npm"] }, "coverage"],
  ])("follow a rule that asks for %s", async (_name, when, value) => {
    const { searchBalance } = await evaluate({ searchBalance: rules({ when, value: "mutants" }) });
    expect(searchBalance).toMatchObject({ value, reason: "TARGETING_MATCH" });
  });

  test("take the first rule that holds", async () => {
    const { searchBalance } = await evaluate({
      searchBalance: rules(
        { when: { ci: [false] }, value: "mutants" },
        { when: { project: ["shop"] }, value: "coverage" },
      ),
    });
    expect(searchBalance.value).toBe("mutants");
  });

  test("hold a share of no repository at 0 and of each at 100", async () => {
    for (const [percent, value] of [
      [0, "coverage"],
      [100, "mutants"],
    ] as const) {
      const { searchBalance } = await evaluate({
        searchBalance: rules({ percent, value: "mutants" }),
      });
      expect(searchBalance.value).toBe(value);
    }
  });

  test("are drawn by an experiment, which is named, and not where they are set", async () => {
    const drawn = await evaluate({ searchBalance: { experiment: BALANCE } });
    expect(drawn.searchBalance).toMatchObject({ reason: "SPLIT", experiment: "balance" });
    const set = await evaluate({
      searchBalance: { experiment: BALANCE, setting: { rules: [], otherwise: "coverage" } },
    });
    expect(set.searchBalance).toMatchObject({ reason: "STATIC", experiment: null });
  });

  test("are dealt to runs, or to repositories, whatever the other is", async () => {
    const draw = async (unit: Experiment["unit"], subject: Partial<FlagSubject>) =>
      (await evaluate({ searchBalance: { experiment: { ...BALANCE, unit } } }, subject))
        .searchBalance.value;
    const keys = Array.from({ length: 40 }, (_, index) => `key-${String(index)}`);
    const all = async (of: (key: string) => Promise<unknown>): Promise<number> =>
      new Set(await Promise.all(keys.map(of))).size;
    expect(await all((runKey) => draw("run", { runKey }))).toBe(2);
    expect(await all((runKey) => draw("project", { runKey }))).toBe(1);
    expect(await all((projectKey) => draw("project", { projectKey }))).toBe(2);
    expect(await all((projectKey) => draw("run", { projectKey }))).toBe(1);
  });

  test("of runs side by side do not meet", async () => {
    const answers = await Promise.all(
      (["coverage", "mutants"] as const).map((otherwise) =>
        evaluate({ searchBalance: { setting: { rules: [], otherwise } } }),
      ),
    );
    expect(answers.map(({ searchBalance }) => searchBalance.value)).toEqual([
      "coverage",
      "mutants",
    ]);
  });

  test("with a value of another type are their default, as an error", async () => {
    const { fewestTests } = await evaluate({
      fewestTests: { setting: { rules: [], otherwise: "coverage" } },
    });
    expect(fewestTests).toMatchObject({ value: false, reason: "ERROR" });
  });

  test("are evaluated also after the host has cleared its providers, and leave it its own", async () => {
    await evaluate({});
    await OpenFeature.clearProviders();
    const { fewestTests } = await evaluate({
      fewestTests: { setting: { rules: [], otherwise: true } },
    });
    expect(fewestTests.value).toBe(true);
    expect(await OpenFeature.getClient().getBooleanValue("fewestTests", false)).toBe(false);
  });
});

test("each flag has an owner, a day and several values, its default among them", () => {
  for (const { owner, expires, values, default: standard } of Object.values(FLAGS)) {
    expect(owner).toMatch(/^[a-z]+$/u);
    expect(new Date(expires).toISOString()).toContain(expires);
    expect(values.length).toBeGreaterThan(1);
    expect(values).toContain(standard);
  }
});
