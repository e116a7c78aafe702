import { describe, expect, test } from "vitest";

import type { TestRunReport } from "../../../src/contract/test-run.ts";
import { recallRuns } from "../../../src/execution/recall-runs.ts";
import { createForwardClock } from "../../../src/kernel/clock.ts";
import type { KeptReport, RunReports } from "../../../src/ports/run-reports.ts";
import type { TestRunRequest } from "../../../src/ports/runner.ts";
import { aCandidate, createFakeClock } from "../../../src/testing/index.ts";
import { kills, runGate, type GateCase } from "../admission/gate-harness.ts";

/** Keeps reports in memory, on top of those of an earlier process. */
function keep(
  earlier: readonly (readonly [string, KeptReport])[] = [],
): RunReports & { readonly added: (readonly [string, KeptReport])[] } {
  const known = new Map(earlier);
  const added: (readonly [string, KeptReport])[] = [];
  return {
    added,
    find: (name) => known.get(name) ?? null,
    add: (name, kept) => {
      // As a file would give it back.
      added.push([name, JSON.parse(JSON.stringify(kept)) as KeptReport]);
      return Promise.resolve();
    },
  };
}

const IDS = Array.from({ length: 8 }, (_none, index) => `c${String(index)}`);

/** Some are red, one leaves errors behind, two do the same. */
const aCase = (more: Partial<GateCase>): GateCase => ({
  candidates: IDS.map((id) => aCandidate(id)),
  table: {
    ...Object.fromEntries(IDS.map((id) => [id, kills(id)])),
    c3: { ...kills("c3"), outcome: "failed" },
    c5: { ...kills("c5"), outcome: "stray" },
    c7: kills("c6"),
  },
  runner: { costs: { startMs: 1_000 } },
  ...more,
});

const LIMITS: readonly (readonly [string, Partial<GateCase>])[] = [
  ["without a time limit", {}],
  ["under a time limit that cuts it short", { timeMs: 30_000 }],
];

describe("a gate that is killed", () => {
  test.each(LIMITS)(
    "after any of its runs ends as if it had not been, %s",
    async (_name, limit) => {
      const whole = keep();
      const { result, runner } = await runGate(aCase({ ...limit, reports: whole }));
      expect(result.proof.cards.length).toBeGreaterThan(0);
      for (let count = 0; count <= whole.added.length; count += 1) {
        const again = await runGate(
          aCase({ ...limit, reports: keep(whole.added.slice(0, count)) }),
        );
        expect(again.result, `killed after ${String(count)} runs`).toEqual(result);
        // What was kept is heard, not run. One that time cut short the first time may not begin the second time.
        expect(again.runner.requests.length).toBeLessThanOrEqual(runner.requests.length - count);
      }
    },
  );
});

const REQUEST: TestRunRequest = {
  ...{ testFiles: { "a.test.js": "a" }, run: ["a.test.js"], overlay: {}, timeZone: "UTC" },
  ...{ mode: { kind: "plain", shuffleSeed: 1 }, clockShiftMs: 0, timeoutMs: 1_000 },
};
const FINISHED: TestRunReport = {
  ...{ end: { kind: "finished" }, tests: [], strayErrors: [], coverage: null, perTest: null },
  ...{ mutantsByTest: null, mutantsAtLoad: null, pairs: [], durationMs: 5, output: "" },
};

/** A runner that answers `report`, and counts. */
function aRecall(
  reports: RunReports,
  report: TestRunReport = FINISHED,
): { readonly run: (request: TestRunRequest) => Promise<TestRunReport>; readonly runs: number[] } {
  const runs: number[] = [];
  const inner = {
    runner: "node",
    run: () => {
      runs.push(runs.length);
      return Promise.resolve({ ...report, output: `run ${String(runs.length)}` });
    },
  } as const;
  const clock = createForwardClock(createFakeClock());
  const recalling = recallRuns(inner, { reports, clock });
  const { signal } = new AbortController();
  return { run: (request) => recalling.run(request, { signal }), runs };
}

describe("recallRuns", () => {
  test("answers no re-run with the run that it is to confirm", async () => {
    const first = keep();
    await aRecall(first).run(REQUEST);
    const again = aRecall(keep(first.added));
    expect((await again.run({ ...REQUEST, timeoutMs: 900 })).output).toBe("run 1");
    expect(again.runs).toHaveLength(0);
    await again.run(REQUEST);
    expect(again.runs).toHaveLength(1);
  });

  test.each([
    ["another file", { testFiles: { "a.test.js": "b" } }],
    ["another build", { overlay: { "index.js": "mutants" } }],
    ["another order", { mode: { kind: "plain", shuffleSeed: 2 } }],
    ["another zone", { timeZone: "Asia/Kolkata" }],
    ["another hour", { clockShiftMs: 1 }],
    ["another identity", { identity: "second" }],
  ] satisfies readonly (readonly [string, Partial<TestRunRequest>])[])(
    "runs %s",
    async (_name, change) => {
      const first = keep();
      await aRecall(first).run(REQUEST);
      const again = aRecall(keep(first.added));
      await again.run({ ...REQUEST, ...change });
      expect(again.runs).toHaveLength(1);
    },
  );

  test.each([
    ["a time limit", { kind: "timed-out", afterMs: 5 }],
    ["a kill", { kind: "killed", reason: "cancelled", detail: "" }],
  ] satisfies readonly (readonly [string, TestRunReport["end"]])[])(
    "does not keep what %s ended",
    async (_name, end) => {
      const reports = keep();
      await aRecall(reports, { ...FINISHED, end }).run(REQUEST);
      expect(reports.added).toEqual([]);
    },
  );
});
