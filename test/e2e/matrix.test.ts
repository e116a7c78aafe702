import { describe, expect, it } from "vitest";
import { createSourceInstrumenter } from "../../src/adapters/instrument/source-instrumenter.ts";
import type { CoverageMap } from "../../src/contract/coverage.ts";
import type { RunnerName } from "../../src/contract/project.ts";
import { toTestKey, type TestRunReport } from "../../src/contract/test-run.ts";
import type { RunMode } from "../../src/ports/runner.ts";
import { measureIndependently } from "./matrix-independent.ts";
import {
  createSampleRunner,
  GREEN_TITLES,
  listSources,
  RUNNERS,
  SYSTEMS,
  toTestFiles,
  type SampleSystem,
} from "./matrix-support.ts";

const YEAR_MS = 366 * 24 * 3600 * 1000;
const instrumenter = createSourceInstrumenter();

describe.each(SYSTEMS)("%s", (system) => {
  describe.each(RUNNERS)("%s", (runner) => {
    it("tells what passed, what failed, why, and what was skipped", async () => {
      const report = await runSample(system, runner, { kind: "plain", shuffleSeed: null });

      expect(report.end).toEqual({ kind: "finished" });
      expect(report.strayErrors).toEqual([]);
      expect(listTitles(report, "passed").sort()).toEqual([...GREEN_TITLES].sort());
      expect(listTitles(report, "skipped")).toEqual(["is left out"]);
      const failures = report.tests.filter(({ status }) => status === "failed");
      expect(
        failures.map(({ fullTitle, failure }) => [fullTitle, failure?.name, failure?.isAssertion]),
      ).toEqual([
        ["is red by its own assertion", "AssertionError", true],
        ["is red by the target", "TypeError", false],
      ]);
    });

    it("runs the same tests in another order, on another date", async () => {
      const mode = { kind: "plain", shuffleSeed: 3 } as const;
      const report = await runSample(system, runner, mode, 5 * YEAR_MS);

      expect(listTitles(report, "passed").sort()).toEqual([...GREEN_TITLES].sort());
      expect(report.tests.map(({ fullTitle }) => fullTitle)).not.toEqual(
        [...report.tests].map(({ fullTitle }) => fullTitle).sort(),
      );
      const written = ["numbers > finds the largest", "numbers > labels a big one"];
      const first = report.tests.findIndex(({ fullTitle }) => fullTitle === written[0]);
      expect(first).not.toBe(0);
    });

    it("counts what an independent istanbul run counts", async () => {
      const report = await runSample(system, runner, { kind: "coverage" });
      const independent = await measureIndependently(system);

      expect(report.coverage).not.toBeNull();
      const measured = toPercentages(report.coverage ?? {});
      for (const kind of ["statements", "branches", "functions"] as const) {
        expect(Math.abs(measured[kind] - independent[kind])).toBeLessThan(1);
      }
      const extension = system === "typescript" ? "ts" : "js";
      const key = `test/labels.test.${extension}::labels a small one`;
      const moved = report.perTest?.[key] ?? [];
      expect(moved.filter((id) => id.includes("#b"))).toEqual([`index.${extension}#b1.1`]);
      expect(moved.filter((id) => id.includes("#f"))).toEqual([`index.${extension}#f1`]);
    });

    it("kills mutants by the written tests and survives endless ones", async () => {
      const build = await instrumenter.mutantBuild(listSources(system));
      const covered = await runSample(
        system,
        runner,
        { kind: "mutant-coverage" },
        0,
        build.overlay,
      );
      const green = covered.tests.filter(({ status }) => status === "passed");
      const pairs = green.map(({ file, fullTitle }) => ({
        file,
        fullTitle,
        switchIds: [...(covered.mutantsByTest?.[toTestKey({ file, fullTitle })] ?? [])],
      }));
      expect(pairs.every(({ switchIds }) => switchIds.length > 0)).toBe(true);

      const mode = {
        kind: "mutants",
        pairs,
        stopAtFirstKill: false,
        pairTimeoutMs: 2_000,
      } as const;
      const report = await runSample(system, runner, mode, 0, build.overlay);

      expect(report.end).toEqual({ kind: "finished" });
      expect(report.pairs).toHaveLength(pairs.flatMap(({ switchIds }) => switchIds).length);
      const statusOf = (title: string, replacement: string): string[] =>
        report.pairs
          .filter(
            ({ fullTitle, switchId }) =>
              fullTitle === title &&
              build.mutants.find((mutant) => mutant.switchId === switchId)?.replacement ===
                replacement,
          )
          .map(({ status, failure }) => `${status} ${failure?.isAssertion ?? "-"}`);
      expect(statusOf("numbers > finds the largest", "i--")).toEqual(["timed-out false"]);
      expect(statusOf("numbers > finds the largest", "i <= list.length")).toEqual(["survived -"]);
      expect(statusOf("numbers > labels a big one", "n <= 10")).toEqual(["killed true"]);
      expect(statusOf("labels a small one", "n <= 10")).toEqual(["killed true"]);
      expect(statusOf("numbers > later > doubles", "value / 2")).toEqual(["killed true"]);
      // The arrow functions of `double` and `halve` are made while the module loads.
      const atLoad = build.mutants.filter(({ switchId }) =>
        covered.mutantsAtLoad?.includes(switchId),
      );
      const exportList = system === "commonjs" ? ["{}"] : [];
      expect(atLoad.map(({ replacement }) => replacement)).toEqual([
        ...exportList,
        "() => undefined",
        "() => undefined",
      ]);
    });
  });
});

async function runSample(
  system: SampleSystem,
  runner: RunnerName,
  mode: RunMode,
  clockShiftMs = 0,
  mutants: Readonly<Record<string, string>> = {},
): Promise<TestRunReport> {
  const overlay =
    mode.kind === "coverage"
      ? (await instrumenter.coverageBuild(listSources(system))).overlay
      : mutants;
  const year = new Date(Date.now() + clockShiftMs).getUTCFullYear();
  const testFiles = toTestFiles(system, runner, year);
  return createSampleRunner(system, runner).run(
    {
      testFiles,
      run: Object.keys(testFiles),
      overlay,
      mode,
      timeZone: "UTC",
      clockShiftMs,
      timeoutMs: 60_000,
    },
    { signal: AbortSignal.timeout(70_000) },
  );
}

function listTitles(report: TestRunReport, status: string): string[] {
  return report.tests.filter((test) => test.status === status).map(({ fullTitle }) => fullTitle);
}

/** Percentages of an istanbul map, as istanbul itself takes them. */
function toPercentages(map: CoverageMap): Record<"statements" | "branches" | "functions", number> {
  const files = Object.values(map);
  const toPercentage = (counts: readonly number[]): number =>
    (100 * counts.filter((count) => count > 0).length) / counts.length;
  return {
    statements: toPercentage(files.flatMap(({ s }) => Object.values(s))),
    branches: toPercentage(files.flatMap(({ b }) => Object.values(b).flat())),
    functions: toPercentage(files.flatMap(({ f }) => Object.values(f))),
  };
}
