import { summarise } from "../../admission/coverage-summary.ts";
import type { Baseline } from "../../contract/admission.ts";
import type { TestRunReport } from "../../contract/test-run.ts";
import type { RunScope } from "./run-scope.ts";
import { createProjectRunner } from "./project-runner.ts";
import type { Ground } from "./prepare.ts";

/** The existing suite gets at most this share of the time. */
const BASELINE_SHARE = 0.25;

/** Limit where there is no time limit at all, ms. */
const UNLIMITED_BASELINE_MS = 120_000;

/**
 * Measures what the existing suite covers. A suite that is red, too slow or does not start makes the
 * baseline unknown; the run goes on and says so.
 */
export async function measureBaseline(scope: RunScope, ground: Ground): Promise<Baseline | null> {
  const { plan, options } = scope;
  const { testFiles } = plan.project;
  if (plan.settings.baseline === "none" || testFiles.length === 0) return null;
  options.signal.throwIfAborted();
  const timeoutMs = Math.min(plan.deadline.remainingMs() * BASELINE_SHARE, UNLIMITED_BASELINE_MS);
  options.onProgress({
    phase: "running the existing tests",
    statements: null,
    branches: null,
    mutants: null,
    testsKept: null,
    timeLeftMs: plan.deadline.remainingMs(),
  });
  const runner = await createProjectRunner({ ...scope.deps, telemetry: scope.telemetry }, ground, {
    ...plan,
    concurrency: plan.settings.workers,
  });
  const report = await runner.run(
    {
      testFiles: {},
      run: testFiles,
      overlay: ground.coverageBuild.overlay,
      mode: { kind: "coverage" },
      timeZone: "UTC",
      clockShiftMs: 0,
      timeoutMs,
    },
    { signal: options.signal },
  );
  const problem = findProblem(report);
  if (problem !== null) {
    options.onNotice(`the existing tests give no baseline: ${problem}`);
    return { coverage: null, summary: null, mutation: null, kills: [], problem };
  }
  const coverage = report.coverage ?? {};
  return { coverage, summary: summarise(coverage), mutation: null, kills: [], problem: null };
}

function findProblem(report: TestRunReport): string | null {
  switch (report.end.kind) {
    case "timed-out":
      return `they took longer than ${(report.end.afterMs / 1000).toFixed(1)} s, a quarter of the time`;
    case "killed":
      return `they were stopped (${report.end.reason}): ${report.end.detail}`;
    case "held-open":
      return report.end.detail;
    case "broken":
      return `they do not run: ${report.end.detail}`;
    case "finished":
      break;
  }
  const red = report.tests.filter((test) => test.status === "failed");
  const [first] = red;
  if (first !== undefined)
    return `${red.length} of ${report.tests.length} are red, such as "${first.fullTitle}"`;
  if (report.strayErrors.length > 0)
    return `an error escaped from them: ${report.strayErrors[0] ?? ""}`;
  return report.coverage === null ? "they reported no coverage" : null;
}
