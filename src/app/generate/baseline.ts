import { summarise } from "../../admission/coverage-summary.ts";
import type { Baseline } from "../../contract/admission.ts";
import type { TestRunReport } from "../../contract/test-run.ts";
import type { RunScope } from "./run-scope.ts";
import { findBaselineProblem } from "./baseline-problem.ts";
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
  const problem = findBaselineProblem(report);
  if (problem !== null) {
    options.onNotice(`the existing tests give no baseline: ${problem}`);
    return {
      coverage: null,
      summary: null,
      mutation: null,
      kills: [],
      problem,
      red: listRed(report),
    };
  }
  const coverage = report.coverage ?? {};
  return { coverage, summary: summarise(coverage), mutation: null, kills: [], problem: null };
}

/** Files with a test that failed; a file that failed at random has failed. */
function listRed({ tests }: TestRunReport): readonly string[] {
  const red = tests.filter(({ status }) => status === "failed").map(({ file }) => file);
  return [...new Set(red)];
}
